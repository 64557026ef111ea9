import { compareFields, type Difference, rowsOf, type Tables } from "./compare-fields.js";
import type { NodeId } from "./ids.js";
import { type Content, isBlockNode, type Layout, type LayoutNode, nodesById } from "./layout.js";
import { standsOn } from "./stands-on.js";

/** What a comparison of nodes looks at. */
export interface NodeRules {
  readonly tables: Tables;
  /** Only these nodes. */
  readonly takes: (node: LayoutNode) => boolean;
  /** True where it counts that something else is on a node than was recorded. */
  readonly contentMatters: (was: Content, is: Content) => boolean;
}

/** Compares the recorded nodes with those of the same ids. Of what is missing, that on which the rest of it stands is told. */
export function compareNodes(recorded: Layout, now: Layout, rules: NodeRules): Difference[] {
  const found = nodesById(now);
  const isMissing = (id: NodeId) => !found.has(id);
  const below = standsOn(recorded);
  return recorded.nodes.filter(rules.takes).flatMap((was) => {
    const is = found.get(was.id);
    if (is !== undefined) return compareNode(was, is, rules);
    if (below(was).some(isMissing)) return [];
    return [{ subject: was.id, field: "node", title: "the whole node", was: was.name, is: null }];
  });
}

function compareNode(was: LayoutNode, is: LayoutNode, rules: NodeRules): Difference[] {
  const own = compareFields(was.id, rowsOf(rules.tables, was.kind, "node"), was, is, "");
  if (!isBlockNode(was) || !isBlockNode(is)) return own;
  return [...own, ...compareContents(was.id, was.content, is.content, rules)];
}

function compareContents(id: NodeId, was: Content, is: Content, { tables, contentMatters }: NodeRules): Difference[] {
  if (was.is !== is.is) {
    if (!contentMatters(was, is)) return [];
    return [{ subject: id, field: "content", title: "what is on it", was: was.is, is: is.is }];
  }
  if (!("kind" in was) || !("kind" in is)) return [];
  if (was.kind !== is.kind) {
    return [{ subject: id, field: "content.kind", title: "what is on it", was: was.kind, is: is.kind }];
  }
  return compareFields(id, rowsOf(tables, was.kind, "content"), was, is, "content.");
}

/** True for a disk that is but one path of a map: their number and places are nobody's business. */
export function isPath(node: LayoutNode): boolean {
  return node.role === "disk" && node.content.is === "path";
}
