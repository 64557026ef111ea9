import { describe, expect, test } from "vitest";
import { BmrError } from "../../src/error.js";
import { localHost } from "../../src/host/local.js";
import { readInventory } from "../../src/layout/read-inventory.js";
import { evidenceFixture, type FixtureCommand, replayHost } from "../../src/testkit/index.js";

type Files = Readonly<Record<string, string | readonly string[] | null>>;

/** Machines typed by hand, of what only they have; real ones are in the recordings. */
function host(files: Files, commands: readonly FixtureCommand[] = [], links: Readonly<Record<string, string>> = {}) {
  return replayHost(evidenceFixture({ files: { "/proc/partitions": "", ...files }, commands, links }));
}

const exportDb = (...records: readonly string[]): FixtureCommand => ({
  argv: ["udevadm", "info", "--export-db"],
  stdout: `${records.join("\n\n")}\n\n`,
});

const sda = `P: /devices/pci/block/sda
N: sda
E: SUBSYSTEM=block
E: DEVTYPE=disk
E: MAJOR=8
E: MINOR=0
E: USEC_INITIALIZED=1
E: ID_PART_TABLE_TYPE=dos
E: ID_PART_TABLE_UUID=3974db68
E: ID_FS_TYPE=iso9660
E: ID_FS_UUID=2018-08-01-10-22-27-47
E: ID_FS_LABEL=DVD`;

const partition = (number: number, ...properties: readonly string[]): string =>
  [
    `P: /devices/pci/block/sda/sda${number}`,
    `N: sda${number}`,
    "E: SUBSYSTEM=block",
    "E: DEVTYPE=partition",
    `E: PARTN=${number}`,
    "E: MAJOR=8",
    `E: MINOR=${number}`,
    "E: USEC_INITIALIZED=1",
    "E: ID_PART_TABLE_TYPE=dos",
    "E: ID_PART_TABLE_UUID=3974db68",
    ...properties.map((property) => `E: ${property}`),
  ].join("\n");

describe("what udev says of a partition", () => {
  const names = { "/sys/class/block": ["sda", "sda1", "sda2"] };

  test("isn't what the rules copied from its disk", async () => {
    const inherited = ["ID_FS_TYPE=iso9660", "ID_FS_UUID=2018-08-01-10-22-27-47", "ID_FS_LABEL=DVD"];
    const own = [
      "ID_FS_TYPE=ext4",
      "ID_FS_UUID=1",
      "ID_FS_LABEL=a_b",
      "ID_FS_LABEL_ENC=a\\x20b",
      "ID_FS_USAGE=filesystem",
    ];
    const db = exportDb(sda, partition(1, ...inherited), partition(2, ...own));
    const { inventory } = await readInventory(host(names, [db]));
    expect(inventory.find("sda")?.signature).toMatchObject({ type: "iso9660", tableType: "dos" });
    expect(inventory.find("sda1")?.signature).toBeNull();
    expect(inventory.find("/dev/sda2")?.signature).toEqual({
      type: "ext4",
      uuid: "1",
      label: "a b",
      usage: "filesystem",
      tableType: null,
      tableUuid: null,
    });
    expect(inventory.partitionsOf("sda").map(({ name }) => name)).toEqual(["sda1", "sda2"]);
  });

  test("that has two signatures is a finding, and not known", async () => {
    const db = exportDb(sda, partition(1, "ID_FS_AMBIVALENT=filesystem:ext2 other:swap"), partition(2));
    const { inventory, findings } = await readInventory(host(names, [db]));
    expect(inventory.find("sda1")).toMatchObject({ signature: null, signatureKnown: false });
    expect(findings).toMatchObject([{ code: "inventory/ambiguous-signature", severity: "loss" }]);
  });

  test("is asked of blkid where udev tells nothing", async () => {
    const blkid: FixtureCommand = {
      argv: ["blkid", "-c", "/dev/null", "/dev/sda1", "/dev/sda2"],
      stdout: '/dev/sda2: LABEL="x" UUID="2" TYPE="xfs"\n',
    };
    const none: FixtureCommand = { argv: ["blkid", "-p", "-o", "udev", "/dev/sda1"], exit: 2 };
    const { inventory } = await readInventory(host(names, [exportDb(sda, partition(1), partition(2)), blkid, none]));
    expect(inventory.find("sda1")).toMatchObject({ signature: null, signatureKnown: true });
    expect(inventory.find("sda2")).toMatchObject({ signature: { type: "xfs", label: "x" }, signatureKnown: true });
  });
});

