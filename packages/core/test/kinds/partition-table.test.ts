import { closeSync, openSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { replayHost } from "../../src/host/replay.js";
import {
  parseSfdiskDump,
  parseSfdiskJson,
  partitionTableKind,
  probePartitionTables,
} from "../../src/kinds/partition-table/index.js";
import { partitionId } from "../../src/layout/ids.js";
import { type BlockDevice, inventoryOf, type Signature } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import {
  blankImage,
  diskDevice,
  imageDirectory,
  layoutOf,
  makeTable,
  scanImage,
  tool,
} from "./partition-table-images.js";

const MIB = 1024 * 1024;
const images = imageDirectory();
afterAll(() => images.remove());

const GPT: Signature = {
  type: null,
  uuid: null,
  label: null,
  usage: null,
  tableType: "gpt",
  tableUuid: "3b8559db-33af-43e9-befc-c331d829b539",
};
const DOS: Signature = { ...GPT, tableType: "dos", tableUuid: "1ddc8a79" };
const LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4";
const SCRIPT = `label: gpt
label-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539

1 : start=2048, size=4096, type=${LINUX}, uuid=4DD6948A-44F8-4E6C-8BDC-064F740704F8, name="a", attrs="GUID:63"
2 : start=8192, size=4096, type=${LINUX}, uuid=3B6A3ECD-9FD1-4C0B-9C6F-F1C1A9BA7C2D
`;
const DOS_SCRIPT = `label: dos
label-id: 0x1ddc8a79

1 : start=2048, size=4096, type=83, bootable
2 : start=8192, size=40960, type=5
5 : start=10240, size=4096, type=82
`;

function image(name: string, script: string): string {
  const path = blankImage(join(images.path, name), 64 * MIB);
  makeTable(path, script);
  return path;
}

const nobody: ProbeHost = replayHost({
  format: "bmr-evidence",
  version: 1,
  host: { name: "test", arch: "unknown" },
  commands: [],
  files: [],
  links: [],
});

/** A partition as the kernel and udev show it. */
function partitionDevice(
  number: number,
  startBytes: number,
  bytes: number,
  properties: Record<string, string> = {},
): BlockDevice {
  return {
    ...diskDevice(`/dev/sda${number}`, bytes, null),
    name: `sda${number}`,
    type: "partition",
    minor: number,
    properties,
    partition: { number, of: "sda", startBytes },
  };
}

const codes = (layout: Layout) => layout.findings.map(({ code, severity }) => `${severity} ${code}`);
const nodeOf = (layout: Layout, id: string) => layout.nodes.find((node) => node.id === id);

describe("the parsers", () => {
  const read = (text: string, sectorBytes: number | null = 512) =>
    parseSfdiskDump(text, "sfdisk --dump /dev/sda", sectorBytes);
  const head = "label: gpt\nlabel-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539\ndevice: /dev/sda\nunit: sectors\n";
  const line = `/dev/sda1 : start=        2048, size=        4096, type=${LINUX.toUpperCase()}, uuid=4DD6948A-44F8-4E6C-8BDC-064F740704F8`;

  test.each([SCRIPT, DOS_SCRIPT])("the JSON says what the script says", (script) => {
    const path = image("json", script);
    const dump = parseSfdiskDump(tool(["sfdisk", "--dump", path]), "dump", null);
    expect(dump).toMatchObject({ is: "known" });
    expect(parseSfdiskJson(tool(["sfdisk", "--json", path]), "json", null)).toEqual(dump);
  });

  // typed by hand after libfdisk/src/script.c of util-linux 2.26 to 2.32
  test("before 2.35 the sector size isn't printed, and is the device's own", () => {
    expect(read(`${head}\n${line}\n`, 4096)).toMatchObject({ facts: { partitions: [{ startBytes: 2048 * 4096 }] } });
    expect(read(`${head}\n${line}\n`, null)).toMatchObject({ is: "unknown", failure: { reason: "not-recorded" } });
  });

  test("before 2.33 quotes in names weren't escaped, before 2.29 an attribute was misspelt", () => {
    const text = `${head}\n${line}, name="say "hi", twice", attrs="RequiredPartiton GUID:62,63"\n`;
    expect(read(text)).toMatchObject({ facts: { partitions: [{ name: 'say "hi", twice', attributes: [0, 62, 63] }] } });
  });

  test("attributes that sfdisk has no word for aren't known from it", () => {
    expect(read(`${head}\n${line}, attrs=""\n`)).toMatchObject({ facts: { partitions: [{ attributes: null }] } });
  });

  test.each([
    [
      "the form of before 2.26",
      "# partition table of /dev/sda\nunit: sectors\n\n/dev/sda1 : start=     2048, size=  2097152, Id=83\n",
      "# partition table of /dev/sda",
    ],
    ["an unknown header", `${head}colour: red\n\n${line}\n`, "colour: red"],
    ["an unknown field", `${head}\n${line}, colour="red"\n`, `${line}, colour="red"`],
    ["an unknown attribute", `${head}\n${line}, attrs="Pink"\n`, `${line}, attrs="Pink"`],
    ["another unit", head.replace("sectors", "cylinders"), "cylinders"],
    ["another label", head.replace("gpt", "sun"), "sun"],
    [
      "a start beyond all numbers",
      `${head}\n${line.replace("2048", "99999999999999999")}\n`,
      line.replace("2048", "99999999999999999"),
    ],
    ["nothing", "", ""],
  ])("%s is refused with its line", (_what, text, said) => {
    expect(read(text)).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", line: said } });
  });

  test.each(["", "{}", '{"partitiontable": {"label": "gpt", "device": "/dev/sda", "unit": "sectors", "colour": 1}}'])(
    "JSON that isn't sfdisk's is refused: %s",
    (text) => {
      expect(parseSfdiskJson(text, "json", 512)).toMatchObject({
        is: "unknown",
        failure: { reason: "unexpected-output" },
      });
    },
  );
});

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

describe("what becomes of it", () => {
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

describe("a recording without sfdisk's answer", () => {
  const entry = (number: number, offset: number, size: number, more: Record<string, string>) =>
    partitionDevice(number, offset * 512, size * 512, {
      ID_PART_ENTRY_OFFSET: String(offset),
      ID_PART_ENTRY_SIZE: String(size),
      ...more,
    });

  test("is read from udev, and says what isn't known", async () => {
    const told = {
      ID_PART_ENTRY_TYPE: LINUX,
      ID_PART_ENTRY_UUID: "4dd6948a-44f8-4e6c-8bdc-064f740704f8",
      ID_PART_ENTRY_NAME: "EFI\\x20System",
      ID_PART_ENTRY_FLAGS: "0x4",
    };
    const layout = await layoutOf(
      inventoryOf([diskDevice("/dev/sda", 64 * MIB, GPT), entry(1, 2048, 4096, told)]),
      nobody,
    );
    expect(codes(layout)).toEqual([]);
    expect(nodeOf(layout, "part:disk:sda/1")).toMatchObject({
      startBytes: MIB,
      bytes: 4096 * 512,
      detail: { type: LINUX, uuid: told.ID_PART_ENTRY_UUID, name: "EFI System", attributes: [2] },
    });
    const plan = partitionTableKind.steps?.(layout);
    expect(plan?.findings).toMatchObject([{ code: "partition-table/not-recorded", severity: "warning" }]);
    expect(plan?.findings?.[0]?.message).toContain("usable range, number of entries, flag of the protective MBR");
  });

  test("without types and UUIDs it is a loss", async () => {
    const layout = await layoutOf(
      inventoryOf([diskDevice("/dev/sda", 64 * MIB, { ...GPT, tableUuid: null }), entry(1, 2048, 4096, {})]),
      nobody,
    );
    const [finding] = partitionTableKind.steps?.(layout).findings ?? [];
    expect(finding).toMatchObject({ severity: "loss" });
    expect(finding?.message).toContain("table UUID");
    expect(finding?.message).toContain("partition type, partition UUID");
  });

  test("without a sector size nothing is made", async () => {
    const disk = { ...diskDevice("/dev/sda", 64 * MIB, DOS), sectorBytes: null };
    const layout = await layoutOf(inventoryOf([disk, entry(1, 2048, 4096, { ID_PART_ENTRY_TYPE: "0x83" })]), nobody);
    expect(codes(layout)).toEqual(["loss partition-table/not-rebuilt"]);
    expect(partitionTableKind.steps?.(layout)).toEqual({});
  });

  test.each([
    [
      "two partitions overlap",
      [entry(1, 2048, 4096, { ID_PART_ENTRY_TYPE: "0x83" }), entry(2, 4096, 4096, { ID_PART_ENTRY_TYPE: "0x83" })],
      "overlap",
    ],
    [
      "two are extended",
      [entry(1, 2048, 2048, { ID_PART_ENTRY_TYPE: "0x5" }), entry(2, 4096, 4096, { ID_PART_ENTRY_TYPE: "0xf" })],
      "more than one extended",
    ],
    [
      "a logical one lies outside",
      [entry(1, 2048, 2048, { ID_PART_ENTRY_TYPE: "0x5" }), entry(5, 4096, 4096, { ID_PART_ENTRY_TYPE: "0x83" })],
      "lies outside",
    ],
    ["one doesn't fill its sectors", [entry(1, 2049, 2048, { ID_PART_ENTRY_TYPE: "0x83" })], "whole sectors"],
  ])("what sfdisk would refuse is known at scan: %s", async (_what, partitions, said) => {
    const disk = { ...diskDevice("/dev/sda", 64 * MIB, DOS), sectorBytes: said === "whole sectors" ? 4096 : 512 };
    const layout = await layoutOf(inventoryOf([disk, ...partitions]), nobody);
    expect(layout.findings).toMatchObject([{ code: "partition-table/not-rebuilt", severity: "loss" }]);
    expect(layout.findings[0]?.message).toContain(said);
    expect(nodeOf(layout, partitionId("disk:sda" as never, 1))?.notRebuilt).toContain(said);
    expect(partitionTableKind.steps?.(layout)).toEqual({});
  });
});
