import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import type { Inventory } from "../layout/inventory.js";
import { type BoundNode, isBoundNode, type Layout } from "../layout/layout.js";
import type { MountinfoLine } from "../layout/mountinfo.js";
import { canonicalPath } from "./canonical-path.js";
import { deviceOfMount, type Kept, type KeptPath, keptDevices } from "./kept.js";
import { readMounts, readSwaps } from "./mountinfo.js";
import { readSeal, type Seal } from "./seal.js";
import { isPathOfMap } from "./stack.js";

/** A device that the rescue system has in use. */
export interface DeviceUse {
  /** The kernel name. */
  readonly device: string;
  readonly as: "mounted" | "swap";
  /** The mount point; the path that was swapped on. */
  readonly at: string;
}

/** A disk, or map, of the rescue system that a recorded one may be bound to. */
export interface Candidate {
  readonly node: BoundNode;
  /** The kernel name. */
  readonly device: string;
  readonly seal: Seal;
  /** Whether its first 64 KiB are zeros; null when nobody looked, or could. */
  readonly blank: boolean | null;
}

/** All that resolve needs to know of the rescue system. Plain data. */
export interface RescueFacts {
  /** The rescue system's own layout, by the same scan as the recorded one. */
  readonly layout: Layout;
  readonly inventory: Inventory;
  readonly candidates: readonly Candidate[];
  readonly uses: readonly DeviceUse[];
  readonly kept: readonly Kept[];
}

/** What to read beside the layout. */
export interface RescueFactsOptions {
  readonly layout: Layout;
  readonly inventory: Inventory;
  /** Where the recovery set, the journal and backup files lie: what is below them is never written. */
  readonly keep: readonly KeptPath[];
  /** Read the first 64 KiB of each disk, for the policy `require-empty`. */
  readonly lookAtStarts?: boolean;
}

const START_BYTES = 65536;

/**
 * Reads what is in use in the rescue system, which devices must never be written, and the seals of its disks.
 *
 * @throws BmrError `host-unusable` where mounts or swaps can't be read, or a path that must be kept can't be found
 */
export async function readRescueFacts(host: ProbeHost, options: RescueFactsOptions): Promise<RescueFacts> {
  const { layout, inventory } = options;
  const [mounts, swaps] = [await readMounts(host), await readSwaps(host)];
  const keep: KeptPath[] = [{ path: "/", as: "rescue-root" }, ...options.keep];
  const [kept, swapUses] = [
    await keptDevices(host, inventory, mounts, keep),
    await usesOfSwaps(host, inventory, swaps),
  ];
  const candidates = await Promise.all(
    candidateDevices(layout, inventory).map(async ({ node, device }) => ({
      node,
      device,
      seal: await readSeal(host, device),
      blank: options.lookAtStarts ? await startIsBlank(host, inventory.find(device)?.path) : null,
    })),
  );
  return { layout, inventory, candidates, uses: [...usesOfMounts(inventory, mounts), ...swapUses], kept };
}

/** The nodes that can be bound, with the device that each is here. A path of a map is none. */
export function candidateDevices(layout: Layout, inventory: Inventory): { node: BoundNode; device: string }[] {
  return layout.nodes.filter(isBoundNode).flatMap((node) => {
    const device = node.role === "map" ? mapDevice(node, inventory) : inventory.find(node.name);
    if (device === undefined || device.type !== "disk" || isPathOfMap(inventory, device.name)) return [];
    return [{ node, device: device.name }];
  });
}

/** By dm uuid, since the name of a map is only what the bindings file of the day says. */
function mapDevice(node: BoundNode, inventory: Inventory) {
  const uuids = node.identities.map((identity) => `mpath-${identity.value}`);
  return (
    inventory.devices.find((device) => device.dm !== null && uuids.includes(device.dm.uuid)) ??
    inventory.find(`/dev/mapper/${node.name}`)
  );
}

function usesOfMounts(inventory: Inventory, mounts: readonly MountinfoLine[]): DeviceUse[] {
  return mounts.flatMap((mount): DeviceUse[] => {
    const device = deviceOfMount(mount, inventory);
    return device === undefined ? [] : [{ device: device.name, as: "mounted", at: mount.at }];
  });
}

/** A swap file counts as use of the disk that it lies on, which its mount already is. */
async function usesOfSwaps(host: ProbeHost, inventory: Inventory, swaps: readonly string[]): Promise<DeviceUse[]> {
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

async function startIsBlank(host: ProbeHost, path: string | undefined): Promise<boolean | null> {
  if (path === undefined) return null;
  const read = await host.read(path, { bytes: START_BYTES });
  return read.is === "file" ? /^\0+$/.test(read.content) : null;
}
