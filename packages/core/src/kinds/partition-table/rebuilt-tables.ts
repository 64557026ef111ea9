import { groupBy } from "../../layout/group-by.js";
import { type BlockNode, isBlockNode, type Layout, type PartitionNode } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import { isOurPartition, KIND, type TableContent, tableDetail } from "./detail.js";

/** A table that is rebuilt, with its partitions by number. */
export interface RebuiltTable {
  readonly node: BlockNode;
  readonly content: TableContent;
  readonly partitions: readonly PartitionNode[];
  readonly sectorBytes: number;
}

/** The tables of a layout that are rebuilt, whole: one that sfdisk couldn't write again is left out. */
export function rebuiltTables(layout: Layout): RebuiltTable[] {
  const rebuilt = rebuiltNodes(layout);
  const partitionsOf = groupBy(layout.nodes.filter(isOurPartition), ({ of }) => of);
  return layout.nodes.filter(isBlockNode).flatMap((node) => {
    const { content } = node;
    if (content.is !== "table" || content.kind !== KIND || !rebuilt.has(node.id)) return [];
    const { sectorBytes } = tableDetail(content);
    const partitions = (partitionsOf.get(node.id) ?? []).sort((a, b) => a.number - b.number);
    if (sectorBytes === null || partitions.some((partition) => partition.notRebuilt !== undefined)) return [];
    return [{ node, content, partitions, sectorBytes }];
  });
}
