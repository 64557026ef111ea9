import type { Field } from "../../layout/fields.js";

const HEADER = "swap header (kernel: include/linux/swap.h)";

/** What is kept of swap areas. */
export const swapFields: readonly Field[] = [
  { of: "content", path: "uuid", title: "UUID", source: HEADER, holds: "diskinit" },
  { of: "content", path: "label", title: "Label", source: HEADER, holds: "diskinit" },
  { of: "content", path: "detail.pageBytes", title: "Page size", source: HEADER, holds: "diskinit" },
  { of: "content", path: "detail.bytes", title: "Size", source: HEADER, holds: "diskinit" },
  {
    of: "content",
    path: "detail.byteOrder",
    title: "Byte order",
    source: HEADER,
    holds: "never",
    note: "that of the machine that makes it",
  },
  {
    of: "content",
    path: "detail.badPages",
    title: "Bad pages",
    source: HEADER,
    holds: "never",
    note: "a finding says so",
  },
  {
    of: "content",
    path: "detail.hibernated",
    title: "Hibernation image",
    source: HEADER,
    holds: "never",
    note: "rebuilt as an empty swap area; a finding says so",
  },
  {
    of: "content",
    path: "detail.active",
    title: "Switched on",
    source: "/proc/swaps",
    holds: "never",
    note: "the restored server switches it on at boot",
  },
  {
    of: "content",
    path: "detail.priority",
    title: "Priority",
    source: "/proc/swaps",
    holds: "never",
    note: "comes back by pri= in /etc/fstab; the kernel gives negative ones by itself",
  },
  {
    of: "content",
    path: "detail.fstab",
    title: "Line in /etc/fstab",
    source: "/etc/fstab",
    holds: "restore",
    note: "the restore brings the file back",
  },
  {
    of: "config",
    path: "files",
    title: "Swap files",
    source: "/proc/swaps, /etc/fstab",
    holds: "never",
    note: "a finding names each of them",
  },
];
