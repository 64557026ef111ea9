import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacks, testPath } from "../../../../scripts/test-tools.js";
import type { Argv } from "../../src/host/outcome.js";
import { harmless, withoutHarmless } from "../../src/rescue/harmless.js";

let image: string;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bmr-harmless-"));
  image = join(folder, "disk");
  writeFileSync(image, "", { mode: 0o600 });
  truncateSync(image, 32 * 1024 * 1024);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real tool says on its error output. */
function saidBy(argv: readonly [string, ...string[]], input = ""): readonly string[] {
  const env = { PATH: testPath, LC_ALL: "C" };
  const { stderr, error } = spawnSync(argv[0], argv.slice(1), { encoding: "utf8", env, input });
  if (error !== undefined) throw error;
  return stderr.split("\n").filter((line) => line.trim() !== "");
}

describe("what real tools say", () => {
  test("mke2fs, debugfs: their versions", () => {
    for (const argv of [
      ["mke2fs", "-F", image],
      ["debugfs", "-R", "stats", image],
    ] as const) {
      const said = saidBy(argv);
      expect(said.length).toBeGreaterThan(0);
      expect(said.filter((line) => harmless(line, [argv]) === undefined)).toEqual([]);
    }
  });

  test("mkswap: that it erases a filesystem", () => {
    execFileSync("mke2fs", ["-q", "-F", image], { env: { PATH: testPath } });
    const argv: Argv = ["mkswap", image];
    const [first, ...others] = saidBy(argv).filter((line) => !/holes|swap file|--verbose/.test(line));
    expect(harmless(first as string, [argv])).toMatch(/overwritten/);
    expect(others).toEqual([]);
  });

  test.skipIf(lacks("sfdisk"))("sfdisk: that it will erase a filesystem, as --wipe always asked it to", () => {
    execFileSync("mke2fs", ["-q", "-F", image], { env: { PATH: testPath } });
    const argv: Argv = ["sfdisk", "--no-reread", "--no-tell-kernel", "--wipe", "always", image];
    const said = saidBy(argv, "label: gpt\nsize=10M\n");
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((line) => harmless(line, [argv]) === undefined)).toEqual([]);
  });
});

// LVM and fdasd need a device-mapper and a DASD: these lines are as their sources format them
const UUID = "Mbhqcd-qbdk-vekI-eq00-baz2-rHJo-WBovgC";

test.each([
  ["pvcreate", "File descriptor 19 (pipe:[12345]) leaked on pvcreate invocation. Parent PID 812: node"],
  ["/sbin/vgcfgrestore", "  /etc/lvm/archive: fsync failed: Invalid argument"],
  ["pvcreate", `  Couldn't find device with uuid ${UUID}.`],
  ["pvcreate", `  WARNING: Couldn't find device with uuid ${UUID}.`],
  ["pvcreate", "  WARNING: Forcing physical volume creation on /dev/mapper/mpatha-part2"],
  ["pvcreate", '  WARNING: Forcing physical volume creation on /dev/sdb1 of volume group "vg one"'],
  ["fdasd", "no config file entry for partition 2 found..."],
  ["fdasd", "no config file entry for partition 3 found..."],
])("%s may say: %s", (tool, line) => {
  expect(harmless(line, [[tool, "x"]])).toBeDefined();
});

test.each([
  ["pvcreate", "  /etc/lvm/archive: fsync failed: Input/output error"],
  ["vgchange", `  WARNING: Couldn't find device with uuid ${UUID}.`],
  ["vgcfgrestore", `  Couldn't find device with uuid ${UUID}.`],
  ["pvcreate", "  Couldn't find device with uuid x; and something else"],
  ["fdasd", "no config file entry for partition 1 found..."],
  ["mke2fs", "no config file entry for partition 2 found..."],
  ["mke2fs", "mke2fs: Device or resource busy while setting up superblock"],
  ["mkswap", "mkswap: /dev/sda2: warning: wiping old signature failed"],
  ["sfdisk", "The device contains 'ext4' signature"],
])("%s must not be hidden when it says: %s", (tool, line) => {
  expect(harmless(line, [[tool, "x"]])).toBeUndefined();
});

test("a command's own reason isn't hidden behind a known message that came last", () => {
  const said = `  Can't open /dev/sda exclusively.\n  Couldn't find device with uuid ${UUID}.\n`;
  expect(withoutHarmless(said, [["pvcreate", "/dev/sda"]])).toBe("  Can't open /dev/sda exclusively.\n");
});

test("what older and newer tools than these say", () => {
  // captured: LVM 2.03.11 of Debian 11, mke2fs 1.47.2 of Debian 13
  expect(harmless('  Configuration setting "devices/use_devicesfile" unknown.', [["vgchange"]])).toContain("older");
  expect(harmless('  Configuration setting "devices/filter" unknown.', [["vgchange"]])).toBeUndefined();
  expect(harmless("Warning: the fs_type ext2 is not defined in mke2fs.conf", [["mke2fs"]])).toContain("configuration");
});
