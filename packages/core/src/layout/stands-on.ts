import type { NodeId } from "./ids.js";
import type { Layout, LayoutNode } from "./layout.js";

/** What each node of a layout stands on: a partition on its disk, a group on its PVs, a map on nothing (its paths are it). */
export function standsOn(layout: Layout): (node: LayoutNode) => readonly NodeId[] {
  const members = new Map<NodeId, NodeId[]>();
  for (const edge of layout.edges) {
    if (edge.as === "path") continue;
    const list = members.get(edge.to);
    if (list === undefined) members.set(edge.to, [edge.from]);
    else list.push(edge.from);
  }
  return (node) => {
    if (node.role === "partition" || node.role === "mapping") return [node.of];
    if (node.role === "volume") return [node.group];
    return members.get(node.id) ?? [];
  };
}
