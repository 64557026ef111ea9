import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { readInventory } from "../../src/layout/read-inventory.js";
import { type DeviceUse, usesOfClaims } from "../../src/rescue/device-use.js";
import { memoryBelow } from "../../src/rescue/journal-place.js";
import { keptDevices } from "../../src/rescue/kept.js";
import { readMounts } from "../../src/rescue/mountinfo.js";
import { readRescueFacts } from "../../src/rescue/rescue-facts.js";
import { type Lab, MIB, makeLab, mountLine } from "./lab.js";
import { blockDevice, partition, volume } from "./world.js";

const lab: Lab = makeLab([{ name: "sda", identities: [volume("3600a")], bytes: 8 * MIB }]);
afterEach(() => {
  lab.mounts();
  lab.swaps();
});

describe("mountinfo", () => {
  test("this machine's own are understood", async () => {
    const mounts = await readMounts(localHost());
    expect(mounts.map((mount) => mount.at)).toContain("/proc");
  });
});

describe("what is in use", () => {
  test("mounts and swaps are found by numbers and by links", async () => {
    lab.mounts(mountLine("8:0", "/media/x", "/dev/whatever"));
    mkdirSync(join(lab.root, "dev/disk/by-id"), { recursive: true });
    symlinkSync(lab.image("sda"), join(lab.root, "dev/disk/by-id/wwn-a"));
    lab.swaps("/dev/disk/by-id/wwn-a");
    const { uses } = await lab.facts();
    expect(uses).toEqual([
      { device: "sda", as: "mounted", at: "/media/x" },
      { device: "sda", as: "swap", at: "/dev/disk/by-id/wwn-a" },
    ]);
  });

  describe("by what only the kernel knows", () => {
    const inventory = inventoryOf([
      blockDevice("sda", 8, 0),
      partition("sda", 1, 1),
      partition("sda", 2, 2),
      blockDevice("dm-0", 253, 0, { slaves: ["sda2"], dm: { name: "vg-lv", uuid: "LVM-1" } }),
      blockDevice("sdb", 8, 16),
      partition("sdb", 1, 17),
      blockDevice("dm-1", 253, 1, { slaves: ["sdc", "sdd"], dm: { name: "mpatha", uuid: "mpath-1" } }),
      blockDevice("sdc", 8, 32),
      blockDevice("sdd", 8, 48),
      partition("sdc", 1, 33),
      blockDevice("dm-2", 253, 2, { slaves: ["dm-1"], dm: { name: "mpatha-part1", uuid: "part1-mpath-1" } }),
    ]);
    const asked = async (answers: Readonly<Record<string, string>>, known: readonly DeviceUse[] = []) => {
      const paths: string[] = [];
      const host: ProbeHost = {
        ...lab.host,
        read: async (path) => {
          paths.push(path);
          const reason = answers[path];
          return reason === undefined ? { is: "file", content: "" } : { is: "failed", reason };
        },
      };
      const names = inventory.devices.map(({ name }) => name);
      const uses = await usesOfClaims(host, inventory, names, known);
      return { uses, paths: [...new Set(paths)].sort() };
    };

    test("only what nothing is known to stand on is asked", async () => {
      const { uses, paths } = await asked({});
      expect(uses).toEqual([]);
      expect(paths).toEqual(["/dev/mapper/mpatha-part1", "/dev/mapper/vg-lv", "/dev/sda1", "/dev/sdb"]);
      const mounted = await asked({}, [{ device: "sdb1", as: "mounted", at: "/x" }]);
      expect(mounted.paths).not.toContain("/dev/sdb");
    });

    test("a claim is one, and what can't be opened isn't known", async () => {
      const { uses } = await asked({ "/dev/sdb": "EBUSY: resource busy", "/dev/sda1": "EIO: i/o error" });
      expect(uses).toEqual([
        { device: "sda1", as: "unopenable", why: "EIO: i/o error" },
        { device: "sdb", as: "claimed" },
      ]);
    });
  });

  test("a swap device that nobody knows stops everything", async () => {
    lab.swaps("/dev/unheard-of");
    await expect(lab.facts()).rejects.toMatchObject({ code: "host-unusable" });
  });

  test("raw data without a signature is found when asked for, wherever it begins on a small disk", async () => {
    const { layout, inventory, host } = lab;
    const blank = async () =>
      (await readRescueFacts(host, { layout, inventory, keep: [], lookForRawData: true })).candidates[0]?.blank;
    expect(await blank()).toBe(true);
    for (const at of [0, 65536, 5 * MIB + 17, 8 * MIB - 1]) {
      writeFileSync(lab.image("sda"), Buffer.alloc(8 * MIB).fill(1, at, at + 1));
      expect([at, await blank()]).toEqual([at, false]);
    }
    truncateSync(lab.image("sda"), 4 * MIB);
    expect(await blank()).toBe(null);
    writeFileSync(lab.image("sda"), Buffer.alloc(8 * MIB));
    expect((await lab.facts()).candidates[0]?.blank).toBe(null);
  });

  test("on this machine the disk below / is never a target", async () => {
    const host = localHost();
    const { inventory } = await readInventory(host);
    const { layout } = lab;
    const { kept } = await readRescueFacts(host, { layout, inventory, keep: [] });
    const { dev } = statSync("/");
    const below = inventory.find(`${(dev >> 8) & 0xfff}:${dev & 0xff}`);
    // where / is no block device (a container), nothing is kept for it
    expect(kept.map(({ device }) => device).includes(below?.name ?? "none")).toBe(below !== undefined);
  });
});

