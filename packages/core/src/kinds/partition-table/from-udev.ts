import { known, type Parsed } from "../../host/probed.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { decodeUdev } from "../../layout/udev-db.js";
import { bitsOfFlags } from "./attributes.js";
import { type PartitionDevice, partitionDevices } from "./devices.js";
import { LABELS, type Label, type RecordedPartition, type RecordedTable } from "./table.js";

/**
 * A table as the kernel and udev's blkid tell of its partitions, for recordings in which sfdisk's answer is absent.
 * What they don't tell (the usable range of a GPT, its length) is null.
 */
export function tableFromUdev(inventory: Inventory, device: BlockDevice): Parsed<RecordedTable> {
  const label = LABELS.find((known) => known === device.signature?.tableType);
  if (label === undefined) return { is: "unknown", failure: noLabel(device) };
  const uuid = device.signature?.tableUuid ?? null;
  const partitions: RecordedPartition[] = [];
  for (const found of partitionDevices(inventory, device)) {
    const partition = partitionOf(found, label);
    if (partition === null) return { is: "unknown", failure: noGeometry(found.device) };
    partitions.push(partition);
  }
  return known({
    label,
    id: uuid === null ? null : label === "gpt" ? uuid.toUpperCase() : `0x${uuid.toLowerCase()}`,
    sectorBytes: device.sectorBytes,
    usable: null,
    tableLength: null,
    partitions: partitions.sort((a, b) => a.number - b.number),
  });
}

/** udev counts in 512 bytes whatever the sector size (libblkid). An extended partition has its true size there only. */
const UNIT = 512;

function partitionOf({ number, device }: PartitionDevice, label: Label): RecordedPartition | null {
  const told = device.properties;
  const startBytes = inUnits(told.ID_PART_ENTRY_OFFSET) ?? device.partition?.startBytes ?? null;
  const bytes = inUnits(told.ID_PART_ENTRY_SIZE) ?? device.bytes;
  if (startBytes === null || bytes === null) return null;
  const type = told.ID_PART_ENTRY_TYPE?.toLowerCase() ?? null;
  const place = { number, startBytes, bytes, type };
  const isTold = type !== null;
  if (label === "dos") {
    const bootable = isTold ? told.ID_PART_ENTRY_FLAGS === "0x80" : null;
    return { ...place, uuid: null, name: null, attributes: null, bootable };
  }
  return {
    ...place,
    uuid: told.ID_PART_ENTRY_UUID?.toLowerCase() ?? null,
    name: isTold ? decodeUdev(told.ID_PART_ENTRY_NAME ?? "") : null,
    attributes: isTold ? attributesOf(device) : null,
    bootable: null,
  };
}

/** All attribute bits as libblkid read them, also those that sfdisk has no word for; null where udev didn't tell. */
export function attributesOf(device: BlockDevice): readonly number[] | null {
  if (device.properties.ID_PART_ENTRY_TYPE === undefined) return null;
  return bitsOfFlags(device.properties.ID_PART_ENTRY_FLAGS ?? "0x0");
}

function inUnits(value: string | undefined): number | null {
  if (value === undefined || !/^\d+$/.test(value)) return null;
  const bytes = Number(value) * UNIT;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

function noLabel(device: BlockDevice) {
  const message = `what kind of partition table ${device.path} has was recorded neither by sfdisk nor by blkid`;
  return { reason: "not-recorded", source: device.path, message } as const;
}

function noGeometry(device: BlockDevice) {
  return {
    reason: "not-recorded",
    source: device.path,
    message: `where ${device.path} starts and how long it is was recorded neither by sfdisk nor by the kernel`,
  } as const;
}
