import type { ProbeHost } from "../../host/host.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { parseMountInfo, parseSwaps } from "../../rescue/mountinfo.js";

/** Kernel names of the whole disks that are mounted, swapped on or built upon, they or a partition of theirs. */
export async function usedDevices(host: ProbeHost, inventory: Inventory): Promise<ReadonlySet<string>> {
  const [mounts, swaps] = await Promise.all([host.read("/proc/self/mountinfo"), host.read("/proc/swaps")]);
  const used = new Set<string>();
  const add = (device: BlockDevice | undefined) => {
    if (device !== undefined) used.add(device.partition?.of ?? device.name);
  };
  const mounted = mounts.is === "file" ? parseMountInfo(mounts.content) : undefined;
  if (mounted?.is === "known") {
    for (const { numbers, source } of mounted.facts) add(inventory.find(numbers) ?? inventory.find(source));
  }
  const swapped = swaps.is === "file" ? parseSwaps(swaps.content) : undefined;
  if (swapped?.is === "known") for (const path of swapped.facts) add(inventory.find(path));
  for (const device of inventory.devices) {
    if (inventory.holdersOf(device.name).length > 0) add(device);
  }
  return used;
}
