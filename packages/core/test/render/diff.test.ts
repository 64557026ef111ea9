import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { unifiedDiff } from "../../src/render/diff.js";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bmr-diff-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "-", "+", "--- x", "@@ -1 +1 @@", "\\ No newline"))
  .chain((lines) => fc.constantFrom(lines.join("\n"), lines.map((line) => `${line}\n`).join("")));

describe("unified diff", () => {
  test("shows what changed, with three lines around it", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
    const after = lines.with(9, "another\n");
    expect(unifiedDiff("/etc/fstab", lines.join(""), after.join(""))).toBe(
      "--- /etc/fstab\n+++ /etc/fstab\n@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+another\n line 11\n line 12\n line 13\n",
    );
  });

  test("is empty where nothing changed", () => {
    expect(unifiedDiff("/x", "a\n", "a\n")).toBe("");
  });

  test.skipIf(lacks("patch"))("patch makes the second text of the first by it", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const file = join(directory, "file");
        writeFileSync(file, before);
        execFileSync("patch", ["--silent", "--no-backup-if-mismatch", "--force", file], {
          input: unifiedDiff("file", before, after),
        });
        let patched = "";
        try {
          patched = readFileSync(file, "utf8");
        } catch {
          // patch takes an empty file away
        }
        expect(patched).toBe(after);
      }),
      { numRuns: 60 },
    );
  });

  test("ten thousand lines with a few changes take no time worth speaking of", () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`);
    const after = lines.map((line, index) => (index % 500 === 0 ? `x${line}` : line));
    expect(unifiedDiff("/x", lines.join(""), after.join("")).match(/^@@/gm)).toHaveLength(20);
  });
});
