import type { NodeId } from "../layout/ids.js";
import { isBlockNode, isBoundNode, type Layout, type LayoutNode } from "../layout/layout.js";
import { humanBytes, printable } from "./text.js";
import { describeContent } from "./tree.js";

const BOX = { width: 230, height: 44, gapX: 70, gapY: 14, margin: 20 } as const;

/** The layout as an SVG picture: disks on the left, what stands on them to the right, lines between. */
export function renderPicture(layout: Layout): string {
  const places = placeNodes(layout);
  const all = [...places.values()];
  const width = 2 * BOX.margin + (Math.max(0, ...all.map((p) => p.column)) + 1) * (BOX.width + BOX.gapX) - BOX.gapX;
  const height = 2 * BOX.margin + (Math.max(0, ...all.map((p) => p.row)) + 1) * (BOX.height + BOX.gapY) - BOX.gapY;
  const lines = linksOf(layout).flatMap(([from, to]) => drawLink(places.get(from), places.get(to)));
  const mounts = mountsByNode(layout);
  const boxes = layout.nodes.flatMap((node) => {
    const place = places.get(node.id);
    return place === undefined ? [] : [drawBox(node, place, mounts.get(node.id) ?? [])];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(layout.machine.hostname)}</title>`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...lines,
    ...boxes,
    "</svg>\n",
  ].join("\n");
}

interface Place {
  readonly column: number;
  readonly row: number;
}

/** A node stands one column right of its rightmost parent; rows follow the order of the layout within a column. */
function placeNodes(layout: Layout): Map<NodeId, Place> {
  const parents = new Map<NodeId, NodeId[]>();
  for (const [from, to] of linksOf(layout)) parents.set(to, [...(parents.get(to) ?? []), from]);
  const columns = new Map<NodeId, number>();
  const columnOf = (id: NodeId): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    columns.set(id, 0); // a circle in damaged data ends here
    const column = Math.max(-1, ...(parents.get(id) ?? []).map(columnOf)) + 1;
    columns.set(id, column);
    return column;
  };
  const rows = new Map<number, number>();
  const places = new Map<NodeId, Place>();
  for (const node of layout.nodes.filter((candidate) => isShown(candidate))) {
    const column = columnOf(node.id);
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    places.set(node.id, { column, row });
  }
  return places;
}

/** The paths of a map would fill the picture and say nothing: the map says how many it has. */
function isShown(node: LayoutNode): boolean {
  return node.role !== "disk" || isBoundNode(node);
}

function linksOf(layout: Layout): [NodeId, NodeId][] {
  const fromNodes = layout.nodes.flatMap((node): [NodeId, NodeId][] => {
    if (node.role === "partition" || node.role === "mapping") return [[node.of, node.id]];
    return node.role === "volume" ? [[node.group, node.id]] : [];
  });
  const fromEdges = layout.edges
    .filter((edge) => edge.as !== "path")
    .map((edge): [NodeId, NodeId] => [edge.from, edge.to]);
  return [...fromNodes, ...fromEdges];
}

function mountsByNode(layout: Layout): Map<NodeId, string[]> {
  const mounts = new Map<NodeId, string[]>();
  for (const mount of layout.mounts) {
    if (mount.source.is !== "node") continue;
    mounts.set(mount.source.node, [...(mounts.get(mount.source.node) ?? []), mount.at]);
  }
  return mounts;
}

function corner(place: Place): { x: number; y: number } {
  return {
    x: BOX.margin + place.column * (BOX.width + BOX.gapX),
    y: BOX.margin + place.row * (BOX.height + BOX.gapY),
  };
}

function drawLink(from: Place | undefined, to: Place | undefined): string[] {
  if (from === undefined || to === undefined) return [];
  const [a, b] = [corner(from), corner(to)];
  const [y1, y2] = [a.y + BOX.height / 2, b.y + BOX.height / 2];
  const x1 = a.x + BOX.width;
  const middle = (x1 + b.x) / 2;
  return [`<path d="M${x1},${y1} C${middle},${y1} ${middle},${y2} ${b.x},${y2}" fill="none" stroke="gray"/>`];
}

function drawBox(node: LayoutNode, place: Place, mounts: readonly string[]): string {
  const { x, y } = corner(place);
  const size = isBlockNode(node) ? `  ${humanBytes(node.bytes)}` : "";
  const content = isBlockNode(node) ? describeContent(node.content) : "volume group";
  const second = mounts.length === 0 ? content : `${content} on ${mounts.join(", ")}`;
  const text = (dy: number, value: string) =>
    `<text x="${x + 8}" y="${y + dy}">${escapeXml(shortened(printable(value)))}</text>`;
  return `<g><title>${escapeXml(node.id)}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4" fill="whitesmoke" stroke="black"/>${text(18, `${node.name}${size}`)}${text(35, second)}</g>`;
}

function shortened(text: string): string {
  return text.length > 36 ? `${text.slice(0, 35)}…` : text;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] as string);
}
