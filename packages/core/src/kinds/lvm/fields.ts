import type { Field } from "../../layout/fields.js";

const pv = (path: string, title: string, column: string): Field => ({
  of: "content",
  path,
  title: `Physical volume: ${title}`,
  source: `pvs: ${column}`,
  holds: "diskinit",
});

const vg = (path: string, title: string, column: string): Field => ({
  of: "node",
  path: `detail.${path}`,
  title,
  source: column,
  holds: "diskinit",
});

/** What is kept of physical volumes, groups and volumes. Fields of groups and volumes share a table: both are nodes. */
export const lvmFields: readonly Field[] = [
  pv("uuid", "UUID", "pv_uuid"),
  pv("group", "group", "vg_uuid"),
  pv("detail.bytes", "size of all extents", "pv_size"),
  pv("detail.extents", "number of extents", "pv_pe_count"),
  pv("detail.startBytes", "start of the first extent", "pe_start"),
  pv("detail.allocatable", "allocatable", "pv_attr"),
  pv("detail.tags", "tags", "pv_tags"),
  pv("detail.metadataAreas", "number of metadata areas", "pv_mda_count"),
  pv("detail.metadataAreasUsed", "number of metadata areas in use", "pv_mda_used_count"),
  pv("detail.metadataBytes", "size of the metadata areas", "pv_mda_size"),
  pv("detail.bootAreaStart", "start of the boot loader area", "pv_ba_start"),
  pv("detail.bootAreaBytes", "size of the boot loader area", "pv_ba_size"),
  vg("uuid", "UUID of group or volume", "vgs: vg_uuid; lvs: lv_uuid"),
  vg("allocation", "Allocation policy", "vgs: vg_attr; lvs: lv_attr"),
  vg("tags", "Tags", "vgs: vg_tags; lvs: lv_tags"),
  vg("profile", "Profile", "vgs: vg_profile; lvs: lv_profile"),
  vg("extentBytes", "Extent size", "vgs: vg_extent_size"),
  vg("extents", "Number of extents", "vgs: vg_extent_count"),
  vg("writable", "Group writable", "vgs: vg_attr"),
  vg("resizeable", "Group resizeable", "vgs: vg_attr"),
  vg("maxVolumes", "Most volumes", "vgs: max_lv"),
  vg("maxPvs", "Most physical volumes", "vgs: max_pv"),
  vg("metadataCopies", "Metadata copies", "vgs: vg_mda_copies"),
  vg("systemId", "System ID", "vgs: vg_sysid"),
  vg("types", "Types of the segments", "lvs: segtype"),
  vg("segments", "Segments: type, place, stripes, extents on each physical volume", "lvs --segments: seg_pe_ranges"),
  vg("skipActivation", "Left out of activation", "lvs: lv_attr"),
  vg("readAhead", "Read-ahead", "lvs: lv_read_ahead"),
  vg("fixedMinor", "Fixed minor number", "lvs: lv_minor"),
  { of: "node", path: "bytes", title: "Size of a volume", source: "lvs: lv_size", holds: "diskinit" },
  { of: "node", path: "readOnly", title: "Volume read-only", source: "lvs: lv_attr", holds: "diskinit" },
  {
    ...vg("freeExtents", "Free extents", "vgs: vg_free_count"),
    holds: "never",
    note: "more are free where volumes weren't rebuilt",
  },
  {
    ...vg("active", "Active", "lvs: lv_attr"),
    holds: "never",
    drift: true,
    note: "all volumes are activated to be filled",
  },
  {
    ...vg("seqno", "Revision of the metadata", "vgs: vg_seqno"),
    holds: "never",
    note: "each change of the metadata counts it up",
  },
  {
    ...vg("backup", "Metadata for vgcfgrestore", "vgcfgbackup"),
    holds: "never",
    note: "has the time and the device names of the scan in it",
  },
];