describe("what must never be written", () => {
  const inventory = inventoryOf([
    blockDevice("sdu", 8, 80),
    partition("sdu", 1, 81),
    blockDevice("sdv", 8, 96),
    partition("sdv", 2, 98),
    blockDevice("dm-0", 253, 0, { slaves: ["sdv2"], dm: { name: "vg-set", uuid: "LVM-1" } }),
    blockDevice("loop0", 7, 0),
    blockDevice("sdw", 8, 112),
  ]);
  const kept = async (path: string) => {
    const found = await keptDevices(lab.host, inventory, await readMounts(lab.host), [{ path, as: "recovery-set" }]);
    return found.map(({ device }) => device);
  };

  test("is what a path lies on, down to the disk", async () => {
    lab.mounts(mountLine("253:0", "/srv", "/dev/mapper/vg-set"), mountLine("0:44", "/srv/nfs", "nas:/x", "nfs"));
    expect(await kept("/srv/BMR")).toEqual(["dm-0", "sdv2", "sdv"]);
    expect(await kept("/srv/nfs/BMR")).toEqual([]);
    expect(await kept("/srvx")).toEqual([]);
  });

  test("is found through links, by the mount that hides others", async () => {
    lab.mounts(mountLine("8:112", "/medium", "/dev/sdw"), mountLine("8:81", "/medium", "/dev/sdu1"));
    symlinkSync("/medium/sets", join(lab.root, "set"));
    expect(await kept(join(lab.root, "set"))).toEqual(["sdu1", "sdu"]);
  });

  test("is found below a live system's overlay and loop device", async () => {
    lab.mounts(
      mountLine("8:81", "/run/live/medium", "/dev/sdu1", "vfat"),
      mountLine("7:0", "/run/live/rootfs", "/dev/loop0", "squashfs"),
      "40 20 0:33 / /mnt/live rw - overlay overlay rw,lowerdir=/run/live/rootfs:/none,upperdir=/run/rw",
    );
    lab.attribute("../../../sys/class/block/loop0", "loop/backing_file", "/run/live/medium/live/root.squashfs");
    expect(await kept("/mnt/live/x")).toEqual(["loop0", "sdu1", "sdu"]);
  });

  test("is a disk that is named itself", async () => {
    expect(await kept("/dev/sdw")).toEqual(["sdw"]);
  });
});

test("a directory in memory is known as such", async () => {
  const host = localHost();
  const type = execFileSync("stat", ["-f", "-c", "%T", "/dev/shm"], { encoding: "utf8" }).trim();
  expect(await memoryBelow(host, "/dev/shm/journal")).toBe(type);
  expect(type).toBe("tmpfs");
  lab.mounts(mountLine("0:9", "/live", "overlay", "overlay"), mountLine("251:0", "/zram", "/dev/zram0"));
  expect(await memoryBelow(lab.host, "/live/x")).toBe("overlay");
  expect(await memoryBelow(lab.host, "/zram")).toBe("/dev/zram0");
  expect(await memoryBelow(lab.host, "/elsewhere")).toBe(null);
});