test("sizes and starts are bytes, sector sizes are the disk's", async () => {
  const { inventory } = await readInventory(
    host(
      {
        "/sys/class/block": ["sda", "sda1"],
        "/sys/class/block/sda/dev": "8:0\n",
        "/sys/class/block/sda/size": "2097152\n",
        "/sys/class/block/sda/ro": "0\n",
        "/sys/class/block/sda/removable": "1\n",
        "/sys/class/block/sda/queue/logical_block_size": "4096\n",
        "/sys/class/block/sda/queue/physical_block_size": "4096\n",
        "/sys/class/block/sda1/dev": "8:1\n",
        "/sys/class/block/sda1/size": "2048\n",
        "/sys/class/block/sda1/start": "256\n",
        "/sys/class/block/sda1/partition": "1\n",
        "/sys/class/block/sda1/ro": "1\n",
      },
      [exportDb()],
      {
        "/sys/class/block/sda": "../../devices/pci/block/sda",
        "/sys/class/block/sda1": "../../devices/pci/block/sda/sda1",
      },
    ),
  );
  expect(inventory.find("8:0")).toMatchObject({
    path: "/dev/sda",
    type: "disk",
    bytes: 1073741824,
    readOnly: false,
    removable: true,
    sectorBytes: 4096,
    partition: null,
  });
  expect(inventory.find("8:1")).toMatchObject({
    type: "partition",
    bytes: 1048576,
    readOnly: true,
    partition: { number: 1, of: "sda", startBytes: 131072 },
  });
});

test("of a path of a multipath map, size and state are read, and the map's sectors", async () => {
  const attributes = (name: string, more: Files): Files =>
    Object.fromEntries(
      Object.entries({ dev: "1:1\n", size: "2048\n", ro: "1\n", "queue/logical_block_size": "512\n", ...more }).map(
        ([attribute, value]) => [`/sys/class/block/${name}/${attribute}`, value],
      ),
    );
  const { inventory } = await readInventory(
    host(
      {
        "/sys/class/block": ["dm-0", "sda", "sdb"],
        ...attributes("dm-0", { "dm/name": "mpatha\n", "dm/uuid": "mpath-3600\n", slaves: ["sda"] }),
        ...attributes("sda", { removable: "0\n" }),
        ...attributes("sdb", { removable: "0\n" }),
      },
      [exportDb()],
      { "/sys/class/block/dm-0": "../../devices/virtual/block/dm-0" },
    ),
  );
  expect(inventory.find("dm-0")).toMatchObject({ slaves: ["sda"], removable: false, sectorBytes: 512 });
  expect(inventory.find("sda")).toMatchObject({ bytes: 1048576, readOnly: true, removable: null, sectorBytes: null });
  expect(inventory.find("sdb")).toMatchObject({ bytes: 1048576, readOnly: true, removable: false, sectorBytes: 512 });
});

test("path and numbers are udev's where it tells them", async () => {
  const { inventory } = await readInventory(
    host({ "/sys/class/block": ["sda", "sdb"], "/sys/class/block/sdb/dev": "8:16\n" }, [exportDb(sda)], {
      "/sys/class/block/sdb": "../../devices/pci/block/sdb",
    }),
  );
  expect(inventory.find("8:0")).toMatchObject({ name: "sda", properties: { ID_FS_TYPE: "iso9660" } });
  expect(inventory.find("8:16")).toMatchObject({ name: "sdb", properties: { DEVPATH: "/devices/pci/block/sdb" } });
});

test("an old kernel has no /sys/class/block, an old udev another name, and dmsetup tells what sysfs doesn't", async () => {
  const { inventory } = await readInventory(
    host(
      {
        "/sys/class/block": null,
        "/sys/block": ["cciss!c0d0", "dm-0"],
        "/sys/block/cciss!c0d0": ["cciss!c0d0p1", "dev", "size"],
        "/sys/block/cciss!c0d0/dev": "104:0\n",
        "/sys/block/cciss!c0d0/queue/hw_sector_size": "512\n",
        "/sys/block/cciss!c0d0/cciss!c0d0p1/dev": "104:1\n",
        "/sys/block/cciss!c0d0/cciss!c0d0p1/start": "63\n",
        "/sys/block/dm-0": ["dev"],
        "/sys/block/dm-0/dev": "253:0\n",
      },
      [
        { argv: ["udevadm", "info", "--export-db"], outcome: { is: "missing" } },
        {
          argv: ["udevinfo", "--export-db"],
          stdout: "P: /block/cciss!c0d0/cciss!c0d0p1\nN: cciss/c0d0p1\nE: ID_FS_TYPE=LVM2_member\n\n",
        },
        {
          argv: ["dmsetup", "info", "-c", "--noheadings", "--separator", "/", "-o", "major,minor,name,uuid"],
          stdout: "253/0/vg-root/LVM-abc\n",
        },
        { argv: ["dmsetup", "deps"], stdout: "vg-root: 1 dependencies\t: (104, 1)\n" },
      ],
    ),
  );
  expect(inventory.find("/dev/cciss/c0d0")).toMatchObject({ name: "cciss!c0d0", type: "disk", sectorBytes: 512 });
  expect(inventory.find("/dev/cciss/c0d0p1")).toMatchObject({
    type: "partition",
    signature: { type: "LVM2_member" },
    partition: { number: 1, of: "cciss!c0d0", startBytes: 32256 },
  });
  expect(inventory.find("dm-0")).toMatchObject({
    path: "/dev/mapper/vg-root",
    dm: { name: "vg-root", uuid: "LVM-abc" },
    slaves: ["cciss!c0d0p1"],
  });
  expect(inventory.holdersOf("cciss!c0d0p1").map(({ name }) => name)).toEqual(["dm-0"]);
});

