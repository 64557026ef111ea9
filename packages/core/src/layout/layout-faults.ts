import type { NodeId } from "./ids.js";
import type { Content, Layout, LayoutNode } from "./layout.js";

/** Something that is wrong in a layout or a plan, and where. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A reference from one node (or edge, or mount) to another. */
interface Reference {
  readonly path: readonly (string | number)[];
  readonly to: NodeId;
  /** Roles that it may lead to; any where absent. */
  readonly role?: LayoutNode["role"];
}

/**
 * What a layout refers to and doesn't hold: ids that are there twice, references to nodes that aren't there or have
 * another role, nodes that stand on themselves. Pure; the time grows with the size.
 */
export function layoutFaults(layout: Layout): Fault[] {
  const nodes = new Map<NodeId, LayoutNode>();
  const faults: Fault[] = [];
  for (const [index, node] of layout.nodes.entries()) {
    if (nodes.has(node.id)) faults.push({ path: ["nodes", index, "id"], message: `${node.id} is there twice` });
    nodes.set(node.id, node);
  }
  for (const { path, to, role } of references(layout)) {
    const node = nodes.get(to);
    if (node === undefined) faults.push({ path, message: `there is no node ${to}` });
    else if (role !== undefined && node.role !== role) faults.push({ path, message: `${to} is no ${role}` });
  }
  if (faults.length > 0) return faults;
  return circle(layout).map((id) => ({ path: ["nodes"], message: `${id} stands on itself` }));
}

function* references(layout: Layout): Iterable<Reference> {
  for (const [index, node] of layout.nodes.entries()) {
    if (node.role === "partition" || node.role === "mapping") yield { path: ["nodes", index, "of"], to: node.of };
    if (node.role === "volume") yield { path: ["nodes", index, "group"], to: node.group, role: "group" };
    if (node.role !== "group") yield* contentReferences(node.content, ["nodes", index, "content"]);
  }
  for (const [index, edge] of layout.edges.entries()) {
    yield { path: ["edges", index, "from"], to: edge.from };
    yield {
      path: ["edges", index, "to"],
      to: edge.to,
      role: ({ path: "map", pv: "group", member: "array" } as const)[edge.as],
    };
  }
  for (const [index, { source }] of layout.mounts.entries()) {
    if (source.is === "node") yield { path: ["mounts", index, "source", "node"], to: source.node };
  }
}

function* contentReferences(content: Content, path: readonly (string | number)[]): Iterable<Reference> {
  if (content.is === "pv" && content.group !== null)
    yield { path: [...path, "group"], to: content.group, role: "group" };
  if (content.is === "path") yield { path: [...path, "of"], to: content.of, role: "map" };
  if (content.is === "member") yield { path: [...path, "of"], to: content.of, role: "array" };
}

/** The nodes that stand on themselves by any way; Kahn's algorithm over "stands on". */
function circle(layout: Layout): NodeId[] {
  const above = new Map<NodeId, NodeId[]>(layout.nodes.map((node) => [node.id, []]));
  const waiting = new Map<NodeId, number>(layout.nodes.map((node) => [node.id, 0]));
  const stands = (node: NodeId, on: NodeId) => {
    above.get(on)?.push(node);
    waiting.set(node, (waiting.get(node) ?? 0) + 1);
  };
  for (const node of layout.nodes) {
    if (node.role === "partition" || node.role === "mapping") stands(node.id, node.of);
    if (node.role === "volume") stands(node.id, node.group);
  }
  for (const edge of layout.edges) stands(edge.to, edge.from);
  const free = layout.nodes.map((node) => node.id).filter((id) => waiting.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id);
    for (const next of above.get(id) ?? []) {
      const left = (waiting.get(next) as number) - 1;
      waiting.set(next, left);
      if (left === 0) free.push(next);
    }
  }
  return [...waiting.keys()];
}
