import type { NodeId } from "../../layout/ids.js";
import { type Layout, nodesById } from "../../layout/layout.js";

/** The multipath maps on which a node stands, by whatever lies between. */
export function mapsBelow(node: NodeId, layout: Layout): readonly NodeId[] {
  const nodes = nodesById(layout);
  const found = new Set<NodeId>();
  const seen = new Set<NodeId>();
  const look = (id: NodeId): void => {
    const here = nodes.get(id);
    if (here === undefined || seen.has(id)) return;
    seen.add(id);
    if (here.role === "map") found.add(id);
    else if (here.role === "partition" || here.role === "mapping") look(here.of);
    else if (here.role === "volume") look(here.group);
    else for (const edge of layout.edges) if (edge.to === id && edge.as !== "path") look(edge.from);
  };
  look(node);
  return [...found];
}
