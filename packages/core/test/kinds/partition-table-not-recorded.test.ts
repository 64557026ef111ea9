import { describe, expect, test } from "vitest";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import { partitionId } from "../../src/layout/ids.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { codes, DOS, GPT, LINUX, nobody, nodeOf, partitionDevice } from "./partition-table-fixture.js";
import { diskDevice, layoutOf } from "./partition-table-images.js";

const MIB = 1024 * 1024;

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
