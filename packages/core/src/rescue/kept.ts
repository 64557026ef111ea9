import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import type { BlockDevice, Inventory } from "../layout/inventory.js";
import type { MountinfoLine } from "../layout/mountinfo.js";
import { canonicalPath } from "./canonical-path.js";
import { mountOf } from "./mountinfo.js";
import { readAttribute } from "./seal.js";
import { below } from "./stack.js";

/** What a device is needed for while the server is rebuilt. */
export type KeptAs = "rescue-root" | "recovery-set" | "journal" | "backup" | "old-logs";

/** A path whose device must never be written. */
export interface KeptPath {
  readonly path: string;
  readonly as: KeptAs;
}

/** A device that must never be written. */
export interface Kept {
  /** The kernel name. */
  readonly device: string;
  readonly as: KeptAs;
  /** The path because of which. */
  readonly path: string;
}

/**
 * The devices that these paths lie on, with all that those stand on: through loop devices to the file behind them,
 * and through overlays to their layers, as live systems are built.
 *
 * @throws BmrError `host-unusable` where no mount holds a path: an incomplete mountinfo
 */
export async function keptDevices(
  host: ProbeHost,
  inventory: Inventory,
  mounts: readonly MountinfoLine[],
  paths: readonly KeptPath[],
): Promise<readonly Kept[]> {
  const kept = new Map<string, Kept>();
  for (const { path, as } of paths) {
    for (const device of await devicesBehind(host, inventory, mounts, path)) {
      if (!kept.has(device)) kept.set(device, { device, as, path });
    }
  }
  return [...kept.values()];
}

async function devicesBehind(
  host: ProbeHost,
  inventory: Inventory,
  mounts: readonly MountinfoLine[],
  start: string,
): Promise<ReadonlySet<string>> {
  const devices = new Set<string>();
  const seen = new Set<MountinfoLine>();
  const queue = [await canonicalPath(host, start)];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const itself = inventory.find(path);
    const mount = mountOf(path, mounts);
    if (itself === undefined && mount === undefined) {
      throw new BmrError("host-unusable", `/proc/self/mountinfo names no mount that ${path} lies in`, {
        details: { path },
      });
    }
    const device = itself ?? deviceOfMount(mount as MountinfoLine, inventory);
    if (device === undefined && mount !== undefined && !seen.has(mount)) {
      seen.add(mount);
      queue.push(...layersOf(mount));
    }
    if (device === undefined || devices.has(device.name)) continue;
    for (const { name } of [device, ...below(inventory, device.name)]) {
      devices.add(name);
      const file = await readAttribute(host, `/sys/class/block/${name}/loop/backing_file`);
      if (file?.startsWith("/")) queue.push(await canonicalPath(host, file));
    }
  }
  return devices;
}

/** By numbers; by name where the filesystem has none of its own (btrfs). */
export function deviceOfMount(mount: MountinfoLine, inventory: Inventory): BlockDevice | undefined {
  return inventory.find(mount.device) ?? (mount.source.startsWith("/dev/") ? inventory.find(mount.source) : undefined);
}

/** The directories that an overlay is made of (Documentation/filesystems/overlayfs.rst). */
function layersOf(mount: MountinfoLine): string[] {
  if (mount.type !== "overlay") return [];
  return mount.superOptions.flatMap((option) => {
    const value = /^(?:lowerdir|upperdir)\+?=(.*)$/.exec(option)?.[1];
    return value === undefined ? [] : value.split(":").filter((path) => path.startsWith("/"));
  });
}
