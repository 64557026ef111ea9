import type { NodeId } from "../layout/ids.js";
import {
  type BlockNode,
  type Content,
  isBlockNode,
  isBoundNode,
  type Layout,
  type LayoutNode,
} from "../layout/layout.js";
import { humanBytes } from "../render/text.js";
import { describeContent } from "../render/tree.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** What is on a disk, one line each for people; empty when someone looked and found nothing. Unknown counts as content. */
export function heldContent(candidate: Candidate, facts: RescueFacts): readonly string[] {
  const device = facts.inventory.find(candidate.device);
  if (candidate.node.content.is !== "empty") return describeBlock(candidate.node, candidate.node.id, "", facts);
  // The layout says empty: believed only where the inventory agrees.
  if (device === undefined || !device.signatureKnown) return ["unknown: nobody could look"];
  const signature = device.signature?.type ?? device.signature?.tableType;
  if (signature) return [signature];
  const standing = [...facts.inventory.partitionsOf(device.name), ...facts.inventory.holdersOf(device.name)];
  return standing.map((other) => `${other.path}, which stands on it`);
}

function describeBlock(node: BlockNode, disk: NodeId, prefix: string, facts: RescueFacts): string[] {
  const { content, used } = lookInto(node, facts);
  const line = `${prefix}${describeContent(content)}${used === undefined ? "" : `, ${used}`}`;
  return [
    `${line}${alsoOn(node, disk, facts)}`,
    ...standingOn(node, facts).flatMap((other) => describeNode(other, disk, facts)),
  ];
}

/** What is on a node, and when that was last used: of a volume that isn't active any more, as it was seen while it was. */
function lookInto(node: BlockNode, { lastUses, layout, before }: RescueFacts): { content: Content; used?: string } {
  const isLost = node.role === "volume" && node.content.is === "unknown";
  const seen = isLost
    ? before?.layout.nodes.find((other) => other.role === "volume" && other.id === node.id)
    : undefined;
  const isSame =
    seen?.role === "volume" &&
    node.role === "volume" &&
    before !== undefined &&
    pvsOf(seen.group, before.layout) === pvsOf(node.group, layout);
  const [content, used] = isSame ? [seen.content, before.lastUses.get(seen.id)] : [node.content, lastUses.get(node.id)];
  return used === undefined ? { content } : { content, used };
}

/** Which volume group it is: a name alone may be another's. */
function pvsOf(group: NodeId, { nodes }: Layout): string {
  const uuids = nodes.flatMap((node) =>
    isBlockNode(node) && node.content.is === "pv" && node.content.group === group ? [node.content.uuid] : [],
  );
  return [...new Set(uuids)].sort().join();
}

function describeNode(node: LayoutNode, disk: NodeId, facts: RescueFacts): string[] {
  if (!isBlockNode(node)) {
    return facts.layout.nodes
      .filter((other) => other.role === "volume" && other.group === node.id)
      .flatMap((volume) => describeNode(volume, disk, facts));
  }
  const name = node.role === "partition" ? `partition ${node.number}` : node.id;
  return describeBlock(node, disk, `${name} (${humanBytes(node.bytes)}): `, facts);
}

function standingOn({ id, content }: BlockNode, { layout }: RescueFacts): LayoutNode[] {
  return layout.nodes.filter((other) => {
    if (other.role === "partition" || other.role === "mapping") return other.of === id;
    if (content.is === "pv") return other.id === content.group;
    return content.is === "member" && other.id === content.of;
  });
}

/** The other disks of the group or array that a disk is a part of: what is on them breaks with it. */
function alsoOn({ content }: BlockNode, disk: NodeId, { layout }: RescueFacts): string {
  const whole = content.is === "pv" ? content.group : content.is === "member" ? content.of : null;
  if (whole === null) return "";
  const byId = new Map(layout.nodes.map((node) => [node.id, node]));
  const parts = layout.edges.filter(({ to, as }) => to === whole && as !== "path").map(({ from }) => byId.get(from));
  const disks = parts.flatMap((part) => {
    const node = part?.role === "partition" ? byId.get(part.of) : part;
    return node !== undefined && node.id !== disk && isBoundNode(node) ? [node.name] : [];
  });
  return disks.length === 0 ? "" : `, which is on ${[...new Set(disks)].join(", ")} too`;
}
