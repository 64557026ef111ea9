import type { FitChange, FitContext, FitPart, FitRules } from "../../layout/fit-source.js";
import type { NodeId } from "../../layout/ids.js";
import { type BlockNode, isBlockNode, type LayoutNode } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import { asDetail, pvDetail } from "./detail.js";
import { fitGroup } from "./fit-group.js";
import { orphanPvs, type RebuiltPv, rebuiltGroups } from "./rebuilt-groups.js";

/**
 * Fits physical volumes and groups to devices of other sizes. A smaller physical volume gets fewer extents, and a larger
 * one more, with `resize`. Where the volumes lie is said by the group's metadata, which is written for what is there
 * before vgcfgrestore gets it: the recorded one would be taken as it is, and the volumes fail only when they are
 * activated. vgcreate and lvcreate aren't used instead: they would give group and volumes new UUIDs, by which boot
 * loader, initramfs and `/dev/disk/by-id` know them, and by which the steps that follow tell that they write to the
 * right device.
 */
export const lvmFit: FitRules = {
  nodes: fitGroups,
  // free extents are of use by themselves
  grows: ({ content }) => content.is === "pv",
};

function fitGroups(context: FitContext): FitPart {
  const rebuilt = rebuiltNodes(context.recorded);
  const now = new Map(context.layout.nodes.filter(isBlockNode).map((node) => [node.id, node]));
  const parts = [
    ...rebuiltGroups(context.recorded, rebuilt)
      .filter(({ pvs }) => pvs.some((pv) => isResized(pv, now)))
      .map((group) => fitGroup(group, now, context)),
    ...orphanPvs(context.recorded, rebuilt)
      .filter((pv) => isResized(pv, now))
      .map((pv) => fitOrphan(pv, now.get(pv.node.id) as BlockNode)),
  ];
  return {
    nodes: parts.flatMap(({ nodes }) => nodes ?? []),
    changes: parts.flatMap(({ changes }) => changes ?? []),
    problems: parts.flatMap(({ problems }) => problems ?? []),
  };
}

function isResized({ node }: RebuiltPv, now: ReadonlyMap<NodeId, BlockNode>): boolean {
  return now.get(node.id)?.bytes !== node.bytes;
}

/** Without a group pvs shows the size of the whole device. */
function fitOrphan({ node, content }: RebuiltPv, now: BlockNode): FitPart {
  const detail = pvDetail(content);
  if (detail.bytes === null || node.bytes === null || now.bytes === null) return {};
  const bytes = detail.bytes + now.bytes - node.bytes;
  const nodes: LayoutNode[] = [{ ...now, content: { ...content, detail: asDetail({ ...detail, bytes }) } }];
  const change: FitChange = { node: node.id, what: "physical volume", wasBytes: detail.bytes, bytes };
  return { nodes, changes: [change] };
}
