import type { PvFacts } from "./facts.js";
import type { Row } from "./report.js";
import { count, letters, optional, tags, text } from "./rows.js";

/** The columns that `pvs` is asked for: all of them are older than LVM 2.02.100, so that text and JSON are one. */
export const PV_COLUMNS = [
  "pv_name",
  "pv_uuid",
  "vg_name",
  "vg_uuid",
  "pv_fmt",
  "pv_attr",
  "pv_size",
  "dev_size",
  "pe_start",
  "pv_pe_count",
  "pv_tags",
  "pv_mda_count",
  "pv_mda_used_count",
  "pv_mda_size",
  "pv_ba_start",
  "pv_ba_size",
] as const;

/**
 * The physical volume in a row of `pvs`; null for the row of a device that is none, which `pvs --all` has.
 *
 * @throws RowError
 */
export function pvOf(row: Row): PvFacts | null {
  if (row.pv_uuid === "") return null;
  const name = text(row, "pv_name");
  const attributes = letters(row, "pv_attr", 3);
  // `[unknown]`, before 2.02.175 `unknown device`
  const isUnknown = !name.startsWith("/");
  return {
    device: isUnknown ? null : name,
    uuid: text(row, "pv_uuid"),
    group: optional(row, "vg_uuid") || null,
    format: optional(row, "pv_fmt"),
    state: attributes[0] === "d" ? "duplicate" : isUnknown || attributes[2] === "m" ? "missing" : "ok",
    allocatable: attributes[0] === "a",
    exported: attributes[1] === "x",
    bytes: count(row, "pv_size"),
    deviceBytes: count(row, "dev_size"),
    startBytes: count(row, "pe_start"),
    extents: count(row, "pv_pe_count"),
    tags: tags(row, "pv_tags"),
    metadataAreas: count(row, "pv_mda_count"),
    metadataAreasUsed: count(row, "pv_mda_used_count"),
    metadataBytes: count(row, "pv_mda_size"),
    bootAreaStart: count(row, "pv_ba_start"),
    bootAreaBytes: count(row, "pv_ba_size"),
  };
}
