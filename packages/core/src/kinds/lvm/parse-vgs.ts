import type { VgFacts } from "./facts.js";
import type { Row } from "./report.js";
import { allocation, count, letters, optional, tags, text } from "./rows.js";

/** The columns that `vgs` is asked for: all of them are older than LVM 2.02.100. */
export const VG_COLUMNS = [
  "vg_name",
  "vg_uuid",
  "vg_fmt",
  "vg_attr",
  "vg_extent_size",
  "vg_extent_count",
  "vg_free_count",
  "max_lv",
  "max_pv",
  "vg_seqno",
  "vg_tags",
  "vg_mda_copies",
  "vg_profile",
  "vg_sysid",
] as const;

/**
 * The volume group in a row of `vgs`.
 *
 * @throws RowError
 */
export function vgOf(row: Row): VgFacts {
  const attributes = letters(row, "vg_attr", 6);
  return {
    name: text(row, "vg_name"),
    uuid: text(row, "vg_uuid"),
    format: optional(row, "vg_fmt"),
    writable: attributes[0] === "w",
    resizeable: attributes[1] === "z",
    exported: attributes[2] === "x",
    partial: attributes[3] === "p",
    allocation: allocation(row, attributes[4]),
    shared: attributes[5] === "c" || attributes[5] === "s",
    extentBytes: count(row, "vg_extent_size"),
    extents: count(row, "vg_extent_count"),
    freeExtents: count(row, "vg_free_count"),
    maxVolumes: count(row, "max_lv"),
    maxPvs: count(row, "max_pv"),
    seqno: count(row, "vg_seqno"),
    tags: tags(row, "vg_tags"),
    metadataCopies: optional(row, "vg_mda_copies"),
    profile: optional(row, "vg_profile"),
    systemId: optional(row, "vg_sysid"),
  };
}
