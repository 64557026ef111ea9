import type { BlockDevice, Inventory } from "../../layout/inventory.js";

/** A path of a map, or a partition that the kernel found on one: the map's own devices stand for both. */
export function isOnPath(device: BlockDevice, inventory: Inventory): boolean {
  const disk = device.partition?.of ?? device.name;
  return inventory.holdersOf(disk).some((holder) => holder.dm?.uuid.startsWith("mpath-"));
}
