import { groupBy } from "../../layout/group-by.js";
import type { Identity } from "../../layout/identity.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import type { DiskFact } from "./facts.js";
import { isWorthless } from "./wwid.js";

/** One volume, with the disks that are paths to it: a single one where there is no multipathing. */
export interface Lun {
  /** What tells it: no worthless identities; one that other disks show too is only a hint. Places of all paths are in it. */
  readonly identities: readonly Identity[];
  /** The WWID of the map that holds the paths together; null where there is none. */
  readonly mapWwid: string | null;
  readonly paths: readonly [DiskFact, ...DiskFact[]];
}

/** A volume identity that isn't used, and why. */
export interface Dropped {
  readonly identity: Identity;
  readonly why: "worthless" | "shared";
  /** Kernel names of the disks that have it. */
  readonly devices: readonly string[];
}

/**
 * Puts the paths of each LUN together. A volume identity that several disks have names one LUN where a map holds them
 * together, or where they agree on size, serial number and model as paths do; else it names nothing and is dropped.
 */
export function lunsOf(disks: readonly DiskFact[], inventory: Inventory): Grouped {
  const before = asked.get(disks);
  if (before?.inventory === inventory) return before.answer;
  const answer = groupPaths(disks, inventory);
  asked.set(disks, { inventory, answer });
  return answer;
}

interface Grouped {
  readonly luns: readonly Lun[];
  readonly dropped: readonly Dropped[];
}

/** It is asked for the nodes and for what else leads to them. */
const asked = new WeakMap<readonly DiskFact[], { readonly inventory: Inventory; readonly answer: Grouped }>();

function groupPaths(disks: readonly DiskFact[], inventory: Inventory): Grouped {
  const dropped: Dropped[] = [];
  const useless = new Map<string, Dropped["why"]>();
  for (const [key, group] of groupBy(disks, volumeKey)) {
    const identity = volumeIdentity(group[0]);
    if (key === null || identity === undefined) continue;
    const why = isWorthless(identity.value) ? "worthless" : isOneLun(group, inventory) ? null : "shared";
    if (why === null) continue;
    useless.set(key, why);
    dropped.push({ identity, why, devices: group.map(({ device }) => device) });
  }
  const lunKey = (disk: DiskFact): string => {
    if (disk.mapWwid !== null) return `wwid ${disk.mapWwid}`;
    const key = volumeKey(disk);
    return key === null || useless.has(key) ? `device ${disk.device}` : key;
  };
  const luns = [...groupBy(disks, lunKey).values()].map((paths): Lun => {
    const map = paths.find(({ mapWwid }) => mapWwid !== null)?.mapWwid ?? null;
    const identities = paths.flatMap((path) => path.identities.flatMap((identity) => usable(identity, useless)));
    return { identities: unique(identities), mapWwid: map, paths };
  });
  return { luns, dropped };
}

/** An identity that several disks show says that one of them may be meant, and that nobody knows which. */
function usable(identity: Identity, useless: ReadonlyMap<string, Dropped["why"]>): readonly Identity[] {
  if (useless.size === 0) return [identity];
  const why = useless.get(`${identity.type} ${identity.value}`);
  if (why === undefined) return [identity];
  return why === "shared" ? [{ ...identity, strength: "hint" }] : [];
}

function volumeIdentity(disk: DiskFact): Identity | undefined {
  return disk.identities.find(({ strength }) => strength === "volume");
}

function volumeKey(disk: DiskFact): string | null {
  const identity = volumeIdentity(disk);
  return identity === undefined ? null : `${identity.type} ${identity.value}`;
}

function isOneLun(disks: readonly [DiskFact, ...DiskFact[]], inventory: Inventory): boolean {
  const [first, ...others] = disks;
  const sizeOf = (disk: DiskFact): BlockDevice["bytes"] => inventory.find(disk.device)?.bytes ?? null;
  return others.every((other) => {
    if (first.mapWwid !== null && first.mapWwid === other.mapWwid) return true;
    // virtio disks have no paths: one serial number twice is a copied configuration
    if (first.driver === "virtio" || first.driver === "mmc") return false;
    if (sizeOf(first) !== sizeOf(other) || first.model !== other.model || first.vendor !== other.vendor) return false;
    return first.serial === null || other.serial === null || first.serial === other.serial;
  });
}

/** All paths say the same of the volume; there are few of them. */
function unique(identities: readonly Identity[]): Identity[] {
  return identities.filter(
    ({ type, value }, index) => identities.findIndex((other) => other.value === value && other.type === type) === index,
  );
}
