import type { Field } from "../../layout/fields.js";

const SECTOR = "boot sector (kernel: include/uapi/linux/msdos_fs.h)";
const GEOMETRY = "kept, but where mkfs.vfat would cut the size down to whole tracks: a finding says so";

/** What is kept of FAT filesystems. */
export const vfatFields: readonly Field[] = [
  { of: "content", path: "type", title: "Filesystem type", source: "blkid: TYPE", holds: "diskinit" },
  { of: "content", path: "uuid", title: "UUID", source: "the volume id, unless it is all zeros", holds: "diskinit" },
  {
    of: "content",
    path: "label",
    title: "Label",
    source: "blkid: LABEL, the one in the root directory",
    holds: "diskinit",
    note: "one that mkfs.vfat can't write (non-ASCII, *?.,;:/\\|+=<>[]\", a leading blank) is a finding",
  },
  kept("volumeId", "Volume id"),
  kept("fatBits", "FAT size"),
  kept("bytes", "Size"),
  kept("sectorBytes", "Sector size"),
  kept("clusterBytes", "Cluster size"),
  kept("reservedBytes", "Reserved sectors"),
  kept("fats", "Number of FATs"),
  kept("fatBytes", "Size of a FAT", "a finding, where it isn't what mkfs.vfat makes"),
  kept("rootEntries", "Root directory entries"),
  kept("media", "Media byte"),
  kept("driveNumber", "Drive number"),
  kept("hiddenBytes", "Hidden sectors"),
  kept("backupBootAt", "Backup boot sector"),
  recorded("bootLabel", "Label in the boot sector", "made the same as the label; a finding, where it wasn't"),
  recorded("heads", "Heads", GEOMETRY),
  recorded("sectorsPerTrack", "Sectors per track", GEOMETRY),
  recorded("infoAt", "Info sector", "mkfs.vfat has its own place for it; a finding, where it is another"),
  recorded("rootCluster", "First cluster of the root directory", "2; a finding, where it is another"),
  recorded("mirroring", "Mirroring of the FATs", "all are kept alike; a finding, where they weren't"),
  recorded("madeBy", "Name of who made it", "mkfs.fat writes its own"),
  recorded("hasBootCode", "Code of a boot loader", "not rebuilt; a finding says so"),
];

function kept(name: string, title: string, note?: string): Field {
  return row(name, title, "diskinit", note);
}

function recorded(name: string, title: string, note: string): Field {
  return row(name, title, "never", note);
}

function row(name: string, title: string, holds: Field["holds"], note: string | undefined): Field {
  const base = { of: "content", path: `detail.bootSector.${name}`, title, source: SECTOR, holds } as const;
  return note === undefined ? base : { ...base, note };
}
