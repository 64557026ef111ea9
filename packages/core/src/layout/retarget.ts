import type { NodeId } from "./ids.js";
import type { Layout } from "./layout.js";

/** Recorded disk → the disk that takes its place; both as node ids. Empty where each disk came back itself. */
export type Correspondence = ReadonlyMap<NodeId, NodeId>;

/**
 * The layout as it is to be on other disks: each id of a replaced disk, and of what is named after it, becomes the new
 * disk's. Pure; the identities recorded on the nodes stay, since they say which disk was there.
 */
export function retarget(layout: Layout, correspondence: Correspondence): Layout {
  if (correspondence.size === 0) return layout;
  const renamed = new Map<string, NodeId>();
  for (const node of layout.nodes) renamed.set(node.id, renameId(node.id, correspondence));
  return renameAll(layout, renamed) as Layout;
}

/** The id under a correspondence: `part:lun:a/2` becomes `part:lun:b/2` where `lun:a` becomes `lun:b`. */
function renameId(id: NodeId, correspondence: Correspondence): NodeId {
  const direct = correspondence.get(id);
  if (direct !== undefined) return direct;
  const partition = /^part:(.+)\/(\d+)$/s.exec(id);
  if (partition === null) return id;
  const parent = renameId(partition[1] as NodeId, correspondence);
  return `part:${parent}/${partition[2]}` as NodeId;
}

/** Ids stand as whole strings in nodes, edges, mounts, findings and details alike. */
function renameAll(value: unknown, renamed: ReadonlyMap<string, NodeId>): unknown {
  if (typeof value === "string") return renamed.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => renameAll(item, renamed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameAll(item, renamed)]));
}
