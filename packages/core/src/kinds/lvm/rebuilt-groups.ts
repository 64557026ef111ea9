import type { NodeId } from "../../layout/ids.js";
import { type BlockNode, type GroupNode, isBlockNode, type Layout, type VolumeNode } from "../../layout/layout.js";
import { type GroupDetail, groupDetail, KIND, type PvContent } from "./detail.js";

/** A physical volume that is made again. */
export interface RebuiltPv {
  readonly node: BlockNode;
  readonly content: PvContent;
}

/** A group that is made again, with what belongs to it. */
export interface RebuiltGroup {
  readonly node: GroupNode;
  readonly detail: GroupDetail;
  readonly pvs: readonly RebuiltPv[];
  /** Without those that can't be rebuilt. */
  readonly volumes: readonly VolumeNode[];
  /** Its metadata's file in the recovery set. */
  readonly file: string;
}

/** A group that `rebuiltNodes` counts among what is rebuilt. */
export function rebuiltGroup(layout: Layout, node: GroupNode): RebuiltGroup {
  return {
    node,
    detail: groupDetail(node),
    pvs: allPvs(layout).filter(({ content }) => content.group === node.id),
    volumes: layout.nodes
      .filter((one): one is VolumeNode => one.role === "volume" && one.group === node.id)
      .filter(({ notRebuilt }) => notRebuilt === undefined),
    // LVM allows letters, digits and ._+- in a name
    file: `VG-${node.name}`,
  };
}

/** The physical volumes without a group. */
export function orphanPvs(layout: Layout, rebuilt: ReadonlySet<NodeId>): RebuiltPv[] {
  return allPvs(layout).filter(({ node, content }) => content.group === null && rebuilt.has(node.id));
}

function allPvs(layout: Layout): RebuiltPv[] {
  return layout.nodes.filter(isBlockNode).flatMap((node) => {
    const { content } = node;
    return content.is === "pv" && content.kind === KIND ? [{ node, content }] : [];
  });
}
