import type { ExceptedField, Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { partitionDetail, tableDetail } from "./detail.js";
import type { RebuiltTable } from "./rebuilt-tables.js";

/** Fields without which something that names a partition stops working: fstab, boot loader, firmware. */
const MATTERS: ReadonlySet<string> = new Set(["table UUID", "partition type", "partition UUID"]);

/** Findings about fields that weren't recorded, in whose place sfdisk's own choice would stand. */
export function notRecorded({ node, content, partitions }: RebuiltTable): Finding[] {
  const isGpt = content.label === "gpt";
  const table = tableDetail(content);
  const missing = new Set<string>();
  const excepts: ExceptedField[] = [];
  const look = (name: string, value: unknown, field: string, of: NodeId = node.id): void => {
    if (value !== null) return;
    missing.add(name);
    excepts.push({ node: of, field });
  };
  look("table UUID", content.uuid, "content.uuid");
  if (isGpt) {
    look("usable range", table.usableStartBytes, "content.detail.usableStartBytes");
    look("usable range", table.usableEndBytes, "content.detail.usableEndBytes");
    look("number of entries", table.tableLength, "content.detail.tableLength");
    look("flag of the protective MBR", table.pmbrBoot, "content.detail.pmbrBoot");
  }
  for (const partition of partitions) {
    const detail = partitionDetail(partition);
    look("partition type", detail.type, "detail.type", partition.id);
    if (isGpt) {
      look("partition UUID", detail.uuid, "detail.uuid", partition.id);
      look("partition name", detail.name, "detail.name", partition.id);
      look("partition attributes", detail.attributes, "detail.attributes", partition.id);
    } else look("active flag", detail.bootable, "detail.bootable", partition.id);
  }
  return missing.size === 0 ? [] : [finding(node.id, [...missing], excepts)];
}

function finding(node: NodeId, names: readonly string[], excepts: readonly ExceptedField[]): Finding {
  return {
    code: "partition-table/not-recorded",
    severity: names.some((name) => MATTERS.has(name)) ? "loss" : "warning",
    node,
    message: `of the partition table of ${node} wasn't recorded, so sfdisk's own choice stands: ${names.join(", ")}`,
    remedy: "scan the machine itself, as root, with sfdisk installed",
    excepts,
  };
}