test("a path of a multipathed NVMe namespace isn't a device of its own", async () => {
  const { inventory } = await readInventory(
    host(
      {
        "/sys/class/block": ["nvme0c0n1", "nvme0n1"],
        "/sys/class/block/nvme0c0n1/hidden": "1\n",
        "/sys/class/block/nvme0n1/hidden": "0\n",
        "/sys/class/block/nvme0n1/dev": "259:0\n",
      },
      [exportDb()],
    ),
  );
  expect(inventory.devices.map(({ name }) => name)).toEqual(["nvme0n1"]);
});

test("what is on the paths of a map is told by the map alone", async () => {
  const path = (name: string, minor: number) =>
    `P: /devices/pci/block/${name}\nN: ${name}\nE: SUBSYSTEM=block\nE: MAJOR=8\nE: MINOR=${minor}\nE: USEC_INITIALIZED=1\nE: ID_FS_TYPE=ext4`;
  const { inventory } = await readInventory(
    host(
      {
        "/sys/class/block": ["dm-0", "sda", "sdb"],
        "/sys/class/block/dm-0/dev": "253:0\n",
        "/sys/class/block/dm-0/dm/name": "mpatha\n",
        "/sys/class/block/dm-0/dm/uuid": "mpath-3600\n",
        "/sys/class/block/dm-0/slaves": ["sda", "sdb"],
      },
      [
        exportDb(path("sda", 0), path("sdb", 16)),
        {
          argv: ["blkid", "-c", "/dev/null", "/dev/mapper/mpatha"],
          stdout: '/dev/mapper/mpatha: UUID="1" TYPE="ext4"\n',
        },
      ],
    ),
  );
  expect(inventory.find("sda")).toMatchObject({ signature: null, signatureKnown: false });
  expect(inventory.find("/dev/mapper/mpatha")).toMatchObject({ signature: { type: "ext4" }, signatureKnown: true });
});

describe("a machine that can't be looked at", () => {
  const absent = { "/sys/class/block": null, "/sys/block": null };

  test.each<[string, Files, string]>([
    ["without /sys", absent, "/sys"],
    ["without /proc", { "/sys/class/block": [], "/proc/partitions": null }, "/proc/partitions"],
  ])("%s is refused by name", async (_, files, path) => {
    const reading = readInventory(host(files, [exportDb()]));
    await expect(reading).rejects.toThrow(BmrError);
    await expect(reading).rejects.toMatchObject({ code: "host-unusable", details: { path } });
  });

  test("without udev gives what the kernel knows, with a finding", async () => {
    const missing = { is: "missing" } as const;
    const { inventory, findings } = await readInventory(
      host({ "/sys/class/block": ["sda"], "/sys/class/block/sda/dev": "8:0\n" }, [
        { argv: ["udevadm", "info", "--export-db"], outcome: missing },
        { argv: ["udevinfo", "--export-db"], outcome: missing },
      ]),
    );
    expect(inventory.devices).toMatchObject([{ name: "sda", path: "/dev/sda", signatureKnown: false }]);
    expect(findings).toMatchObject([{ code: "inventory/no-udev" }]);
  });
});

test("10,000 disks are read", async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `sd${index.toString(26).replace(/./g, letter)}`);
  const files: Record<string, string | readonly string[]> = { "/sys/class/block": names };
  for (const [index, name] of names.entries()) files[`/sys/class/block/${name}/dev`] = `8:${index}\n`;
  const records = names.map(
    (name) => `P: /devices/pci/block/${name}\nN: ${name}\nE: SUBSYSTEM=block\nE: ID_FS_TYPE=ext4`,
  );
  const machine = host(files, [exportDb(...records)]);
  expect((await readInventory(machine)).inventory.devices).toHaveLength(10_000);
});

/** A digit to base 26 as a letter. */
function letter(digit: string): string {
  return String.fromCharCode(97 + Number.parseInt(digit, 26));
}

test.skipIf(process.platform !== "linux")(
  "this machine has block devices, each found by all of its names",
  async () => {
    const { inventory } = await readInventory(localHost());
    expect(inventory.devices.length).toBeGreaterThan(0);
    for (const device of inventory.devices) {
      expect(inventory.find(device.name)).toBe(device);
      expect(inventory.find(`${device.major}:${device.minor}`)).toBe(device);
      expect(inventory.find(device.path)).toBe(device);
    }
  },
);
