import type { ProbeHost } from "../host/host.js";
import type { NodeId } from "../layout/ids.js";
import type { Inventory } from "../layout/inventory.js";
import { type BoundNode, isBoundNode, type Layout } from "../layout/layout.js";
import { type DeviceUse, usesOfClaims, usesOfLoops, usesOfMounts, usesOfSwaps } from "./device-use.js";
import { type AutoActivation, readAutoActivation } from "./hold-off.js";
import { type Kept, type KeptPath, keptDevices } from "./kept.js";
import { type LastUseSource, lastUses } from "./last-use.js";
import { isSameMap, nodePath } from "./locators.js";
import { type MapPaths, readMapPaths } from "./map-paths.js";
import { readMounts, readSwaps } from "./mountinfo.js";
import { looksBlank } from "./raw-data.js";
import { readSeal, type Seal } from "./seal.js";
import { isPathOfMap, touched } from "./stack.js";

/** A disk, or map, of the rescue system that a recorded one may be bound to. */
export interface Candidate {
  readonly node: BoundNode;
  /** The kernel name. */
  readonly device: string;
  readonly seal: Seal;
  /** The paths of a multipath map; null for a disk. */
  readonly paths: MapPaths | null;
  /** Whether it holds nothing but zeros wherever it was looked at; null when nobody looked, or could. */
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
  readonly autoActivation: AutoActivation;
  /** When and where what is on a node was last used, for people, where it says so itself. */
  readonly lastUses: ReadonlyMap<NodeId, string>;
  /** What was seen before bmr let go of what the rescue system had started: volumes that were active then. */
  readonly before?: Pick<RescueFacts, "layout" | "lastUses"> | undefined;
}

/** What to read beside the layout. */
export interface RescueFactsOptions {
  readonly layout: Layout;
  readonly inventory: Inventory;
  /** Where the recovery set, the journal and backup files lie: what is below them is never written. */
  readonly keep: readonly KeptPath[];
  /** The storage kinds: they tell when what is on a disk was last used. */
  readonly kinds?: readonly LastUseSource[];
  /** Read some MiB of each disk, for the policy `require-empty`. */
  readonly lookForRawData?: boolean;
}

/**
 * Reads what is in use in the rescue system, which devices must never be written, and the seals of its disks.
 *
 * @throws BmrError `host-unusable` where mounts or swaps can't be read, or a path that must be kept can't be found
 */
export async function readRescueFacts(host: ProbeHost, options: RescueFactsOptions): Promise<RescueFacts> {
  const { layout, inventory, kinds = [] } = options;
  const [mounts, swaps] = [await readMounts(host), await readSwaps(host)];
  const kept = await keptDevices(host, inventory, mounts, [{ path: "/", as: "rescue-root" }, ...options.keep]);
  const named = [
    ...usesOfMounts(inventory, mounts),
    ...(await usesOfSwaps(host, inventory, swaps)),
    ...(await usesOfLoops(host, inventory)),
  ];
  const found = candidateDevices(layout, inventory);
  const candidates = await Promise.all(
    found.map(async ({ node, device }): Promise<Candidate> => {
      const known = inventory.find(device);
      const blank = options.lookForRawData && known ? await looksBlank(host, nodePath(known), known.bytes) : null;
      const paths = node.role === "map" && known ? await readMapPaths(host, inventory, known) : null;
      return { node, device, seal: await readSeal(host, device), paths, blank };
    }),
  );
  const reached = found.flatMap(({ device }) => [...touched(inventory, device)]);
  const claims = await usesOfClaims(host, inventory, reached, named);
  return {
    layout,
    inventory,
    candidates,
    uses: [...named, ...claims],
    kept,
    autoActivation: await readAutoActivation(host),
    lastUses: lastUses(layout, kinds),
  };
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
  const wwids = node.identities.filter(({ strength }) => strength === "volume").map(({ value }) => value);
  return (
    inventory.devices.find(({ dm }) => dm !== null && wwids.some((wwid) => isSameMap(dm.uuid, wwid))) ??
    inventory.find(`/dev/mapper/${node.name}`)
  );
}
