import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandResult, Finding, Layout, Plan } from "@bmr/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../../src/program.js";
import { ailing, type FileAnswer, onlyAsked, server, type Trouble } from "./machine.js";

/** Every program that the scan of a server ran, as its recording has them. */
const TOOLS = [...new Set(server.commands.map(({ argv }) => argv[0]))].sort();

const GARBAGE = '\0\udcff)(&%$ what: is = this\nP- and, "that"?\n';
const half = (text: string): string => text.slice(0, middleOfALine(text));

/** The middle of the text, or of the line that is there: what breaks off does so within a line. */
function middleOfALine(text: string): number {
  const middle = Math.floor(text.length / 2);
  return text[middle - 1] === "\n" ? middle + 2 : middle;
}

/** What may become of a program. What it leaves in files is as good as what it prints. */
const FAULTS: Readonly<Record<string, (said: string) => Partial<CommandResult>>> = {
  fails: () => ({ outcome: { is: "exited", code: 1 }, stdout: "", stderr: "it doesn't want to\n" }),
  hangs: (said) => ({ outcome: { is: "timed-out", seconds: 60 }, stdout: half(said) }),
  dies: (said) => ({ outcome: { is: "signalled", signal: "SIGSEGV" }, stdout: half(said) }),
  "prints without end": (said) => ({ outcome: { is: "overflowed", bytes: 268_435_456 }, stdout: said }),
  "is missing": () => ({ outcome: { is: "missing" }, stdout: "", stderr: "" }),
  "may not be run": () => ({ outcome: { is: "denied", reason: "spawn EACCES" }, stdout: "", stderr: "" }),
  "prints garbage": () => ({ stdout: GARBAGE }),
  "prints half": (said) => ({ stdout: half(said) }),
  "prints nothing": () => ({ stdout: "" }),
};

/** Removes what the scan wrote for itself: nothing that is known of a server changes when it can't. */
const SWEEPER = "rm";

let folder: string;
let set: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-faults-"));
  set = join(folder, "BMR");
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

interface Scanned {
  readonly layout: Layout;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

async function scanned(trouble: Trouble): Promise<{ exit: number; said: string; document: Scanned | undefined }> {
  const config = join(folder, "bmr.json");
  await writeFile(config, "{}");
  let [out, said] = ["", ""];
  const io = {
    out: (text: string) => {
      out += text;
    },
    say: (line = "") => {
      said += `${line}\n`;
    },
    ask: async () => undefined,
    unicode: false,
  };
  const argv = ["--config", config, "scan", "--json", "--out", set];
  const exit = await runProgram(
    argv,
    () => io,
    () => onlyAsked(ailing(trouble)),
  );
  return { exit, said, document: out === "" ? undefined : (JSON.parse(out) as Scanned) };
}

function troubleOf(tool: string, fault: (said: string) => Partial<CommandResult>): Trouble {
  const command = (truth: CommandResult) => (truth.argv[0] === tool ? { ...truth, ...fault(truth.stdout) } : truth);
  return tool === "vgcfgbackup" ? { command, file: (path, truth) => written(path, truth, fault) } : { command };
}

/** The files that vgcfgbackup leaves, in the directory that was made for them. */
function written(path: string, truth: FileAnswer, fault: (said: string) => Partial<CommandResult>): FileAnswer {
  if (!/\/bmr-vg-\w+\//.test(path) || truth.is !== "file") return truth;
  const content = fault(truth.content).stdout ?? "";
  return content === "" ? { is: "absent" } : { is: "file", content };
}

async function filesOfSet(): Promise<Record<string, string>> {
  const names = (await readdir(set)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [
        name,
        createHash("sha256")
          .update(await readFile(join(set, name)))
          .digest("hex"),
      ]),
    ),
  );
}

/** What a scan is for: what there is, and how it is made again. The digest is of the findings too. */
const essence = ({ layout, plan }: Scanned): string =>
  JSON.stringify([
    { ...layout, findings: [] },
    { ...plan, layoutDigest: "", findings: [] },
  ]);

test("the recording has the programs of every kind of storage that the server has", () => {
  for (const tool of [
    "udevadm",
    "uname",
    "sfdisk",
    "dumpe2fs",
    "pvs",
    "vgs",
    "lvs",
    "vgcfgbackup",
    "multipathd",
    "stat",
  ]) {
    expect(TOOLS).toContain(tool);
  }
});

test.each(TOOLS)("%s in any trouble: the scan names it, and the last good set stays", async (tool) => {
  const { exit, document: good } = await scanned({});
  expect(exit).toBe(0);
  const known = new Set(good?.findings.map((finding) => JSON.stringify(finding)));
  let count = 0;
  for (const [name, fault] of Object.entries(FAULTS)) {
    const before = await filesOfSet();
    const { exit, said, document: bad } = await scanned(troubleOf(tool, fault));
    const about = `${tool} ${name}`;
    expect(said, about).not.toContain("this is a bug");
    expect(bad, about).toBeDefined();
    const fresh = bad?.findings.filter((finding) => !known.has(JSON.stringify(finding))) ?? [];
    if (essence(bad as Scanned) === essence(good as Scanned)) {
      // it had said enough: the plan is whole, and what can be noticed of the trouble is said all the same
      const isNoticed = fault("").outcome !== undefined;
      if (isNoticed) expect(JSON.stringify(fresh), about).toContain(tool);
      continue;
    }
    count += 1;
    const telling = fresh.filter(({ severity, message }) => severity !== "note" && message.includes(tool));
    expect(
      telling.map(({ code }) => code),
      `${about} is said`,
    ).not.toEqual([]);
    expect(exit, about).toBe(3);
    expect(said, about).toContain("--accept-loss");
    expect(await filesOfSet(), `${about}: the last good set`).toEqual(before);
  }
  // else the recording would lack what the tool is for
  if (tool !== SWEEPER) expect(count, `${tool} matters`).toBeGreaterThan(5);
});
