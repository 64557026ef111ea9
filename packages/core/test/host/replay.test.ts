import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readEvidence, writeEvidence } from "../../src/host/evidence-file.js";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { askOnce } from "../../src/host/once.js";
import type { Argv } from "../../src/host/outcome.js";
import { recordingHost } from "../../src/host/recording.js";
import { replayHost } from "../../src/host/replay.js";

const about = { name: "here", arch: "x86_64" };

/** Everything that a host can be asked, one answer of each form. */
async function askAll(host: ProbeHost, folder: string): Promise<unknown[]> {
  const commands: Argv[] = [
    ["sh", "-c", "printf '\\001\\377\\n'; printf 'gr\\303\\274n' >&2; exit 7"],
    ["uname", "-m"],
    ["bmr-no-such-tool"],
    ["/etc/passwd"],
    ["sh", "-c", "kill -USR1 $$"],
  ];
  const paths = ["file", "latin1", "name-\udcfc", "link", "dangling", "none", "."].map((name) => `${folder}/${name}`);
  paths.push("/proc/self/mem", "/proc/sys/kernel", "/proc/sys/kernel/ostype", "/sys/class");
  const answers: unknown[] = [];
  for (const argv of commands) answers.push(await host.run(argv));
  answers.push(await host.run(["sleep", "20"], { timeLimitSeconds: 0.1 }));
  answers.push(await host.read("/dev/zero", { bytes: 5 }), await host.read("/dev/zero"));
  for (const path of paths) {
    answers.push([
      path,
      await host.read(path, { bytes: 3 }),
      await host.read(path),
      await host.read(path, { bytes: 0 }),
    ]);
    answers.push([path, await host.list(path), await host.readlink(path)]);
  }
  return answers;
}

describe("a recording", () => {
  it("is replayed as it was heard, also through its file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bmr-replay-"));
    await writeFile(join(folder, "file"), "content\n");
    await writeFile(join(folder, "latin1"), Buffer.from([0x67, 0xfc, 0x6e]));
    await writeFile(Buffer.from(`${folder}/name-\xfc`, "latin1"), "by its bytes");
    await symlink("file", join(folder, "link"));
    await symlink("nowhere", join(folder, "dangling"));
    const recording = recordingHost(localHost());
    const heard = await askAll(recording.host, folder);
    const evidence = recording.evidence(about);
    expect(await askAll(replayHost(evidence), folder)).toEqual(heard);
    const text = writeEvidence(evidence);
    expect(readEvidence(text)).toEqual(evidence);
    expect(await askAll(replayHost(readEvidence(text)), folder)).toEqual(heard);
    expect(heard).toContainEqual(expect.objectContaining({ stdout: "\u0001\udcff\n", stderr: "grün" }));
    expect(text).toContain(`"encoding":"base64"`);
  });

  it("of a replay is the evidence itself", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bmr-replay-"));
    const first = recordingHost(localHost());
    await askAll(first.host, folder);
    const second = recordingHost(replayHost(first.evidence(about)));
    await askAll(second.host, folder);
    expect(second.evidence(about)).toEqual(first.evidence(about));
  });

  it("holds nothing that wasn't recorded", async () => {
    const empty = replayHost(recordingHost(localHost()).evidence(about));
    expect((await empty.run(["uname", "-m"])).outcome).toEqual({ is: "not-recorded" });
    expect(await empty.read("/etc/fstab")).toEqual({ is: "not-recorded" });
    expect(await empty.list("/sys/class/block")).toEqual({ is: "not-recorded" });
    expect(await empty.readlink("/sys/class/block/sda")).toEqual({ is: "not-recorded" });
    const again = recordingHost(empty);
    await again.host.read("/etc/fstab");
    await again.host.list("/sys");
    await again.host.readlink("/sys");
    await again.host.run(["true"]);
    expect(again.evidence(about)).toMatchObject({ commands: [], files: [], links: [] });
  });
});

describe("replay", () => {
  const evidence = (files: unknown[]) =>
    readEvidence(JSON.stringify({ format: "bmr-evidence", version: 1, host: about, commands: [], files, links: [] }));

  it("gives a head of what was read whole, and no more than the head that was read", async () => {
    const host = replayHost(
      evidence([
        { path: "/whole", content: "0123456789" },
        { path: "/head", content: "0123", bytes: 4 },
        { path: "/short", content: "012", bytes: 4 },
      ]),
    );
    expect(await host.read("/whole", { bytes: 2 })).toEqual({ is: "file", content: "01" });
    expect(await host.read("/head", { bytes: 4 })).toEqual({ is: "file", content: "0123" });
    expect(await host.read("/head", { bytes: 5 })).toEqual({ is: "not-recorded" });
    expect(await host.read("/head")).toEqual({ is: "not-recorded" });
    expect(await host.read("/short")).toEqual({ is: "file", content: "012" });
    expect(await host.read("/short", { bytes: 9 })).toEqual({ is: "file", content: "012" });
  });

  it("keeps a command whose operand is missing out of the answers", async () => {
    const host = replayHost(
      readEvidence(
        JSON.stringify({
          format: "bmr-evidence",
          version: 1,
          host: about,
          commands: [
            { argv: ["lsattr", "-d"], stdout: "x", stderr: "", exit: 0, context: { device: "/dev/sda1", path: "var" } },
          ],
          files: [],
          links: [],
        }),
      ),
    );
    expect((await host.run(["lsattr", "-d"])).outcome).toEqual({ is: "not-recorded" });
  });
});

describe("askOnce", () => {
  it("runs the same argv once and reads the same path once", async () => {
    let asked = 0;
    const counting =
      <A>(answer: A) =>
      async () => {
        asked += 1;
        return answer;
      };
    const host = askOnce({
      run: counting({ argv: ["a"], outcome: { is: "exited", code: 0 }, stdout: "", stderr: "" }),
      read: counting({ is: "absent" }),
      list: counting({ is: "absent" }),
      readlink: counting({ is: "absent" }),
    });
    await Promise.all([host.run(["a", "b"]), host.run(["a", "b"]), host.run(["a b"])]);
    expect(asked).toBe(2);
    await Promise.all([host.read("/x"), host.read("/x"), host.read("/x", { bytes: 1 }), host.read("/x", { bytes: 1 })]);
    expect(asked).toBe(4);
    await Promise.all([host.list("/x"), host.list("/x"), host.readlink("/x"), host.readlink("/x")]);
    expect(asked).toBe(6);
  });
});
