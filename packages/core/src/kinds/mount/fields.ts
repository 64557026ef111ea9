import type { Field } from "../../layout/fields.js";

/** What is kept of mounts, and when it must hold. */
export const mountFields: readonly Field[] = [
  {
    of: "mount",
    path: "source",
    title: "What is mounted there",
    source: "/proc/self/mountinfo: device number, root, source; fstab: first field",
    holds: "restore",
  },
  { of: "mount", path: "at", title: "Mount point", source: "/proc/self/mountinfo; fstab", holds: "restore" },
  { of: "mount", path: "type", title: "Filesystem type", source: "/proc/self/mountinfo; fstab", holds: "restore" },
  {
    of: "mount",
    path: "options",
    title: "Mount options",
    source: "fstab: fourth field; /proc/self/mountinfo where there is no line",
    holds: "restore",
    note: "fstab comes back with the files; in the rescue system ext is mounted rw,acl,user_xattr, and FAT with the options that show owners, modes and names, as the kernel had them",
  },
  {
    of: "mount",
    path: "readOnly",
    title: "Mounted read-only",
    source: "/proc/self/mountinfo: options",
    holds: "never",
    note: "an error can make it so; fstab's own option is among the options",
  },
  { of: "mount", path: "active", title: "Mounted at scan", source: "/proc/self/mountinfo", holds: "never" },
  { of: "mount", path: "fstab.spec", title: "Device in fstab", source: "fstab: first field", holds: "restore" },
  { of: "mount", path: "fstab.options", title: "Options in fstab", source: "fstab: fourth field", holds: "restore" },
  { of: "mount", path: "fstab.dump", title: "Dump number in fstab", source: "fstab: fifth field", holds: "restore" },
  { of: "mount", path: "fstab.pass", title: "fsck order in fstab", source: "fstab: sixth field", holds: "restore" },
  {
    of: "mount",
    path: "directory.mode",
    title: "Mode of the mount point",
    source: "stat: st_mode, while mounted",
    holds: "restore",
  },
  { of: "mount", path: "directory.uid", title: "Owner of the mount point", source: "stat: st_uid", holds: "restore" },
  { of: "mount", path: "directory.gid", title: "Group of the mount point", source: "stat: st_gid", holds: "restore" },
  {
    of: "config",
    path: "table",
    title: "Table of mounts that was read",
    source: "/proc/self/mountinfo, else /proc/mounts",
    holds: "never",
  },
  {
    of: "config",
    path: "directories",
    title: "Directories above mount points, and those that a backup may leave out",
    source: "stat: st_mode, st_uid, st_gid",
    holds: "never",
    note: "made where they are missing; what the backup brings counts",
  },
];
