import type { References } from "../../references/reference-source.js";

/** Where LVM's configuration names disks; in its own backups of metadata the names are hints. */
export const lvmReferences: References = {
  files: () => [
    {
      paths: [
        ...["/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf", "/etc/lvm/lvm_*.conf"],
        ...["/etc/lvm/profile/*.profile", "/etc/lvm/devices/*.devices"],
      ],
      needed: true,
    },
    { paths: ["/etc/lvm/backup/*", "/etc/lvm/archive/*", "/etc/lvm/devices/backup/*"], needed: false },
  ],
};
