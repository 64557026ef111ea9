import type { NodeId } from "./ids.js";
import type { Content, Edge, Layout, LayoutNode } from "./layout.js";

/** Something that is wrong in a layout or a plan, and where. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
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
  // a place is written as text and split where there is a fault: most layouts have none, and many nodes
  eachReference(layout, (to, role, list, index, at) => {
    const node = nodes.get(to);
    if (node !== undefined && (role === null || node.role === role)) return;
    const message = node === undefined ? `there is no node ${to}` : `${to} is no ${role}`;
    faults.push({ path: [list, index, ...at.split(".")], message });
  });
  if (faults.length > 0) return faults;
  return circle(layout).map((id) => ({ path: ["nodes"], message: `${id} stands on itself` }));
}

type Visit = (to: NodeId, role: LayoutNode["role"] | null, list: keyof Layout, index: number, at: string) => void;

const ROLE_OF_EDGE = { path: "map", pv: "group", member: "array" } as const satisfies Record<Edge["as"], string>;

/** Visits each reference to a node, with the role that the node must have (null: any). */
function eachReference(layout: Layout, visit: Visit): void {
  for (const [index, node] of layout.nodes.entries()) {
    if (node.role === "partition" || node.role === "mapping") visit(node.of, null, "nodes", index, "of");
    if (node.role === "volume") visit(node.group, "group", "nodes", index, "group");
    if (node.role !== "group") contentReference(node.content, (...rest) => visit(...rest, "nodes", index, "content"));
  }
  for (const [index, edge] of layout.edges.entries()) {
    visit(edge.from, null, "edges", index, "from");
    visit(edge.to, ROLE_OF_EDGE[edge.as], "edges", index, "to");
  }
  for (const [index, { source }] of layout.mounts.entries()) {
    if (source.is === "node") visit(source.node, null, "mounts", index, "source.node");
  }
}

function contentReference(content: Content, visit: (to: NodeId, role: LayoutNode["role"]) => void): void {
  if (content.is === "pv" && content.group !== null) visit(content.group, "group");
  else if (content.is === "path") visit(content.of, "map");
  else if (content.is === "member") visit(content.of, "array");
}

/** The nodes that stand on themselves by any way; Kahn's algorithm over "stands on". */
function circle(layout: Layout): NodeId[] {
  const above = new Map<NodeId, NodeId[]>();
  const waiting = new Map<NodeId, number>();
  const stands = (node: NodeId, on: NodeId) => {
    const list = above.get(on);
    if (list === undefined) above.set(on, [node]);
    else list.push(node);
    waiting.set(node, (waiting.get(node) ?? 0) + 1);
  };
  for (const node of layout.nodes) {
    if (node.role === "partition" || node.role === "mapping") stands(node.id, node.of);
    if (node.role === "volume") stands(node.id, node.group);
  }
  for (const edge of layout.edges) stands(edge.to, edge.from);
  const free = layout.nodes.flatMap((node) => (waiting.has(node.id) ? [] : [node.id]));
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    for (const next of above.get(id) ?? []) {
      const left = (waiting.get(next) as number) - 1;
      if (left > 0) waiting.set(next, left);
      else {
        waiting.delete(next);
        free.push(next);
      }
    }
  }
  return layout.nodes.map((node) => node.id).filter((id) => waiting.has(id));
}
