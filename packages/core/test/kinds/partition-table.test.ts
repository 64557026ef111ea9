import { closeSync, openSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { partitionTableKind, probePartitionTables } from "../../src/kinds/partition-table/index.js";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import {
  codes,
  DOS,
  DOS_SCRIPT,
  GPT,
  LINUX,
  nobody,
  nodeOf,
  partitionDevice,
  SCRIPT,
} from "./partition-table-fixture.js";
import { blankImage, diskDevice, imageDirectory, layoutOf, makeTable, scanImage } from "./partition-table-images.js";

const MIB = 1024 * 1024;
const images = imageDirectory();
afterAll(() => images.remove());

function image(name: string, script: string): string {
  const path = blankImage(join(images.path, name), 64 * MIB);
  makeTable(path, script);
  return path;
}

describe("what is asked", () => {
  /** A host that notes what it was asked. */
  function listening(): { host: ProbeHost; asked: string[] } {
    const asked: string[] = [];
    const run: ProbeHost["run"] = (argv) => {
      asked.push(argv.join(" "));
      return nobody.run(argv);
    };
    return { asked, host: { ...nobody, run } };
  }

  test("each map once, and none of its paths", async () => {
    const dm = { name: "mpatha", uuid: "mpath-3600507680181807628000000000002a9" };
    const path = (name: string, minor: number): BlockDevice => ({
      ...diskDevice(`/dev/${name}`, 64 * MIB, GPT),
      name,
      minor,
    });
    const map = { ...diskDevice("/dev/dm-0", 64 * MIB, GPT), name: "dm-0", major: 253, slaves: ["sda", "sdb"], dm };
    const { host, asked } = listening();
    await probePartitionTables(host, inventoryOf([path("sda", 0), path("sdb", 16), map]));
    expect(asked).toEqual(["sfdisk --dump /dev/dm-0", "sfdisk --json /dev/dm-0"]);
  });

  test("no disk without a table, no member of an array, no logical volume, no other kind of table", async () => {
    const { host, asked } = listening();
    const devices = [
      null,
      { ...GPT, tableType: null, type: "ext4", usage: "filesystem" },
      { ...DOS, type: "isw_raid_member", usage: "raid" },
      { ...DOS, tableType: "dasd" },
      { ...DOS, tableType: "sun" },
    ].map((signature, at) => ({ ...diskDevice(`/dev/sd${at}`, MIB, signature), name: `sd${at}`, minor: at * 16 }));
    const volume = {
      ...diskDevice("/dev/dm-1", MIB, DOS),
      name: "dm-1",
      major: 253,
      dm: { name: "vg-guest", uuid: "LVM-abc" },
    };
    await probePartitionTables(host, inventoryOf([...devices, volume]));
    expect(asked).toEqual([]);
  });
});

describe.skipIf(lacks("sfdisk"))("what becomes of it", () => {
  test("partitions of a map are found by dm uuid, and made by kpartx", async () => {
    const path = image("map", SCRIPT);
    const uuid = "mpath-3600507680181807628000000000002a9";
    const map = { ...diskDevice(path, 64 * MIB, GPT), name: "dm-0", major: 253, dm: { name: "mpatha", uuid } };
    const part = (n: number): BlockDevice => ({
      ...diskDevice(`/dev/dm-${n}`, 4096 * 512, null),
      name: `dm-${n}`,
      major: 253,
      minor: n,
      slaves: ["dm-0"],
      dm: { name: `mpatha-part${n}`, uuid: `part${n}-${uuid}` },
    });
    const layout = await layoutOf(inventoryOf([map, part(1), part(2)]));
    expect(codes(layout)).toEqual([]);
    expect(nodeOf(layout, "part:disk:dm-0/2")).toMatchObject({ name: "mpatha-part2", of: "disk:dm-0", number: 2 });
    const plan = partitionTableKind.steps?.(layout);
    const commands = plan?.steps?.[0]?.run.flatMap((action) => (action.do === "exec" ? [action.argv[0]] : []));
    expect(commands).toEqual(["sfdisk", "udevadm", "kpartx", "udevadm", "wipefs", "udevadm"]);
    expect(plan?.devices).toEqual([
      { node: "part:disk:dm-0/1", by: "partition", of: "disk:dm-0", number: 1 },
      { node: "part:disk:dm-0/2", by: "partition", of: "disk:dm-0", number: 2 },
    ]);
    expect(plan?.tools?.map(({ tool: name }) => name)).toContain("kpartx");
  });

  test("a disk: the step in full", async () => {
    const layout = await scanImage(image("disk", DOS_SCRIPT), 64 * MIB);
    expect(nodeOf(layout, "part:disk:sda/2")).toMatchObject({ content: { is: "extended" }, bytes: 40960 * 512 });
    const plan = partitionTableKind.steps?.(layout);
    expect(plan?.files).toEqual([
      {
        name: "ptbl-disk_sda",
        content:
          "label: dos\nlabel-id: 0x1ddc8a79\nunit: sectors\n\n1 : start=2048, size=4096, type=83, bootable\n2 : start=8192, size=40960, type=5\n5 : start=10240, size=4096, type=82\n",
      },
    ]);
    const [step] = plan?.steps ?? [];
    expect(step).toMatchObject({
      id: "partition:disk:sda",
      phase: "partition",
      needs: ["device:disk:sda"],
      provides: ["device:part:disk:sda/1", "device:part:disk:sda/2", "device:part:disk:sda/5"],
      destroys: ["disk:sda"],
    });
    expect(step?.run.map((action) => (action.do === "exec" ? action.argv : null))).toEqual([
      [
        "sfdisk",
        "--no-reread",
        "--no-tell-kernel",
        "--wipe",
        "always",
        "--wipe-partitions",
        "always",
        { device: "disk:sda" },
      ],
      ["udevadm", "settle", "--timeout=120"],
      ["blockdev", "--rereadpt", { device: "disk:sda" }],
      ["udevadm", "settle", "--timeout=120"],
      ["wipefs", "--all", "--force", { device: "part:disk:sda/1" }, { device: "part:disk:sda/5" }],
      ["udevadm", "settle", "--timeout=120"],
    ]);
    expect(step?.done).toContainEqual({
      is: "partition",
      device: "part:disk:sda/2",
      startBytes: 8192 * 512,
      bytes: null,
    });
    expect(step?.done).toContainEqual({ is: "signature", device: "disk:sda", tag: "PTUUID", equals: "1ddc8a79" });
  });

  test("a read-only disk isn't partitioned", async () => {
    const path = image("read-only", SCRIPT);
    const layout = await layoutOf(inventoryOf([{ ...diskDevice(path, 64 * MIB, GPT), readOnly: true }]));
    expect(layout.nodes.filter((node) => node.role === "partition")).toHaveLength(2);
    expect(partitionTableKind.steps?.(layout)).toEqual({});
  });

  describe("the kernel and the table on the disk", () => {
    const scanned = (name: string, ...partitions: BlockDevice[]) =>
      layoutOf(inventoryOf([diskDevice(image(name, SCRIPT), 64 * MIB, GPT), ...partitions]));

    test("agree", async () => {
      const layout = await scanned(
        "same",
        partitionDevice(1, MIB, 4096 * 512),
        partitionDevice(2, 4 * MIB, 4096 * 512),
      );
      expect(codes(layout)).toEqual([]);
    });

    test.each([
      ["a start", partitionDevice(2, 5 * MIB, 4096 * 512)],
      ["a size", partitionDevice(2, 4 * MIB, 512)],
    ])("differ in %s: the disk isn't partitioned again", async (_what, second) => {
      const layout = await scanned("differs", partitionDevice(1, MIB, 4096 * 512), second);
      expect(codes(layout)).toEqual(["loss partition-table/kernel-differs"]);
      expect(nodeOf(layout, "part:disk:sda/1")?.notRebuilt).toContain("the kernel has partition 2");
      expect(partitionTableKind.steps?.(layout)).toEqual({});
    });

    test("differ in a partition that the kernel doesn't know", async () => {
      const layout = await scanned("lacks", partitionDevice(1, MIB, 4096 * 512));
      expect(codes(layout)).toEqual(["warning partition-table/kernel-lacks"]);
      expect(partitionTableKind.steps?.(layout).steps).toHaveLength(1);
    });
  });

  test("a disk with partitions, of which nobody told the signature, is asked", async () => {
    const disk = { ...diskDevice(image("untold", DOS_SCRIPT), 64 * MIB, null), signatureKnown: false };
    const layout = await layoutOf(inventoryOf([disk, partitionDevice(1, MIB, 4096 * 512)]));
    expect(nodeOf(layout, "disk:sda")).toMatchObject({ content: { is: "table", label: "dos" } });
  });

  test("a dynamic disk of Windows isn't partitioned again", async () => {
    const layout = await scanImage(image("ldm", DOS_SCRIPT.replace("type=82", "type=42")), 64 * MIB);
    expect(codes(layout)).toContain("loss partition-table/not-rebuilt");
    expect(partitionTableKind.steps?.(layout)).toEqual({});
  });

  test("reserved attribute bits are a loss", async () => {
    const path = image("reserved", SCRIPT);
    const told = { ID_PART_ENTRY_TYPE: LINUX, ID_PART_ENTRY_FLAGS: "0x8000000000000020" };
    const layout = await layoutOf(
      inventoryOf([
        diskDevice(path, 64 * MIB, GPT),
        partitionDevice(1, MIB, 4096 * 512, told),
        partitionDevice(2, 4 * MIB, 4096 * 512),
      ]),
    );
    expect(codes(layout)).toEqual(["loss partition-table/attributes"]);
    expect(layout.findings[0]).toMatchObject({ node: "part:disk:sda/1" });
    expect(nodeOf(layout, "part:disk:sda/1")).toMatchObject({ detail: { attributes: [5, 63] } });
    expect(partitionTableKind.steps?.(layout).files?.[0]?.content).toContain('attrs="GUID:63"');
  });

  test("a hybrid MBR is a loss", async () => {
    const path = image("hybrid", SCRIPT);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.from("0000020083ffffff0008000000100000", "hex"), 0, 16, 462);
    closeSync(file);
    const layout = await scanImage(path, 64 * MIB);
    expect(codes(layout)).toContain("loss partition-table/hybrid");
  });

  test("a backup header that isn't at the end is noted", async () => {
    const path = image("grown", SCRIPT);
    truncateSync(path, 128 * MIB);
    const layout = await scanImage(path, 128 * MIB);
    expect(codes(layout)).toContain("note partition-table/backup-header");
    expect(codes(layout)).toContain("warning partition-table/remark");
  });

  test("a table beside a file system is a loss", async () => {
    const both = { ...GPT, type: "iso9660", usage: "filesystem" };
    const layout = await layoutOf(inventoryOf([diskDevice(image("both", SCRIPT), 64 * MIB, both)]));
    expect(codes(layout)).toContain("loss partition-table/second-signature");
  });

  test("a table that sfdisk doesn't find leaves the disk unknown", async () => {
    const path = blankImage(join(images.path, "empty"), MIB);
    const layout = await layoutOf(inventoryOf([diskDevice(path, MIB, GPT)]));
    expect(codes(layout)).toEqual(["loss partition-table/unreadable"]);
    expect(nodeOf(layout, "disk:sda")).toMatchObject({ content: { is: "unknown" } });
    expect(partitionTableKind.steps?.(layout)).toEqual({});
  });

  test("another label than blkid's isn't taken for the table", async () => {
    const layout = await layoutOf(inventoryOf([diskDevice(image("label", DOS_SCRIPT), 64 * MIB, GPT)]));
    expect(codes(layout)).toEqual(["loss partition-table/unreadable"]);
  });

  test("a machine without sfdisk says what to install", async () => {
    const bare = localHost({ searchPath: images.path });
    const layout = await layoutOf(inventoryOf([diskDevice(image("bare", SCRIPT), 64 * MIB, GPT)]), bare);
    expect(layout.findings[0]).toMatchObject({ code: "partition-table/unreadable", severity: "loss" });
    expect(layout.findings[0]?.remedy).toContain("install sfdisk");
  });
});
