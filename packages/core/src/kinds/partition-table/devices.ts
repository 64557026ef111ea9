import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { LABELS } from "./table.js";

/**
 * The whole disks, maps and arrays that carry a table of ours, or on which the kernel has partitions while nobody told
 * of a signature. A path of a map isn't asked, the map is; nor is a member of an array, which shows the array's table
 * where its own metadata stands at the end.
 */
export function devicesWithTable(inventory: Inventory): readonly BlockDevice[] {
  return inventory.devices.filter((device) => {
    if (device.type !== "disk" || device.signature?.usage === "raid") return false;
    if (device.dm !== null && !device.dm.uuid.startsWith("mpath-")) return false;
    return hasTable(inventory, device) && !isPathOfMap(inventory, device);
  });
}

function hasTable(inventory: Inventory, device: BlockDevice): boolean {
  if (!device.signatureKnown && device.signature === null) return inventory.partitionsOf(device.name).length > 0;
  return LABELS.some((label) => label === device.signature?.tableType);
}

function isPathOfMap(inventory: Inventory, device: BlockDevice): boolean {
  return inventory.holdersOf(device.name).some((holder) => holder.dm?.uuid.startsWith("mpath-") === true);
}

/** A device of a partition, with the partition's number. */
export interface PartitionDevice {
  readonly number: number;
  readonly device: BlockDevice;
}

/**
 * The partitions of a device: the kernel's, and on a map those that kpartx made, which are known by their dm uuid
 * (`part2-mpath-3600…`), never by name: the name has `p2`, `-part2` or `_part2` as the distribution likes.
 */
export function partitionDevices(inventory: Inventory, device: BlockDevice): readonly PartitionDevice[] {
  if (device.dm === null) {
    return inventory.partitionsOf(device.name).flatMap((partition) => {
      const number = partition.partition?.number;
      return number === undefined ? [] : [{ number, device: partition }];
    });
  }
  const { uuid } = device.dm;
  return inventory.holdersOf(device.name).flatMap((holder) => {
    const match = /^part(\d+)-(.*)$/s.exec(holder.dm?.uuid ?? "");
    return match?.[2] === uuid ? [{ number: Number(match[1]), device: holder }] : [];
  });
}
