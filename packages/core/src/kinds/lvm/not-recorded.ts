import type { Finding } from "../../layout/finding.js";
import { pvDetail } from "./detail.js";
import type { RebuiltPv } from "./rebuilt-groups.js";

/** Findings about fields of physical volumes that weren't recorded, in whose place LVM's own choice would stand. */
export function notRecorded(pvs: readonly RebuiltPv[]): Finding[] {
  return pvs.flatMap(({ node, content }) => {
    const detail = pvDetail(content);
    const missing = [
      ...(detail.metadataAreas === null ? ["number of metadata areas"] : []),
      ...(detail.metadataAreasUsed === null ? ["number of metadata areas in use"] : []),
      ...(detail.metadataBytes === null ? ["size of the metadata areas"] : []),
      ...(content.group === null && detail.startBytes === null ? ["start of the extents"] : []),
    ];
    if (missing.length === 0) return [];
    return [
      {
        code: "lvm/not-recorded",
        severity: "warning",
        node: node.id,
        message: `of the physical volume on ${node.id} wasn't recorded, so LVM's own choice stands: ${missing.join(", ")}`,
        remedy: "scan the machine itself, as root",
      },
    ];
  });
}
