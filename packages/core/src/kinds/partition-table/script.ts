import type { PartitionNode } from "../../layout/layout.js";
import { writeAttributes } from "./attributes.js";
import { partitionDetail, type TableContent, tableDetail } from "./detail.js";
import { encodeName, isWritableName } from "./partition-name.js";

/**
 * The sfdisk script that makes a table again: numbered lines and no device names, so that it fits whatever device
 * takes the disk's place, and gaps in the numbers stay. What wasn't recorded is left to sfdisk.
 *
 * Without `sector-size`, which only util-linux since 2.35 knows: the plan wants a disk of the same sector size. A
 * `table-length` of 128 is what sfdisk makes by itself.
 *
 * @param sectorBytes the logical sector size, in which the script counts
 */
export function writeSfdiskScript(
  table: TableContent,
  partitions: readonly PartitionNode[],
  sectorBytes: number,
): string {
  const { usableStartBytes, usableEndBytes, tableLength } = tableDetail(table);
  const headers = [
    `label: ${table.label}`,
    ...(table.uuid === null ? [] : [`label-id: ${table.uuid}`]),
    "unit: sectors",
    ...(usableStartBytes === null ? [] : [`first-lba: ${usableStartBytes / sectorBytes}`]),
    ...(usableEndBytes === null ? [] : [`last-lba: ${usableEndBytes / sectorBytes - 1}`]),
    ...(tableLength === null || tableLength === 128 ? [] : [`table-length: ${tableLength}`]),
  ];
  const lines = [...partitions]
    .sort((a, b) => a.number - b.number)
    .map((partition) => writeLine(partition, sectorBytes));
  return `${[...headers, "", ...lines].join("\n")}\n`;
}

function writeLine(partition: PartitionNode, sectorBytes: number): string {
  const { type, uuid, name, attributes, bootable } = partitionDetail(partition);
  const attrs = writeAttributes(attributes ?? []);
  const fields = [
    `start=${partition.startBytes / sectorBytes}`,
    `size=${(partition.bytes as number) / sectorBytes}`,
    ...(type === null ? [] : [`type=${type.replace(/^0x/, "")}`]),
    ...(uuid === null ? [] : [`uuid=${uuid.toUpperCase()}`]),
    ...(name && isWritableName(name) ? [`name="${encodeName(name)}"`] : []),
    ...(attrs === "" ? [] : [`attrs="${attrs}"`]),
    ...(bootable ? ["bootable"] : []),
  ];
  return `${partition.number} : ${fields.join(", ")}`;
}
