import { groupBy } from "../../layout/group-by.js";
import type { NodeId } from "../../layout/ids.js";
import { type BlockNode, type GroupNode, isBlockNode, type Layout, type VolumeNode } from "../../layout/layout.js";
import { type GroupDetail, groupDetail, isOurGroup, KIND, type PvContent } from "./detail.js";

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

/** The groups that `rebuiltNodes` counts among what is rebuilt. */
export function rebuiltGroups(layout: Layout, rebuilt: ReadonlySet<NodeId>): RebuiltGroup[] {
  const pvs = groupBy(allPvs(layout), ({ content }) => content.group);
  const volumes = groupBy(
    layout.nodes
      .filter((node): node is VolumeNode => node.role === "volume")
      .filter(({ notRebuilt }) => notRebuilt === undefined),
    ({ group }) => group,
  );
  return layout.nodes
    .filter(isOurGroup)
    .filter((node) => rebuilt.has(node.id))
    .map((node) => ({
      node,
      detail: groupDetail(node),
      pvs: pvs.get(node.id) ?? [],
      volumes: volumes.get(node.id) ?? [],
      // LVM allows letters, digits and ._+- in a name
      file: `VG-${node.name}`,
    }));
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
