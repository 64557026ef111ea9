import type { BlockDevice } from "../../layout/inventory.js";

/** What a disk is driven by, as far as it decides where its identity is found. */
export type Driver = "scsi" | "nvme" | "virtio" | "xen" | "mmc" | "raid-controller" | "ide" | "other";

/** Kernel names of whole disks, by driver (Documentation/admin-guide/devices.txt). */
const NAMES: readonly (readonly [RegExp, Driver])[] = [
  [/^sd[a-z]+$/, "scsi"],
  [/^nvme\d+n\d+$/, "nvme"],
  [/^vd[a-z]+$/, "virtio"],
  // a whole disk of a Xen guest may be called like a partition, xvda1: it has no xvda then
  [/^xvd[a-z]+\d*$/, "xen"],
  [/^mmcblk\d+$/, "mmc"],
  [/^(?:cciss|ida|rd)!c\d+d\d+$/, "raid-controller"],
  [/^hd[a-z]+$/, "ide"],
  [/^(?:pmem\d+s?|scm[a-z]+|rssd[a-z]+|skd[a-z]+|ubd[a-z]+|i2o!hd[a-z]+|sx8!\d+)$/, "other"],
];

/** The driver of a whole disk; null for anything else: partitions, DASD, device-mapper, md, optical … */
export function driverOf(device: BlockDevice): Driver | null {
  if (device.type !== "disk" || device.dm !== null || device.slaves.length > 0) return null;
  if (device.properties.ID_CDROM === "1" && device.properties.ID_TYPE === "cd") return null;
  return NAMES.find(([pattern]) => pattern.test(device.name))?.[1] ?? null;
}
