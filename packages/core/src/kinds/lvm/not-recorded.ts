import type { Finding } from "../../layout/finding.js";
import { pvDetail } from "./detail.js";
import type { RebuiltPv } from "./rebuilt-groups.js";

type Row = readonly [isMissing: boolean, what: string, field: string];

/** Findings about fields of physical volumes that weren't recorded, in whose place LVM's own choice would stand. */
export function notRecorded(pvs: readonly RebuiltPv[]): Finding[] {
  return pvs.flatMap(({ node, content }) => {
    const detail = pvDetail(content);
    const rows: readonly Row[] = [
      [detail.metadataAreas === null, "number of metadata areas", "metadataAreas"],
      [detail.metadataAreasUsed === null, "number of metadata areas in use", "metadataAreasUsed"],
      [detail.metadataBytes === null, "size of the metadata areas", "metadataBytes"],
      [content.group === null && detail.startBytes === null, "start of the extents", "startBytes"],
    ];
    const missing = rows.filter(([isMissing]) => isMissing);
    if (missing.length === 0) return [];
    const names = missing.map(([, what]) => what).join(", ");
    return [
      {
        code: "lvm/not-recorded",
        severity: "warning",
        node: node.id,
        message: `of the physical volume on ${node.id} wasn't recorded, so LVM's own choice stands: ${names}`,
        remedy: "scan the machine itself, as root",
        excepts: missing.map(([, , field]) => ({ node: node.id, field: `content.detail.${field}` })),
      },
    ];
  });
}
