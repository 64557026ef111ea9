import type { References } from "../../references/reference-source.js";

/** Where a system names whole disks for what isn't a kind of its own here: dm-crypt, md, udev, drive monitoring. */
export const diskReferences: References = {
  files: () => [
    { paths: ["/etc/crypttab", "/etc/mdadm.conf", "/etc/mdadm/mdadm.conf"], needed: true },
    { paths: ["/etc/udev/rules.d/*.rules", "/etc/smartd.conf", "/etc/hdparm.conf"], needed: false },
  ],
};
