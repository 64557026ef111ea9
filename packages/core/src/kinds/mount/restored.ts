import type { NodeId } from "../../layout/ids.js";
import { isBlockNode, type Layout, type Mount, nodesById } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import { isMountedByItself } from "./parse-fstab.js";
import { directoriesAbove } from "./tree.js";
import { isUsable } from "./usable.js";

/** A filesystem that is mounted below the target, so that files can be restored into it. */
export interface RestoredMount {
  readonly mount: Mount;
  readonly node: NodeId;
  /** The filesystem's type, as it is made. */
  readonly type: string;
  /** The mount point in which this one lies; null for the root. */
  readonly parent: string | null;
}

/**
 * The filesystems that a restore mounts, parents first. The rule: what is rebuilt, and was mounted at scan or is
 * mounted by itself at boot (in fstab without `noauto`, or by systemd's automount); each filesystem once, each place
 * once, what was mounted before what was only listed. Read-only ones too: fstab makes them read-only again.
 *
 * Empty where the root filesystem isn't among them: nothing is ever mounted into the rescue system's own tree.
 */
export function restoredMounts(layout: Layout): readonly RestoredMount[] {
  const chosen = chosenMounts(layout);
  const places = new Set(chosen.map(({ mount }) => mount.at));
  if (!places.has("/")) return [];
  return chosen.map((one) => ({ ...one, parent: directoriesAbove(one.mount.at).find((at) => places.has(at)) ?? null }));
}

/** A filesystem that would be mounted for the restore if it were rebuilt. */
export function unrestoredMounts(layout: Layout): readonly Mount[] {
  const restored = new Set(restoredMounts(layout).map(({ mount }) => mount.id));
  return layout.mounts.filter(
    (mount) => mount.source.is === "node" && mount.active && isUsable(mount.at) && !restored.has(mount.id),
  );
}

function chosenMounts(layout: Layout): readonly Omit<RestoredMount, "parent">[] {
  const nodes = nodesById(layout);
  const rebuilt = rebuiltNodes(layout);
  const usedNodes = new Set<NodeId>();
  const usedPlaces = new Set(layout.mounts.filter((mount) => mount.active).map((mount) => mount.at));
  const isWanted = (mount: Mount) =>
    mount.active || (mount.fstab !== null && isMountedByItself(mount.fstab.options) && !usedPlaces.has(mount.at));
  const found: Omit<RestoredMount, "parent">[] = [];
  for (const mount of [...layout.mounts].sort((a, b) => Number(b.active) - Number(a.active))) {
    if (mount.source.is !== "node" || !isUsable(mount.at) || !isWanted(mount)) continue;
    const node = nodes.get(mount.source.node);
    if (node === undefined || !isBlockNode(node) || node.content.is !== "filesystem") continue;
    if (!rebuilt.has(node.id) || usedNodes.has(node.id)) continue;
    usedNodes.add(node.id);
    usedPlaces.add(mount.at);
    found.push({ mount, node: node.id, type: node.content.type });
  }
  const order = new Map(layout.mounts.map((mount, index) => [mount.id, index]));
  return found.sort((a, b) => (order.get(a.mount.id) as number) - (order.get(b.mount.id) as number));
}
