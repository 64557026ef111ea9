import type { Field } from "../../layout/fields.js";

/** What is kept of how the machine boots, and when it must hold. */
export const bootFields: readonly Field[] = [
  {
    of: "config",
    path: "firmware",
    title: "Firmware that started the kernel",
    source: "sysfs: /sys/firmware/efi",
    holds: "restore",
  },
  {
    of: "config",
    path: "kernels",
    title: "Kernels",
    source: "/boot/vmlinuz-*, /lib/modules",
    holds: "restore",
    drift: false,
    note: "they come back with the files; boot steps are done for those that are there then",
  },
  {
    of: "config",
    path: "grub.devices",
    title: "Disks that carry GRUB 2, and where its core lies",
    source: "first sector of each disk: boot.img's own fields",
    holds: "restore",
    guarded: true,
  },
  {
    of: "config",
    path: "grub.directory",
    title: "GRUB 2's directory",
    source: "grub.cfg below /boot/grub or /boot/grub2",
    holds: "restore",
  },
  { of: "config", path: "grub.install", title: "grub-install", source: "installed programs", holds: "restore" },
  {
    of: "config",
    path: "grub.mkconfig",
    title: "update-grub or grub-mkconfig",
    source: "installed programs",
    holds: "restore",
  },
  {
    of: "config",
    path: "initramfs",
    title: "Initramfs: tool and image names",
    source: "installed programs; names in /boot",
    holds: "restore",
    guarded: true,
  },
  {
    of: "config",
    path: "multipathFiles",
    title: "Multipath's files that the initramfs takes in",
    source: "/etc/multipath/wwids, /etc/multipath/bindings",
    holds: "restore",
  },
];
