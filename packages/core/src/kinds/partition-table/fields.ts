import type { Field } from "../../layout/fields.js";

const DUMP = "sfdisk --dump";

/** What is kept of a partition table and its partitions. */
export const partitionTableFields: readonly Field[] = [
  { of: "content", path: "label", title: "Kind of table", source: `${DUMP}: label`, holds: "diskinit" },
  { of: "content", path: "uuid", title: "Disk GUID or signature", source: `${DUMP}: label-id`, holds: "diskinit" },
  {
    of: "content",
    path: "detail.sectorBytes",
    title: "Sector size",
    source: `${DUMP}: sector-size`,
    holds: "diskinit",
  },
  {
    of: "content",
    path: "detail.usableStartBytes",
    title: "First usable byte",
    source: `${DUMP}: first-lba`,
    holds: "diskinit",
  },
  {
    of: "content",
    path: "detail.usableEndBytes",
    title: "End of the usable range",
    source: `${DUMP}: last-lba`,
    holds: "diskinit",
  },
  {
    of: "content",
    path: "detail.tableLength",
    title: "Room for entries",
    source: "GPT header; sfdisk --dump: table-length",
    holds: "diskinit",
  },
  {
    of: "content",
    path: "detail.pmbrBoot",
    title: "Active flag of the protective MBR",
    source: "first sector of the disk",
    holds: "diskinit",
  },
  { of: "node", path: "number", title: "Partition number", source: `${DUMP}: number`, holds: "diskinit" },
  { of: "node", path: "startBytes", title: "Start", source: `${DUMP}: start`, holds: "diskinit" },
  { of: "node", path: "bytes", title: "Size", source: `${DUMP}: size`, holds: "diskinit" },
  { of: "node", path: "detail.type", title: "Partition type", source: `${DUMP}: type`, holds: "diskinit" },
  { of: "node", path: "detail.uuid", title: "Partition UUID", source: `${DUMP}: uuid`, holds: "diskinit" },
  {
    of: "node",
    path: "detail.name",
    title: "Partition name",
    source: `${DUMP}: name`,
    holds: "diskinit",
    note: "but for names with characters beyond the BMP, which sfdisk can't write: a finding says so",
  },
  {
    of: "node",
    path: "detail.attributes",
    title: "Partition attributes",
    source: "udev: ID_PART_ENTRY_FLAGS; sfdisk --dump: attrs",
    holds: "diskinit",
    note: "but for the reserved bits 3 to 47: a finding says so",
  },
  { of: "node", path: "detail.bootable", title: "Active flag", source: `${DUMP}: bootable`, holds: "diskinit" },
  {
    of: "node",
    path: "name",
    title: "Name on the recorded machine",
    source: "kernel",
    holds: "never",
    note: "names of disks change from boot to boot",
  },
  {
    of: "node",
    path: "readOnly",
    title: "Read-only",
    source: "sysfs: ro",
    holds: "never",
    drift: true,
    note: "what was read-only isn't written",
  },
];
