import type { NodeId } from "../layout/ids.js";
import { type BlockNode, isBlockNode, isBoundNode, type LayoutNode } from "../layout/layout.js";
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
  const used = facts.lastUses.get(node.id);
  const line = `${prefix}${describeContent(node.content)}${used === undefined ? "" : `, ${used}`}`;
  return [
    `${line}${alsoOn(node, disk, facts)}`,
    ...standingOn(node, facts).flatMap((other) => describeNode(other, disk, facts)),
  ];
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
