import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BmrError } from "../../src/error.js";
import type { Evidence } from "../../src/host/evidence.js";
import { writeEvidence } from "../../src/host/evidence-file.js";
import { readEvidenceFile } from "../../src/host/read-evidence-file.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-evidence-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string): Promise<Evidence> {
  const path = join(folder, "evidence.json");
  await writeFile(path, text);
  return await readEvidenceFile(path);
}

async function refusal(text: string): Promise<BmrError> {
  const error: unknown = await read(text).then(
    () => undefined,
    (error) => error,
  );
  if (error instanceof BmrError) return error;
  throw new Error("it was read", { cause: error });
}

/** Longer than what is read at once. */
const LARGE = "€\n".repeat(500_000);
const evidence: Evidence = {
  format: "bmr-evidence",
  version: 1,
  host: { name: "db1", arch: "s390x" },
  commands: [
    { argv: ["lvs"], outcome: { is: "exited", code: 5 }, stdout: "{\n", stderr: "" },
    { argv: ["large"], outcome: { is: "missing" }, stdout: LARGE, stderr: "" },
    { argv: ["latin1"], outcome: { is: "missing" }, stdout: "g\udcfc", stderr: "" },
  ],
  files: [
    { path: "/etc/fstab", content: '"links": [\n{' },
    { path: "/dev/sda", content: "\0\0U\udcaa", bytes: 4 },
    { path: "/sys/class/block", names: ["sda"] },
  ],
  links: [{ path: "/etc/mtab", state: "not-a-link" }],
};
const text = writeEvidence(evidence);

describe("readEvidenceFile", () => {
  it("reads what writeEvidence wrote, lines longer than a chunk too", async () => {
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 * 1024 * 1024);
    expect(await read(text)).toEqual(evidence);
    expect(await read(writeEvidence({ ...evidence, commands: [], files: [] }))).toEqual({
      ...evidence,
      commands: [],
      files: [],
    });
  });

  it.each([
    ["in one line", JSON.stringify(JSON.parse(text))],
    ["indented", JSON.stringify(JSON.parse(text), null, 2)],
    ["of an editor that ends lines in CR LF", text.replaceAll("\n", "\r\n")],
    ["without a last newline", text.trimEnd()],
    ["with records in several lines", text.replace('{"path":"/dev/sda",', '{\n"path":"/dev/sda",\n')],
    ["with a record behind its list's name", text.replace('"files": [\n', '"files": [')],
  ])("reads JSON that is %s", async (_, other) => {
    expect(await read(other)).toEqual(evidence);
  });

  it("says that a file is cut off, wherever that is", async () => {
    for (const length of [0, 30, 80, text.length - 30, text.length - 2]) {
      const error = await refusal(text.slice(0, length));
      expect(error.code).toBe("evidence-invalid");
      expect(error.message).toMatch(/^\/.*cut off/);
    }
  });

  it("names the place of what is wrong", async () => {
    expect((await refusal(text.replace('"names":["sda"]', '"names":[7]'))).message).toMatch(/files\[2\]\.names\[0\]/);
    expect((await refusal(text.replace('"version": 1', '"version": 2'))).message).toMatch(/version 2/);
  });

  it("says why a file can't be read", async () => {
    const error: unknown = await readEvidenceFile(folder).catch((error) => error);
    expect(error).toMatchObject({ code: "evidence-invalid", details: { path: folder } });
    expect((error as BmrError).message).toMatch(/can't be read: EISDIR/);
  });
});
