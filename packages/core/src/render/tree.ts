import type { Finding } from "../layout/finding.js";
import type { NodeId } from "../layout/ids.js";
import {
  type BlockNode,
  type Content,
  type GroupNode,
  isBlockNode,
  isBoundNode,
  type Layout,
  type LayoutNode,
  type Mount,
  type PartitionNode,
} from "../layout/layout.js";
import { humanBytes, printable, quoted } from "./text.js";

/** One line of a tree, with what hangs below it. */
export interface Branch {
  readonly text: string;
  readonly children: readonly Branch[];
}

/** How a tree is drawn. */
export interface TreeOptions {
  /** Only ASCII characters, for consoles that have no others. */
  readonly ascii?: boolean;
}

/** The layout as a tree that a person can read: disks with what is on them, then volume groups, then the findings. */
export function renderTree(layout: Layout, options: TreeOptions = {}): string {
  const index = indexOf(layout);
  const roots = layout.nodes.filter(
    (node) => isBoundNode(node) || node.role === "group" || node.role === "array" || node.role === "mapping",
  );
  const lines = [titleOf(layout), ...roots.flatMap((node) => drawBranch(branchOf(node, index), options))];
  const other = layout.mounts.filter((mount) => mount.source.is === "unresolved" || mount.source.is === "remote");
  for (const mount of other) lines.push(`${printable(mount.at)}  ${mount.type}  ${sourceText(mount)}`);
  return `${[...lines, ...findingLines(layout.findings)].join("\n")}\n`;
}

/** Findings as lines, the worst first. */
export function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const order = ["loss", "warning", "note"] as const;
  const lines = order.flatMap((severity) =>
    findings
      .filter((finding) => finding.severity === severity)
      .flatMap((finding) => [
        `${severity.padEnd(7)} ${finding.code}: ${printable(finding.message)}`,
        ...(finding.remedy === undefined ? [] : [`        -> ${printable(finding.remedy)}`]),
      ]),
  );
  return ["", "Findings:", ...lines];
}

interface Index {
  readonly partitions: ReadonlyMap<NodeId, readonly PartitionNode[]>;
  readonly volumes: ReadonlyMap<NodeId, readonly LayoutNode[]>;
  readonly mounts: ReadonlyMap<NodeId, readonly Mount[]>;
  readonly paths: ReadonlyMap<NodeId, number>;
}

function indexOf(layout: Layout): Index {
  const partitions = groupBy(
    layout.nodes.filter((node) => node.role === "partition"),
    (node) => node.of,
  );
  for (const list of partitions.values()) list.sort((a, b) => a.number - b.number);
  return {
    partitions,
    volumes: groupBy(
      layout.nodes.filter((node) => node.role === "volume"),
      (node) => node.group,
    ),
    mounts: groupBy(
      layout.mounts.filter((mount) => mount.source.is === "node"),
      (mount) => (mount.source as { node: NodeId }).node,
    ),
    paths: new Map(
      [
        ...groupBy(
          layout.edges.filter((edge) => edge.as === "path"),
          (edge) => edge.to,
        ),
      ].map(([id, edges]) => [id, edges.length]),
    ),
  };
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function titleOf(layout: Layout): string {
  const { hostname, system, architecture } = layout.machine;
  return [hostname, system, architecture]
    .filter((part) => part !== null)
    .map(printable)
    .join("  ");
}

function branchOf(node: LayoutNode, index: Index): Branch {
  if (!isBlockNode(node)) return groupBranch(node, index);
  return { text: `${headOf(node, index)}  ${contentText(node, index)}`, children: childrenOf(node, index) };
}

function groupBranch(node: GroupNode, index: Index): Branch {
  return {
    text: `${node.id}  volume group`,
    children: (index.volumes.get(node.id) ?? []).map((volume) => branchOf(volume, index)),
  };
}

function headOf(node: BlockNode, index: Index): string {
  const size = humanBytes(node.bytes);
  const readOnly = node.readOnly ? "  read-only" : "";
  if (node.role === "partition") return `${String(node.number).padStart(2)}  ${size}${readOnly}`;
  if (node.role === "volume") return `${printable(node.name)}  ${size}${readOnly}`;
  const paths = index.paths.get(node.id);
  const also = paths === undefined ? node.name : `${node.name}, ${paths} path${paths === 1 ? "" : "s"}`;
  return `${node.id} (${printable(also)})  ${size}${readOnly}`;
}

function childrenOf(node: BlockNode, index: Index): Branch[] {
  return (index.partitions.get(node.id) ?? []).map((partition) => branchOf(partition, index));
}

function contentText(node: BlockNode, index: Index): string {
  const text = describeContent(node.content);
  const places = (index.mounts.get(node.id) ?? []).map(
    (mount) => `${printable(mount.at)}${mount.active ? "" : " (not mounted)"}`,
  );
  return places.length === 0 ? text : `${text}  on ${places.join(", ")}`;
}

/** What is on a block node, in a few words. */
export function describeContent(content: Content): string {
  switch (content.is) {
    case "empty":
      return "nothing on it";
    case "table":
      return `${content.label} table`;
    case "extended":
      return "extended";
    case "filesystem":
      return withLabel(content.type, content.label);
    case "swap":
      return withLabel("swap", content.label);
    case "pv":
      return content.group === null ? "PV of no volume group" : `PV of ${content.group}`;
    case "member":
      return `member of ${content.of}`;
    case "path":
      return `path of ${content.of}`;
    case "foreign":
      return `${withLabel(content.type, content.label)}, not restored`;
    case "unknown":
      return `unknown: ${printable(content.why)}`;
  }
}

function withLabel(type: string, label: string | null): string {
  return label === null || label === "" ? type : `${type} ${quoted(label)}`;
}

function sourceText(mount: Mount): string {
  return "spec" in mount.source ? `from ${printable(mount.source.spec)}` : "";
}

function drawBranch(branch: Branch, options: TreeOptions): string[] {
  const [tee, corner, bar, gap] = options.ascii ? ["|- ", "`- ", "|  ", "   "] : ["├─ ", "└─ ", "│  ", "   "];
  const draw = (children: readonly Branch[], prefix: string): string[] =>
    children.flatMap((child, at) => {
      const last = at === children.length - 1;
      return [`${prefix}${last ? corner : tee}${child.text}`, ...draw(child.children, `${prefix}${last ? gap : bar}`)];
    });
  return [branch.text, ...draw(branch.children, "")];
}
