import type { NodeId } from "../../layout/ids.js";
import { type MountedThing, showsWhole, wholeRoot } from "./source.js";
import type { PlacedMount } from "./tree.js";

/** A visible mount, what it shows, and where else that is mounted as a whole. */
export interface ShownMount extends PlacedMount {
  readonly thing: MountedThing;
  /** The mount of the whole filesystem, where this one shows the same or a part of it; null where this is it. */
  readonly main: PlacedMount | null;
  /** False for a part of a filesystem that is nowhere mounted as a whole. */
  readonly whole: boolean;
}

/**
 * Tells the mounts of filesystems from bind mounts of them: of all mounts that show the whole of one filesystem the
 * first counts, the one at a place that fstab names before others.
 */
export function tellBinds(
  placed: readonly (PlacedMount & { readonly thing: MountedThing })[],
  isListed: (at: string) => boolean,
): readonly ShownMount[] {
  const mains = new Map<string, PlacedMount>();
  for (const mount of placed) {
    const key = keyOf(mount);
    if (key === undefined || !showsWhole(mount.mounted)) continue;
    const first = mains.get(key);
    if (first === undefined || (isListed(mount.mounted.at) && !isListed(first.mounted.at))) mains.set(key, mount);
  }
  return placed.map((mount) => {
    const main = mains.get(keyOf(mount) ?? "");
    return { ...mount, main: main === mount ? null : (main ?? null), whole: main !== undefined };
  });
}

/** What two mounts of one filesystem have in common: the node, and the subvolume on btrfs. */
function keyOf(mount: PlacedMount & { readonly thing: MountedThing }): string | undefined {
  return mount.thing.is === "node" ? filesystemKey(mount.thing.node, wholeRoot(mount.mounted)) : undefined;
}

function filesystemKey(node: NodeId, root: string): string {
  return `${node}\0${root}`;
}

/** The path that a bind mount shows a second time: below the mount of the whole filesystem. */
export function boundPath(mount: ShownMount, main: PlacedMount): string {
  const root = mount.mounted.root ?? wholeRoot(mount.mounted);
  const start = wholeRoot(mount.mounted);
  const inside = start === "/" ? root : root.slice(start.length);
  const base = main.mounted.at === "/" ? "" : main.mounted.at;
  return inside === "/" || inside === "" ? main.mounted.at : `${base}${inside}`;
}
