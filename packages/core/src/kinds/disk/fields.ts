import type { Field } from "../../layout/fields.js";

const SOURCE = "udev's database, sysfs";

/** What is known of a disk. Nothing of it can be rebuilt: a disk is bound, and another one may take its place. */
export const diskFields: readonly Field[] = [
  {
    of: "node",
    path: "bytes",
    title: "Size",
    source: "/sys/class/block/*/size",
    holds: "never",
    drift: true,
    note: "the disk that takes its place must be as large, and may be larger",
  },
  {
    of: "node",
    path: "sectorBytes",
    title: "Logical sector size",
    source: "/sys/class/block/*/queue/logical_block_size",
    holds: "diskinit",
  },
  {
    of: "node",
    path: "physicalSectorBytes",
    title: "Physical sector size",
    source: "/sys/class/block/*/queue/physical_block_size",
    holds: "never",
    note: "another disk may have another one",
  },
  {
    of: "node",
    path: "readOnly",
    title: "Read-only",
    source: "/sys/class/block/*/ro",
    holds: "never",
    drift: true,
    note: "what was read-only isn't written",
  },
  {
    of: "node",
    path: "identities",
    title: "Identities",
    source: SOURCE,
    holds: "never",
    note: "they find the disk; a disk that takes its place has its own",
  },
  { of: "node", path: "detail.driver", title: "Driver", source: "the kernel name", holds: "never" },
  { of: "node", path: "detail.bus", title: "Bus", source: "udev: ID_BUS", holds: "never" },
  { of: "node", path: "detail.vendor", title: "Vendor", source: "udev: ID_VENDOR", holds: "never" },
  { of: "node", path: "detail.model", title: "Model", source: "udev: ID_MODEL", holds: "never" },
  { of: "node", path: "detail.revision", title: "Firmware revision", source: "udev: ID_REVISION", holds: "never" },
  {
    of: "node",
    path: "detail.serial",
    title: "Serial number",
    source: "udev: SCSI_IDENT_SERIAL, ID_SCSI_SERIAL, ID_SERIAL_SHORT",
    holds: "never",
  },
  {
    of: "node",
    path: "detail.paths",
    title: "Paths without a multipath map",
    source: "disks with one identity",
    holds: "never",
    note: "the rescue system may see another number of them",
  },
];
