import type { Field } from "../../layout/fields.js";

const VIEW = "dasdview -x";
const NOT_YET = "DASDs aren't rebuilt yet";

/** What is known of a DASD. Nothing of it is promised before DASDs are rebuilt. */
export const dasdFields: readonly Field[] = [
  {
    of: "node",
    path: "detail.busId",
    title: "Bus-id",
    source: "sysfs",
    holds: "never",
    note: "a map may give it another",
  },
  never("detail.discipline", "Discipline", "sysfs: discipline"),
  never("detail.layout", "Layout", `${VIEW}: format; dasdview -l`),
  never("detail.volser", "Volume serial number", "fdasd -p, dasdview -l, udev: ID_SERIAL"),
  never("detail.cylinders", "Cylinders", `${VIEW}: number of cylinders`),
  never("detail.tracksPerCylinder", "Tracks per cylinder", `${VIEW}: tracks per cylinder`),
  never("detail.blocksPerTrack", "Blocks per track", `${VIEW}: blocks per track`),
  never("detail.blockBytes", "Block size", `${VIEW}: blocksize`),
  never("detail.ese", "Extent space efficient", "sysfs: ese"),
  never("detail.settings", "Settings other than the defaults", "sysfs"),
  never("detail.hostAccessCount", "Systems on which it is online", "sysfs: host_access_count"),
  never("detail.reservation", "Reservation", "sysfs: last_known_reservation_state"),
  never("detail.copyRole", "Role in a copy pair", "sysfs: copy_role"),
  never("detail.startTrack", "First track of a partition", "fdasd -p"),
  never("detail.endTrack", "Last track of a partition", "fdasd -p"),
  never("detail.type", "Type of a partition", "fdasd -p: System"),
];

function never(path: string, title: string, source: string): Field {
  return { of: "node", path, title, source, holds: "never", note: NOT_YET };
}
