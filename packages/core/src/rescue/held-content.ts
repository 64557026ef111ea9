import { type BlockNode, isBlockNode, type Layout, type LayoutNode } from "../layout/layout.js";
import { humanBytes } from "../render/text.js";
import { describeContent } from "../render/tree.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** What is on a disk, one line each for people; empty when someone looked and found nothing. Unknown counts as content. */
export function heldContent(candidate: Candidate, facts: RescueFacts): readonly string[] {
  const device = facts.inventory.find(candidate.device);
  const lines = describeBlock(candidate.node, facts.layout, "");
  if (candidate.node.content.is !== "empty") return lines;
  // The layout says empty: believed only where the inventory agrees.
  if (device === undefined || !device.signatureKnown) return ["unknown: nobody could look"];
  const signature = device.signature?.type ?? device.signature?.tableType;
  if (signature) return [signature];
  const standing = [...facts.inventory.partitionsOf(device.name), ...facts.inventory.holdersOf(device.name)];
  return standing.map((other) => `${other.path}, which stands on it`);
}

function describeBlock(node: BlockNode, layout: Layout, prefix: string): string[] {
  return [
    `${prefix}${describeContent(node.content)}`,
    ...standingOn(node, layout).flatMap((s) => describeNode(s, layout)),
  ];
}

function describeNode(node: LayoutNode, layout: Layout): string[] {
  if (!isBlockNode(node)) {
    return layout.nodes
      .filter((other) => other.role === "volume" && other.group === node.id)
      .flatMap((volume) => describeNode(volume, layout));
  }
  const name = node.role === "partition" ? `partition ${node.number}` : node.id;
  return describeBlock(node, layout, `${name} (${humanBytes(node.bytes)}): `);
}

function standingOn(node: BlockNode, layout: Layout): LayoutNode[] {
  const { content } = node;
  return layout.nodes.filter((other) => {
    if (other.role === "partition" || other.role === "mapping") return other.of === node.id;
    if (content.is === "pv") return other.id === content.group;
    return content.is === "member" && other.id === content.of;
  });
}
