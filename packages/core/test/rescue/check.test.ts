import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Check } from "../../src/plan/step.js";
import type { BoundPlan } from "../../src/rescue/bound-plan.js";
import { evaluate } from "../../src/rescue/check.js";
import { resolve } from "../../src/rescue/resolve.js";
import { type Lab, MIB, makeLab, mountLine } from "./lab.js";
import { id, optionsFor, planFor, volume } from "./world.js";

const DISKS = [
  { name: "sda", identities: [volume("3600a")], bytes: 16 * MIB },
  { name: "sdb", identities: [volume("3600b")], bytes: 16 * MIB },
];
const [A, B] = [id("lun:3600a"), id("lun:3600b")];
const [A1, MAP1] = [id("part:lun:3600a/1"), id("part:map/1")];
const lab: Lab = makeLab(DISKS);
afterAll(() => lab.remove());

const bound: BoundPlan = await (async () => {
  const plan = planFor(DISKS, {
    devices: [
      { node: A1, by: "partition", of: A, number: 1 },
      { node: MAP1, by: "mapper", name: "mpatha-part1", dmUuid: "part1-mpath-3600m" },
    ],
  });
  const resolution = resolve(
    plan,
    await lab.facts(),
    optionsFor({ target: join(lab.root, "mnt"), setDirectory: lab.root }),
  );
  if (resolution.is !== "bound") throw new Error(JSON.stringify(resolution.problems));
  return resolution.bound;
})();

async function holds(check: Check): Promise<true | string> {
  const result = await evaluate(check, bound, lab.host);
  return result.holds ? true : result.found;
}

