import { describe, expect, test } from "vitest";
import type { Arg } from "../../src/plan/arg.js";
import { bindArg } from "../../src/rescue/bind-args.js";
import type { Surroundings } from "../../src/rescue/bound-plan.js";
import { locatorsOf } from "../../src/rescue/locators.js";
import type { Seal } from "../../src/rescue/seal.js";
import { blockDevice, id } from "./world.js";

const SEAL = {} as Seal;

function pathOf(device: ReturnType<typeof blockDevice>, number?: number): string | undefined {
  const disk = id("disk");
  const refs = number === undefined ? [] : [{ node: id("part"), by: "partition" as const, of: disk, number }];
  const locators = locatorsOf([{ node: disk, device, seal: SEAL }], refs);
  return locators.get(number === undefined ? disk : id("part"))?.path;
}

describe("the device of each node", () => {
  test.each([
    ["sda", 1, "/dev/sda1"],
    ["sdaa", 12, "/dev/sdaa12"],
    ["nvme0n1", 2, "/dev/nvme0n1p2"],
    ["mmcblk0", 1, "/dev/mmcblk0p1"],
    ["cciss!c0d0", 3, "/dev/cciss/c0d0p3"],
    ["dasda", 1, "/dev/dasda1"],
    ["md127", 1, "/dev/md127p1"],
  ])("partition of %s: number %i is %s", (name, number, path) => {
    expect(pathOf(blockDevice(name, 8, 0), number)).toBe(path);
  });

  test("a map is what its alias says here, its partition is known by dm uuid", () => {
    const map = blockDevice("dm-3", 253, 3, {
      path: "/dev/mapper/mpathc",
      dm: { name: "mpathc", uuid: "mpath-3600507680181807628000000000002a9" },
    });
    expect(pathOf(map)).toBe("/dev/mapper/mpathc");
    expect(pathOf(map, 2)).toBe("/dev/disk/by-id/dm-uuid-part2-mpath-3600507680181807628000000000002a9");
    const odd = blockDevice("dm-4", 253, 4, { dm: { name: "m", uuid: "mpath-0QEMU QEMU/HARDDISK" } });
    expect(pathOf(odd, 1)).toBe("/dev/disk/by-id/dm-uuid-part1-mpath-0QEMU_QEMU_HARDDISK");
  });

  test("a logical volume is a dm device of a name and a uuid", () => {
    const lv = { node: id("lv:vg/root"), by: "mapper" as const, name: "vg-root", dmUuid: "LVM-abc" };
    expect(locatorsOf([], [lv]).get(id("lv:vg/root"))).toEqual({
      is: "dm",
      path: "/dev/mapper/vg-root",
      dmUuid: "LVM-abc",
      of: null,
    });
  });

  test("a partition of what isn't bound is a broken plan", () => {
    const ref = { node: id("p"), by: "partition" as const, of: id("nowhere"), number: 1 };
    expect(() => locatorsOf([], [ref])).toThrow(/isn't bound/);
  });
});

describe("arguments", () => {
  const around: Surroundings = {
    devices: locatorsOf([{ node: id("disk"), device: blockDevice("sda", 8, 0), seal: SEAL }], []),
    target: "/mnt/a",
    setDirectory: "/etc/BMR",
    params: { pit: "2026-01-01" },
  };

  test.each<[Arg, string]>([
    ["plain $(text) 'as' it is", "plain $(text) 'as' it is"],
    [{ device: id("disk") }, "/dev/sda"],
    [{ device: id("disk"), as: "pattern" }, "/dev/sda"],
    [{ target: "/" }, "/mnt/a"],
    [{ target: "/srv/a b" }, "/mnt/a/srv/a b"],
    [{ setFile: "ptbl-lun_1" }, "/etc/BMR/ptbl-lun_1"],
    [{ param: "pit" }, "2026-01-01"],
    [{ each: true }, "6.1.0-1"],
    [{ concat: ["--initrd=", { target: "/boot/initrd-" }, { each: true }] }, "--initrd=/mnt/a/boot/initrd-6.1.0-1"],
  ])("%j", (arg, text) => expect(bindArg(arg, around, "6.1.0-1")).toBe(text));

  test.each<[Arg, RegExp]>([
    [{ device: id("other") }, /has none here/],
    [{ param: "nope" }, /wasn't made/],
    [{ param: "toString" }, /wasn't made/],
    [{ target: "/../etc" }, /isn't a path below/],
    [{ target: "srv" }, /isn't a path below/],
    [{ setFile: "../../etc/shadow" }, /isn't a path below/],
    ["nul\0", /can't be an argument/],
    [`byte\udcff`, /can't be an argument/],
    [{ concat: ["a", "\0"] }, /can't be an argument/],
  ])("%j is refused", (arg, said) => {
    expect(() => bindArg(arg, around)).toThrow(said);
  });

  test("a name of a list is one name", () => {
    expect(() => bindArg({ each: true }, around)).toThrow(/outside of one/);
    for (const name of ["..", "a/b", "."]) expect(() => bindArg({ each: true }, around, name)).toThrow(/isn't a name/);
  });
});
