import type { NodeId } from "./ids.js";
import { type BlockNode, type Layout, type LayoutNode, nodesById } from "./layout.js";
import { standsOn } from "./stands-on.js";

/**
 * The nodes that a plan rebuilds: those that nothing keeps from it, neither on themselves nor below them. A kind makes
 * steps for these only; everything else was already said by a finding.
 *
 * What keeps a node, and all that stands on it, from being rebuilt:
 * - a disk or map that was read-only, that is one path of a map, or on which nothing was recognised
 * - a partition, volume or array that was read-only, or that its kind marked `notRebuilt`
 * - a group of which one PV isn't rebuilt
 */
export function rebuiltNodes(layout: Layout): ReadonlySet<NodeId> {
  const before = asked.get(layout);
  if (before !== undefined) return before;
  const rebuilt = findRebuilt(layout);
  asked.set(layout, rebuilt);
  return rebuilt;
}

/** Every kind asks it of the same layout. */
const asked = new WeakMap<Layout, ReadonlySet<NodeId>>();

function findRebuilt(layout: Layout): ReadonlySet<NodeId> {
  const nodes = nodesById(layout);
  const below = standsOn(layout);
  const answers = new Map<NodeId, boolean>();
  const isRebuilt = (id: NodeId): boolean => {
    const known = answers.get(id);
    if (known !== undefined) return known;
    answers.set(id, false); // a circle, which only a damaged layout has, isn't rebuilt
    const node = nodes.get(id);
    const answer = node !== undefined && standsByItself(node) && below(node).every(isRebuilt);
    answers.set(id, answer);
    return answer;
  };
  return new Set(layout.nodes.map((node) => node.id).filter(isRebuilt));
}

function standsByItself(node: LayoutNode): boolean {
  if (node.notRebuilt !== undefined) return false;
  if (node.role === "group") return true;
  if (node.readOnly) return false;
  return node.role === "disk" || node.role === "map" ? hasKnownContent(node) : true;
}

function hasKnownContent(node: BlockNode): boolean {
  return !["empty", "path", "foreign", "unknown"].includes(node.content.is);
}
