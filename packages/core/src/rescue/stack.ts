import type { BlockDevice, Inventory } from "../layout/inventory.js";

/** What stands directly on a device: its partitions, and the device-mapper and md devices over it. */
function directlyAbove(inventory: Inventory, name: string): readonly BlockDevice[] {
  return [...inventory.partitionsOf(name), ...inventory.holdersOf(name)];
}

/** All that stands on a device, however high, without itself; what is nearest first. */
export function above(inventory: Inventory, name: string): readonly BlockDevice[] {
  return closure(name, (at) => directlyAbove(inventory, at));
}

/** All that stands on a device, each one before what it stands on itself: the order to let go of it. */
export function aboveTopFirst(inventory: Inventory, name: string): readonly BlockDevice[] {
  const sorted = new Map<string, BlockDevice>();
  const visited = new Set([name]);
  const visit = (at: string) => {
    for (const device of directlyAbove(inventory, at)) {
      if (visited.has(device.name)) continue;
      visited.add(device.name);
      visit(device.name);
      sorted.set(device.name, device);
    }
  };
  visit(name);
  return [...sorted.values()];
}

/** All that a device stands on, down to the disks, without itself. */
export function below(inventory: Inventory, name: string): readonly BlockDevice[] {
  return closure(name, (at) => {
    const device = inventory.find(at);
    if (device === undefined) return [];
    const names = [...device.slaves, ...(device.partition === null ? [] : [device.partition.of])];
    return names.map((below) => inventory.find(below)).filter((found) => found !== undefined);
  });
}

/** Everything that writing to a device would hit: what stands on it, and on the paths of the map that it may be. */
export function touched(inventory: Inventory, name: string): ReadonlySet<string> {
  const roots = [name, ...below(inventory, name).map((device) => device.name)];
  return new Set([...roots, ...roots.flatMap((root) => above(inventory, root).map((device) => device.name))]);
}

/** True for one path of a multipath map: the map stands for it. */
export function isPathOfMap(inventory: Inventory, name: string): boolean {
  return inventory.holdersOf(name).some((holder) => holder.dm?.uuid.startsWith("mpath-"));
}

/** A partition: of the kernel, or of device-mapper over a multipath map. */
export function isPartitionDevice(device: BlockDevice): boolean {
  return device.type === "partition" || /^part\d+-/.test(device.dm?.uuid ?? "");
}

function closure(name: string, next: (name: string) => readonly BlockDevice[]): readonly BlockDevice[] {
  const found = new Map<string, BlockDevice>();
  const queue = [name];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const device of next(at)) {
      if (device.name === name || found.has(device.name)) continue;
      found.set(device.name, device);
      queue.push(device.name);
    }
  }
  return [...found.values()];
}
