import type { Field } from "../../layout/fields.js";

/** What is kept of multipath maps: their configuration comes back with the files; the LUN is bound by its WWID. */
export const multipathFields: readonly Field[] = [
  {
    of: "node",
    path: "bytes",
    title: "Size",
    source: "/sys/class/block/dm-*/size",
    holds: "never",
    drift: true,
    note: "the LUN that takes its place must be as large, and may be larger",
  },
  {
    of: "node",
    path: "sectorBytes",
    title: "Logical sector size",
    source: "/sys/class/block/dm-*/queue/logical_block_size",
    holds: "diskinit",
  },
  {
    of: "node",
    path: "physicalSectorBytes",
    title: "Physical sector size",
    source: "/sys/class/block/dm-*/queue/physical_block_size",
    holds: "never",
    note: "another LUN may have another one",
  },
  {
    of: "node",
    path: "readOnly",
    title: "Read-only",
    source: "/sys/class/block/dm-*/ro",
    holds: "never",
    drift: true,
    note: "what was read-only isn't written",
  },
  {
    of: "node",
    path: "identities",
    title: "Identities",
    source: "/sys/class/block/dm-*/dm/uuid, its paths",
    holds: "never",
    note: "they find the LUN; another one that takes its place has its own",
  },
  {
    of: "node",
    path: "detail.wwid",
    title: "WWID",
    source: "/sys/class/block/dm-*/dm/uuid",
    holds: "never",
    note: "another LUN that takes its place has its own",
  },
  {
    of: "node",
    path: "detail.friendlyName",
    title: "Has an alias",
    source: "/sys/class/block/dm-*/dm/name",
    holds: "never",
    note: "the rescue system may name maps otherwise; multipath.conf and bindings come back with the files",
  },
  ...(
    [
      ["product", "Vendor and product", "vend, prod"],
      ["features", "Features", "features"],
      ["hardwareHandler", "Hardware handler", "hwhandler"],
      ["policies", "Path selectors", "path_groups.selector"],
    ] as const
  ).map(
    ([path, title, from]): Field => ({
      of: "node",
      path: `detail.${path}`,
      title,
      source: `multipathd show maps json: ${from}; multipath -ll`,
      holds: "never",
      note: "follows from the storage and from multipath.conf, which comes back with the files",
    }),
  ),
  {
    of: "config",
    path: "files",
    title: "multipath.conf, conf.d, bindings, wwids",
    source: "the files",
    holds: "restore",
  },
];
