import { setTimeout as sleep } from "node:timers/promises";
import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import type { BlockDevice, Inventory } from "../layout/inventory.js";
import type { MountinfoLine } from "../layout/mountinfo.js";
import { canonicalPath } from "./canonical-path.js";
import { deviceOfMount } from "./kept.js";
import { nodePath } from "./locators.js";
import { readAttribute } from "./seal.js";

/** A device that the rescue system has in use. */
export type DeviceUse =
  /** `at`: the mount point. */
  | { readonly device: string; readonly as: "mounted"; readonly at: string }
  /** `at`: the path that was swapped on. */
  | { readonly device: string; readonly as: "swap"; readonly at: string }
  /** `at`: the loop device that it is behind, by path. */
  | { readonly device: string; readonly as: "loop"; readonly at: string }
  /**
   * The kernel hands it to nobody else, and nothing that is known stands on it: a filesystem of another mount
   * namespace, one that was unmounted lazily, a disk of btrfs or ZFS that its mount doesn't name, some program.
   */
  | { readonly device: string; readonly as: "claimed" }
  /** It can't even be opened, so nobody knows. */
  | { readonly device: string; readonly as: "unopenable"; readonly why: string };

/** What is mounted, as far as it is a block device. */
export function usesOfMounts(inventory: Inventory, mounts: readonly MountinfoLine[]): DeviceUse[] {
  return mounts.flatMap((mount): DeviceUse[] => {
    const device = deviceOfMount(mount, inventory);
    return device === undefined ? [] : [{ device: device.name, as: "mounted", at: mount.at }];
  });
}

/**
 * What is swapped on. A swap file counts as use of the disk that it lies on, which its mount already is.
 *
 * @throws BmrError `host-unusable` where nobody knows the device that is swapped on
 */
export async function usesOfSwaps(
  host: ProbeHost,
  inventory: Inventory,
  swaps: readonly string[],
): Promise<DeviceUse[]> {
  const uses = await Promise.all(
    swaps.map(async (path): Promise<DeviceUse | undefined> => {
      const device = inventory.find(path) ?? inventory.find(await canonicalPath(host, path));
      if (device !== undefined) return { device: device.name, as: "swap", at: path };
      if (!path.startsWith("/dev/")) return undefined;
      throw new BmrError("host-unusable", `${path} is swapped on, and no block device is known by that name`, {
        details: { path },
      });
    }),
  );
  return uses.filter((use) => use !== undefined);
}

/** Devices behind a loop device, which the kernel doesn't count as holders of theirs. */
export async function usesOfLoops(host: ProbeHost, inventory: Inventory): Promise<DeviceUse[]> {
  const loops = inventory.devices.filter(({ name }) => /^loop\d+$/.test(name));
  const uses = await Promise.all(
    loops.map(async (loop): Promise<DeviceUse | undefined> => {
      const file = await readAttribute(host, `/sys/class/block/${loop.name}/loop/backing_file`);
      const device = file?.startsWith("/dev/") ? inventory.find(await canonicalPath(host, file)) : undefined;
      return device === undefined ? undefined : { device: device.name, as: "loop", at: loop.path };
    }),
  );
  return uses.filter((use) => use !== undefined);
}

/**
 * Asks the kernel itself about devices that nothing is known to use: it opens them exclusively for nobody while
 * anything holds them, whatever that is.
 *
 * @param names kernel names of what is asked for; known holders and uses on them are looked at first
 */
export async function usesOfClaims(
  host: ProbeHost,
  inventory: Inventory,
  names: Iterable<string>,
  known: readonly DeviceUse[],
): Promise<DeviceUse[]> {
  const used = new Set(known.map(({ device }) => device));
  const asked = [...new Set([...names].flatMap((name) => unexplained(inventory, name, used)))];
  const claims = await Promise.all(asked.map((device) => claimOf(host, device)));
  return claims.filter((use) => use !== undefined);
}

/**
 * The devices whose claim would be news: the device itself where nothing stands on it; else those partitions of it on
 * which nothing does, since a claim of one partition is one of the whole disk.
 */
function unexplained(inventory: Inventory, name: string, used: ReadonlySet<string>): BlockDevice[] {
  const device = inventory.find(name);
  // a partition is asked for with its disk
  if (device === undefined || device.partition !== null) return [];
  if (used.has(name) || inventory.holdersOf(name).length > 0) return [];
  const partitions = inventory.partitionsOf(name);
  const free = partitions.filter((part) => !used.has(part.name) && inventory.holdersOf(part.name).length === 0);
  return free.length === partitions.length ? [device] : free;
}

/** udev's programs and multipathd open devices exclusively for a moment, in ms. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 250;

async function claimOf(host: ProbeHost, device: BlockDevice): Promise<DeviceUse | undefined> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const read = await host.read(nodePath(device), { bytes: 0, exclusive: true });
    if (read.is === "file" || read.is === "not-recorded") return undefined;
    const why = "reason" in read ? read.reason : read.is;
    if (!why.startsWith("EBUSY")) return { device: device.name, as: "unopenable", why };
    if (waited >= PATIENCE_MS) return { device: device.name, as: "claimed" };
    await sleep(LOOK_EVERY_MS);
  }
}
