import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds, type LocalHostOptions, localHost, type ProbeHost, scan } from "@bmr/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ailing } from "./machine.js";

/** Real programs in the place of `dumpe2fs`, started as a scan starts them; all else is the recorded server. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-programs-"));
  await mkdir(join(folder, "bin"));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function withProgram(text: string | null, options: LocalHostOptions = {}, mode = 0o755): Promise<ProbeHost> {
  const path = join(folder, "bin/dumpe2fs");
  if (text !== null) {
    await writeFile(path, text);
    await chmod(path, mode);
  }
  const real = localHost({ ...options, searchPath: join(folder, "bin") });
  const recorded = ailing({});
  return { ...recorded, run: (argv) => (argv[0] === "dumpe2fs" ? real : recorded).run(argv) };
}

test.each<[name: string, program: string | null, said: RegExp, options?: LocalHostOptions, mode?: number]>([
  ["hangs", "#!/bin/sh\n/bin/sleep 7345\n", /dumpe2fs -h \S+ was stopped after 0\.2 s/, { timeLimitSeconds: 0.2 }],
  [
    "hangs, deaf to SIGTERM, with a child",
    "#!/bin/sh\ntrap '' TERM\n/bin/sleep 7346 &\nwait\n",
    /0\.2 s without an end/,
    { timeLimitSeconds: 0.2 },
  ],
  [
    "prints without end",
    "#!/bin/sh\nwhile :; do echo Filesystem features: none; done\n",
    /more than 5000 bytes/,
    { mostBytes: 5000 },
  ],
  ["fails", "#!/bin/sh\necho 'Bad magic number in super-block' >&2\nexit 1\n", /exited with 1: Bad magic number/],
  ["dies", "#!/bin/sh\nkill -SEGV $$\n", /was ended by SIGSEGV/],
  ["prints garbage", "#!/bin/sh\nprintf 'what\\377\\000: is\\n'\n", /isn't understood/],
  ["prints nothing", "#!/bin/sh\n", /dumpe2fs/],
  ["may not be run", "#!/bin/sh\n", /may not be run: .*EACCES/, {}, 0o644],
  ["is no program", "what?", /dumpe2fs/],
  ["has no interpreter", "#!/no/such/shell\n", /dumpe2fs/],
  ["is missing", null, /dumpe2fs -h \S+ is not installed/],
])("a real program that %s", async (_, program, said, options, mode) => {
  const { layout } = await scan(await withProgram(program, options, mode), { kinds });
  const losses = layout.findings.filter(({ severity }) => severity === "loss");
  expect(losses.map(({ message }) => message).join("\n")).toMatch(said);
  expect(losses.some(({ holdsBack }) => holdsBack === true)).toBe(true);
  const types = layout.nodes.map((node) =>
    "content" in node && node.content.is === "filesystem" ? node.content.kind : "",
  );
  expect(types).not.toContain("ext");
});
