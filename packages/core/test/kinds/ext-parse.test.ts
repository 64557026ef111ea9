import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseDumpe2fs } from "../../src/kinds/ext/parse-dumpe2fs.js";
import { parseStat } from "../../src/kinds/ext/parse-stat.js";

const MIB = 1024 * 1024;
const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/ext");
const captured = (name: string) => readFileSync(join(fixtures, name), "utf8");

describe("dumpe2fs -h", () => {
  test.each(readdirSync(fixtures).filter((name) => name.endsWith(".txt")))("%s is understood whole", (name) => {
    const parsed = parseDumpe2fs("dumpe2fs -h", captured(name), null);
    expect(parsed).toMatchObject({ is: "known", facts: { other: [], transientFeatures: ["needs_recovery"] } });
  });

  test("a mounted ext4 on DASD", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", captured("s390x-dasda1.txt"), "ROOTFS");
    expect(parsed).toMatchObject({
      facts: {
        label: "ROOTFS",
        lastMountedOn: null,
        uuid: "9a77e608-7b0f-47a9-9f70-60798048dbc9",
        flags: ["unsigned_directory_hash"],
        defaultMountOptions: ["user_xattr", "acl"],
        errorsBehavior: "continue",
        clean: true,
        withErrors: false,
        inodeCount: 17984,
        blockCount: 17976,
        reservedBlocks: 898,
        blockSize: 4096,
        clusterSize: 4096,
        groupDescriptorSize: 64,
        reservedGdtBlocks: 8,
        flexBlockGroupSize: 16,
        maxMountCount: -1,
        inodeSize: 256,
        hashSeed: "3d81d264-5734-42ba-b9b5-9b12073af932",
        created: "Sat Nov 21 20:57:36 2026",
        journal: { inode: 8, bytes: 4194304, fastCommitBytes: 0, features: ["journal_64bit", "journal_checksum_v3"] },
      },
    });
  });

  const text = captured("s390x-dasdb1.txt");

  test("a line that isn't known is kept", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", `${text}Shoe size:   42\n`, null);
    expect(parsed).toMatchObject({ is: "known", facts: { other: ["Shoe size:   42"] } });
  });

  test("bad blocks, first and last error", () => {
    const lines = [
      "FS Error count:           2",
      "First error time:         Sat Nov 21 20:57:37 2026",
      "First error function:     ext4_lookup",
      "First error line #:       1601",
      "First error inode #:      2",
      "First error block #:      77",
      "Last error time:          Sat Nov 21 20:58:37 2026",
      "Last error function:      ext4_lookup",
      "Last error line #:        1602",
      "Bad blocks: 7, 9, 1234",
    ];
    const parsed = parseDumpe2fs("dumpe2fs -h", `${text}${lines.join("\n")}\n`, null);
    expect(parsed).toMatchObject({
      facts: {
        errorCount: 2,
        firstError: { function: "ext4_lookup", line: 1601, inode: 2, block: 77, error: null },
        lastError: { time: "Sat Nov 21 20:58:37 2026", line: 1602, inode: null },
        badBlocks: [7, 9, 1234],
        other: [],
      },
    });
    expect(parseDumpe2fs("dumpe2fs -h", `${text}Bad blocks: x\n`, null).is).toBe("unknown");
  });

  test("a feature that isn't known is set apart", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", text.replace("large_file", "large_file FEATURE_C20 lazy_bg"), null);
    expect(parsed).toMatchObject({ is: "known", facts: { unsupportedFeatures: ["FEATURE_C20", "lazy_bg"] } });
  });

  test.each([
    ["a number that is none", "Block count:              17976", "Block count:              many"],
    ["a number that is too large", "Block count:              17976", "Block count:              99999999999999999999"],
    ["a line that is missing", "Inode count:              17984\n", ""],
    ["another magic number", "0xEF53", "0xEF54"],
    ["another state", "Filesystem state:         clean", "Filesystem state:         odd"],
    ["another behaviour on errors", "Continue", "Explode"],
    ["a UUID that is none", "11111111-2222-3333-4444-555555555555", "11111111"],
    ["no name", "Filesystem volume name", "Filesystem name"],
  ])("%s is a failure", (_, from, to) => {
    expect(text).toContain(from);
    const parsed = parseDumpe2fs("dumpe2fs -h", text.replace(from, to), null);
    expect(parsed).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", source: "dumpe2fs -h" } });
  });

  test("nothing at all is a failure", () => {
    expect(parseDumpe2fs("dumpe2fs -h", "", null).is).toBe("unknown");
  });

  test("what is printed for no label is no label, unless blkid says that it is one", () => {
    const none = text.replace("Filesystem volume name:   DATA", "Filesystem volume name:   <none>");
    expect(parseDumpe2fs("dumpe2fs -h", none, null)).toMatchObject({ facts: { label: null } });
    expect(parseDumpe2fs("dumpe2fs -h", none, "<none>")).toMatchObject({ facts: { label: "<none>" } });
  });

  test("the size of the journal as it was printed before 1.46, and before 1.41", () => {
    const old = (lines: string) =>
      parseDumpe2fs("dumpe2fs -h", text.replace(/Total journal size:.*\nTotal journal blocks:.*\n/, lines), null);
    const both = "Journal size:             128M\nJournal length:           32768\n";
    expect(old(both)).toMatchObject({ facts: { journal: { bytes: 128 * MIB } } });
    expect(old("Journal size:             4096k\n")).toMatchObject({ facts: { journal: { bytes: 4 * MIB } } });
    expect(old("Journal size:             4096x\n").is).toBe("unknown");
  });
});

test("debugfs says by its words only that it failed", () => {
  const parsed = parseStat("debugfs", "", "debugfs 1.47.0 (5-Feb-2023)\nstat: Filesystem not open\n");
  expect(parsed).toMatchObject({ is: "unknown", failure: { line: "stat: Filesystem not open" } });
});
