import type { LvFacts, LvSegment } from "./facts.js";
import type { Row } from "./report.js";
import { allocation, count, letters, number, optional, RowError, tags, text } from "./rows.js";

/** The columns that `lvs --segments` is asked for: all of them are older than LVM 2.02.100. */
export const LV_COLUMNS = [
  "lv_name",
  "lv_uuid",
  "vg_name",
  "vg_uuid",
  "lv_attr",
  "lv_size",
  "origin",
  "lv_tags",
  "lv_read_ahead",
  "lv_minor",
  "lv_profile",
  "segtype",
  "stripes",
  "stripe_size",
  "seg_start",
  "seg_size",
  "seg_pe_ranges",
] as const;

/**
 * The logical volumes in the rows of `lvs --segments`, one row for each segment.
 *
 * @throws RowError
 */
export function lvsOf(rows: readonly Row[]): LvFacts[] {
  const byUuid = new Map<string, Row[]>();
  for (const row of rows) {
    const uuid = text(row, "lv_uuid");
    const others = byUuid.get(uuid);
    if (others === undefined) byUuid.set(uuid, [row]);
    else others.push(row);
  }
  return [...byUuid.values()].map((segments) => lvOf(segments[0] as Row, segments));
}

function lvOf(row: Row, rows: readonly Row[]): LvFacts {
  const name = text(row, "lv_name");
  const attributes = letters(row, "lv_attr", 6);
  const minor = row.lv_minor ?? "";
  return {
    name: name.replace(/^\[(.*)\]$/s, "$1"),
    uuid: text(row, "lv_uuid"),
    group: text(row, "vg_uuid"),
    hidden: name.startsWith("["),
    letter: attributes[0] as string,
    // R: activated read-only, though its metadata says otherwise
    readOnly: attributes[1] === "r" || attributes[1] === "R",
    allocation: allocation(row, attributes[2]),
    active: attributes[4] !== "-",
    partial: attributes[8] === "p",
    skipActivation: attributes[9] === "k",
    bytes: number(row, "lv_size"),
    origin: optional(row, "origin") || null,
    tags: tags(row, "lv_tags"),
    readAhead: row.lv_read_ahead === "auto" ? "auto" : count(row, "lv_read_ahead"),
    fixedMinor: minor === "" || minor === "-1" ? null : number(row, "lv_minor"),
    profile: optional(row, "lv_profile"),
    types: [...new Set(rows.map((segment) => segment.segtype ?? "").filter(Boolean))],
    segments: rows.every((segment) => segment.seg_pe_ranges !== undefined) ? rows.map(segmentOf) : null,
  };
}

function segmentOf(row: Row): LvSegment {
  const ranges = (row.seg_pe_ranges ?? "").split(" ").filter(Boolean);
  return {
    type: text(row, "segtype"),
    startBytes: number(row, "seg_start"),
    bytes: number(row, "seg_size"),
    stripes: count(row, "stripes") ?? 0,
    stripeBytes: count(row, "stripe_size") ?? 0,
    ranges: ranges.map((range) => {
      const match = /^(.+):(\d+)-(\d+)$/s.exec(range);
      if (match === null) throw new RowError(row, `seg_pe_ranges has no range: ${range}`);
      return { on: match[1] as string, first: Number(match[2]), last: Number(match[3]) };
    }),
  };
}
