import type { ProbeHost } from "../../host/host.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { parseMountinfo } from "../../layout/mountinfo.js";
import { parseSwaps } from "../../layout/proc-swaps.js";

/**
 * Kernel names of the whole disks that are mounted, swapped on or built upon, they or a partition of theirs; null where
 * the kernel doesn't tell what is mounted.
 */
export async function usedDisks(host: ProbeHost, inventory: Inventory): Promise<ReadonlySet<string> | null> {
  const [mounts, swaps] = await Promise.all([host.read("/proc/self/mountinfo"), host.read("/proc/swaps")]);
  const mounted = mounts.is === "file" ? parseMountinfo(mounts.content) : undefined;
  if (mounted?.is !== "known") return null;
  const swapped = swaps.is === "file" ? parseSwaps(swaps.content) : undefined;
  const devices = [
    // btrfs has numbers of its own, and tells its device as the source
    ...mounted.facts.map(({ device, source }) => inventory.find(device) ?? inventory.find(source)),
    ...(swapped?.is === "known" ? swapped.facts.map(({ path }) => inventory.find(path)) : []),
    ...inventory.devices.filter(({ name }) => inventory.holdersOf(name).length > 0),
  ];
  return new Set(devices.filter((device) => device !== undefined).map(wholeDisk));
}

function wholeDisk(device: BlockDevice): string {
  return device.partition?.of ?? device.name;
}