describe("checks", () => {
  test("device, size", async () => {
    expect(await holds({ is: "device", device: A })).toBe(true);
    expect(await holds({ is: "device", device: A1 })).toBe("the kernel has no partition /dev/sda1");
    expect(await holds({ is: "device", device: id("none") })).toBe("none has no device here");
    expect(await holds({ is: "size", device: A, least: 16 * MIB, most: 16 * MIB })).toBe(true);
    expect(await holds({ is: "size", device: A, least: 16 * MIB + 1 })).toContain("has 16777216 bytes");
    expect(await holds({ is: "size", device: A, least: 0, most: 16 * MIB - 1 })).toContain("has 16777216 bytes");
  });

  test("signature, as the real blkid sees it", async () => {
    const uuid = "0b1c2d3e-0000-4000-8000-00000000000a";
    const empty: Check = { is: "signature", device: A, tag: "TYPE", equals: null };
    const ext4: Check = { is: "signature", device: A, tag: "TYPE", equals: "ext4" };
    const label: Check = { is: "signature", device: A, tag: "LABEL", equals: " a b " };
    expect([await holds(empty), await holds(ext4)]).toEqual([true, `${lab.image("sda")} has TYPE not set`]);
    execFileSync("mke2fs", ["-q", "-t", "ext4", "-U", uuid, "-L", " a b ", lab.image("sda")]);
    expect(await holds(empty)).toBe(`${lab.image("sda")} has TYPE "ext4"`);
    expect([await holds(ext4), await holds(label)]).toEqual([true, true]);
    expect(await holds({ is: "signature", device: A, tag: "UUID", equals: uuid })).toBe(true);
    // what is left of an ISO 9660 image: blkid doesn't choose between the two
    const image = openSync(lab.image("sda"), "r+");
    writeSync(image, "\u0001CD001", 32768);
    closeSync(image);
    // util-linux 2.38 exits with 8, 2.41 as if nothing were there
    expect(await holds(ext4)).toMatch(/exited with 8|signatures of several things: ext4, iso9660/);
    expect(await holds(empty)).toMatch(/exited with 8|signatures of several things: ext4, iso9660/);
  });

  test("partition, on a disk by sysfs", async () => {
    const at = "pci0000:00/0000:00:00.0/block/sda";
    lab.appear("sda1", at, { dev: "8:1", partition: "1", start: "2048", size: "8192" });
    const check = { is: "partition", device: A1, startBytes: MIB, bytes: 4 * MIB } as const;
    expect(await holds(check)).toBe(true);
    expect(await holds({ ...check, bytes: null })).toBe(true);
    expect(await holds({ ...check, startBytes: 512 })).toContain("starts at byte 1048576");
    expect(await holds({ ...check, bytes: 512 })).toContain("has 4194304 bytes");
    lab.attribute("sda1", "partition", "2");
    expect(await holds(check)).toContain("is partition 2");
  });

  test("a device-mapper device is known by its uuid, with udev's link or without", async () => {
    lab.appear("dm-9", "virtual/block", { dev: "253:9", "dm/uuid": "part1-mpath-3600m", size: "8" });
    expect(await holds({ is: "device", device: MAP1 })).toContain("udev made no /dev/mapper/mpatha-part1");
    mkdirSync(join(lab.root, "dev/mapper"), { recursive: true });
    // a node in place of a link
    writeFileSync(join(lab.root, "dev/mapper/mpatha-part1"), "");
    expect(await holds({ is: "device", device: MAP1 })).toBe(true);
    lab.attribute("dm-9", "dm/uuid", "part1-mpath-3600z");
    expect(await holds({ is: "device", device: MAP1 })).toContain("there is no /dev/mapper/mpatha-part1");
  });

  test("mounted and not mounted, by device", async () => {
    const { target } = bound;
    const root = { is: "mounted", at: { target: "/" }, device: B } as const;
    expect(await holds(root)).toBe(`nothing is mounted on ${target}`);
    expect(await holds({ is: "not-mounted", at: { target: "/" } })).toBe(true);
    lab.mounts(mountLine("8:16", target, "/dev/sdb"));
    expect([await holds(root), await holds({ ...root, device: null })]).toEqual([true, true]);
    expect(await holds({ ...root, device: A })).toContain("not lun:3600a");
    expect(await holds({ is: "not-mounted", at: { target: "/" } })).toContain("is mounted on");
    lab.mounts(mountLine("0:60", target, "/dev/sdb", "btrfs", "/@"));
    expect(await holds(root)).toBe(true);
  });

  test("swap", async () => {
    lab.swaps("/dev/sdb");
    expect(await holds({ is: "swap", device: B, active: true })).toBe(true);
    expect(await holds({ is: "swap", device: B, active: false })).toContain("is swapped on");
    expect(await holds({ is: "swap", device: A, active: true })).toContain("is not swapped on");
    expect(await holds({ is: "swap", device: id("gone"), active: false })).toBe(true);
  });

  test("output, of a tool that succeeds only", async () => {
    expect(await holds({ is: "output", argv: ["printf", " x\n"], equals: "x" })).toBe(true);
    expect(await holds({ is: "output", argv: ["printf", "y"], equals: "x" })).toBe('printf y says "y"');
    expect(await holds({ is: "output", argv: ["false"], equals: "" })).toContain("exited with 1");
    expect(await holds({ is: "output", argv: ["no-such-tool"], equals: "" })).toContain("is not installed");
  });

  test("files, directories, attributes", async () => {
    const { target } = bound;
    writeFileSync(join(target, "f"), "text\n");
    const sha256 = createHash("sha256").update("text\n").digest("hex");
    expect(await holds({ is: "file", path: { target: "/f" } })).toBe(true);
    expect(await holds({ is: "file", path: { target: "/f" }, sha256 })).toBe(true);
    expect(await holds({ is: "file", path: { target: "/f" }, sha256: sha256.replace(/^./, "x") })).toContain(
      "other content",
    );
    expect(await holds({ is: "file", path: { target: "/" } })).toContain("is directory");
    expect(await holds({ is: "file", path: { target: "/g" } })).toContain("is absent");
    expect(await holds({ is: "directory", path: { target: "/" } })).toBe(true);
    expect(await holds({ is: "directory", path: { target: "/f" } })).toContain("is file");
    expect(await holds({ is: "absent", path: { target: "/g" } })).toBe(true);
    expect(await holds({ is: "absent", path: { target: "/f" } })).toContain("is file");
    expect(await holds({ is: "attribute", path: "/sys/class/block/sda/ro", equals: "0" })).toBe(true);
    expect(await holds({ is: "attribute", path: "/sys/class/block/sda/ro", equals: "1" })).toContain('says "0"');
    expect(await holds({ is: "attribute", path: "/sys/none", equals: "0" })).toContain("says nothing");
  });

  test("a file for each name that is there, and at least one", async () => {
    const { target } = bound;
    const check: Check = {
      is: "file",
      path: { concat: [{ target: "/boot/initrd-" }, { each: true }] },
      forEach: {
        list: { target: "/lib/modules" },
        recorded: ["6.1.0-1"],
        having: { concat: [{ target: "/boot/vmlinuz-" }, { each: true }] },
      },
    };
    expect(await holds(check)).toContain("can't be listed: absent");
    for (const kernel of ["6.1.0-1", "6.1.0-2", "5.0-removed"]) {
      mkdirSync(join(target, "lib/modules", kernel), { recursive: true });
    }
    expect(await holds(check)).toContain("holds none of what is looked for");
    mkdirSync(join(target, "boot"));
    for (const kernel of ["6.1.0-1", "6.1.0-2"]) writeFileSync(join(target, `boot/vmlinuz-${kernel}`), "");
    writeFileSync(join(target, "boot/initrd-6.1.0-1"), "");
    expect(await holds(check)).toContain("initrd-6.1.0-2 is absent");
    writeFileSync(join(target, "boot/initrd-6.1.0-2"), "");
    expect(await holds(check)).toBe(true);
  });
});
