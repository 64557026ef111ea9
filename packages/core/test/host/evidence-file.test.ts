import { describe, expect, it } from "vitest";
import { BmrError } from "../../src/error.js";
import { readEvidence, writeEvidence } from "../../src/host/evidence-file.js";

const good = {
  format: "bmr-evidence",
  version: 1,
  host: { name: "db1", arch: "s390x" },
  commands: [
    { argv: ["lvs"], stdout: "out", stderr: "", exit: 5 },
    { argv: ["dasdview", "-x", "/dev/dasda"], stdout: "", stderr: "", outcome: { is: "missing" } },
    { argv: ["latin1"], stdout: "Z/w=", stderr: "", exit: 0, encoding: "base64" },
    {
      argv: ["lsattr"],
      stdout: "",
      stderr: "",
      exit: 0,
      origin: "recorded",
      note: "n",
      context: { device: "/dev/sda1" },
    },
  ],
  files: [
    { path: "/etc/fstab", content: "# empty\n", origin: "derived" },
    { path: "/sys/class/block", names: ["sda"] },
    { path: "/etc/lvm", state: "absent" },
    { path: "/root", state: "denied", reason: "EACCES" },
  ],
  links: [
    { path: "/sys/class/block/sda", target: "../../devices/x" },
    { path: "/etc/mtab", state: "not-a-link" },
  ],
};

type Shape = { commands: object[]; files: object[]; links: object[]; [key: string]: unknown };

function changed(change: (evidence: Shape) => void): string {
  const copy = structuredClone(good) as unknown as Shape;
  change(copy);
  return JSON.stringify(copy);
}

function refusal(text: string): BmrError {
  try {
    readEvidence(text);
  } catch (error) {
    if (error instanceof BmrError) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("readEvidence", () => {
  it("reads what writeEvidence wrote", () => {
    const evidence = readEvidence(JSON.stringify(good));
    expect(evidence.commands[0]?.outcome).toEqual({ is: "exited", code: 5 });
    expect(evidence.commands[2]?.stdout).toBe("g\udcfc");
    expect(readEvidence(writeEvidence(evidence))).toEqual(evidence);
    expect(JSON.parse(writeEvidence(evidence))).toEqual(good);
  });

  it("writes one record a line, and empty lists", () => {
    const evidence = readEvidence(JSON.stringify(good));
    expect(
      writeEvidence(evidence)
        .split("\n")
        .filter((line) => line.startsWith(`{"path"`)),
    ).toHaveLength(6);
    const empty = { ...evidence, commands: [], files: [], links: [] };
    expect(readEvidence(writeEvidence(empty))).toEqual(empty);
  });

  it("says that a file is cut off", () => {
    const text = JSON.stringify(good);
    for (const length of [0, 1, 100, text.length - 1]) {
      const error = refusal(text.slice(0, length));
      expect(error.code).toBe("evidence-invalid");
      expect(error.message).toMatch(/cut off/);
    }
  });

  it("says that it is something else, or of a newer bmr", () => {
    expect(refusal(`{"blockdevices": []}`).message).toMatch(/no evidence of bmr/);
    expect(refusal("null").message).toMatch(/no evidence of bmr/);
    expect(refusal("[1]").message).toMatch(/no evidence of bmr/);
    expect(refusal(changed((e) => Object.assign(e, { version: 2 }))).message).toMatch(
      /version 2.*the bmr that wrote it/,
    );
  });

  it.each<[string, (evidence: Shape) => void]>([
    ["host", (e) => delete e.host],
    ["files", (e) => Object.assign(e, { files: {} })],
    ["commands[0].argv[0]", (e) => Object.assign(e.commands[0] as object, { argv: [] })],
    ["commands[0].argv[1]", (e) => Object.assign(e.commands[0] as object, { argv: ["lvs", 1] })],
    ["commands[0].exit", (e) => Object.assign(e.commands[0] as object, { exit: "5" })],
    ["commands[1].outcome.is", (e) => Object.assign(e.commands[1] as object, { outcome: { is: "not-recorded" } })],
    ["commands[1]", (e) => Object.assign(e.commands[1] as object, { exit: 0 })],
    ["commands[3].context.device", (e) => Object.assign(e.commands[3] as object, { context: {} })],
    ["files[0].content", (e) => Object.assign(e.files[0] as object, { content: null })],
    ["files[0]", (e) => Object.assign(e.files[0] as object, { names: [] })],
    ["files[1].names[0]", (e) => Object.assign(e.files[1] as object, { names: [7] })],
    ["files[2].state", (e) => Object.assign(e.files[2] as object, { state: "gone" })],
    ["files[3].reason", (e) => delete (e.files[3] as { reason?: string }).reason],
    ["links[0].target", (e) => Object.assign(e.links[0] as object, { target: 1 })],
    ["links[1].path", (e) => delete (e.links[1] as { path?: string }).path],
  ])("names the place of what is wrong: %s", (path, change) => {
    const error = refusal(changed(change));
    expect(error.code).toBe("evidence-invalid");
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(path);
  });

  it("reads a large file", () => {
    const files = Array.from({ length: 200_000 }, (_, index) => ({
      path: `/sys/class/block/dm-${index}/queue/logical_block_size`,
      content: `${index} `.repeat(60),
    }));
    const text = JSON.stringify({ ...good, files });
    expect(text.length).toBeGreaterThan(80e6);
    expect(readEvidence(text).files).toHaveLength(200_000);
  });
});
