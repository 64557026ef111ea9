import { textOf } from "../../host/bytes.js";
import { known, type Parsed } from "../../host/probed.js";
import { clusterCount, type FatBootSector } from "./boot-sector.js";

/** Where the fields are (kernel: include/uapi/linux/msdos_fs.h, struct fat_boot_sector). All numbers are little-endian. */
const COMMON = {
  madeBy: 3,
  sectorBytes: 11,
  sectorsPerCluster: 13,
  reserved: 14,
  fats: 16,
  rootEntries: 17,
  sectors16: 19,
  media: 21,
  fatSectors16: 22,
  sectorsPerTrack: 24,
  heads: 26,
  hidden: 28,
  sectors32: 32,
} as const;
const FAT32 = { fatSectors: 36, mirroring: 40, version: 42, rootCluster: 44, info: 48, backupBoot: 50 } as const;
/** What follows them, at 36 with 12 or 16 bits and at 64 with 32. */
const VOLUME = { driveNumber: 0, extended: 2, id: 3, label: 7, code: 26 } as const;

/** fs/fat/inode.c, fat_fill_super(): MAX_FAT12. */
const MOST_CLUSTERS_12 = 4084;
/** The sign that volume id and label follow. */
const EXTENDED = 0x29;
/** What mkfs.fat's own code begins with, but for the address of its message: it prints that and starts anew. */
const MESSAGE_CODE = /^0e1fbe..7cac22c0740b56b40ebb0700cd105eebf032e4cd16cd19ebfe/;

/** Reads the first 512 bytes of a FAT filesystem. What the kernel refuses (fs/fat/inode.c, fat_read_bpb()) is refused here. */
export function parseBootSector(source: string, start: Uint8Array): Parsed<FatBootSector> {
  if (start.length < 512) return unusable(source, `only ${start.length} bytes can be read`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const sector = readFields(view, start);
  const why = faultOf(sector, view);
  return why === null ? known(sector) : unusable(source, why);
}

function readFields(view: DataView, start: Uint8Array): FatBootSector {
  const u8 = (at: number) => view.getUint8(at);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const sectorBytes = u16(COMMON.sectorBytes);
  const is32 = isFat32(view);
  const volume = is32 ? 64 : 36;
  const sectorAt = (at: number) => (is32 && ![0, 0xffff].includes(u16(at)) ? u16(at) * sectorBytes : null);
  const shape = {
    bytes: (u16(COMMON.sectors16) || u32(COMMON.sectors32)) * sectorBytes,
    sectorBytes,
    clusterBytes: u8(COMMON.sectorsPerCluster) * sectorBytes,
    reservedBytes: u16(COMMON.reserved) * sectorBytes,
    fats: u8(COMMON.fats),
    fatBytes: (is32 ? u32(FAT32.fatSectors) : u16(COMMON.fatSectors16)) * sectorBytes,
    rootEntries: is32 ? null : u16(COMMON.rootEntries),
  };
  const sector: FatBootSector = {
    ...shape,
    fatBits: is32 ? 32 : 16,
    volumeId: volumeId(u32(volume + VOLUME.id)),
    bootLabel: labelOf(start.subarray(volume + VOLUME.label, volume + VOLUME.label + 11)),
    media: u8(COMMON.media),
    driveNumber: u8(volume + VOLUME.driveNumber),
    hiddenBytes: u32(COMMON.hidden) * sectorBytes,
    heads: u16(COMMON.heads),
    sectorsPerTrack: u16(COMMON.sectorsPerTrack),
    backupBootAt: sectorAt(FAT32.backupBoot),
    infoAt: sectorAt(FAT32.info),
    rootCluster: is32 ? u32(FAT32.rootCluster) : null,
    mirroring: is32 ? u16(FAT32.mirroring) : 0,
    madeBy: textOf(start.subarray(COMMON.madeBy, COMMON.madeBy + 8)).trimEnd(),
    hasBootCode: hasBootCode(start.subarray(volume + VOLUME.code, 510)),
  };
  return is32 || clusterCount(sector) > MOST_CLUSTERS_12 ? sector : { ...sector, fatBits: 12 };
}

/** fs/fat/inode.c: a filesystem without a length in the old place has the newer form. */
function isFat32(view: DataView): boolean {
  return view.getUint16(COMMON.fatSectors16, true) === 0 && view.getUint32(FAT32.fatSectors, true) !== 0;
}

function faultOf(sector: FatBootSector, view: DataView): string | null {
  const { sectorBytes, clusterBytes, rootEntries } = sector;
  if (![512, 1024, 2048, 4096].includes(sectorBytes)) return `a sector of ${sectorBytes} bytes`;
  if (!isPowerOfTwo(clusterBytes / sectorBytes)) return `${clusterBytes / sectorBytes} sectors in a cluster`;
  if (sector.reservedBytes === 0) return "no reserved sector";
  if (sector.fats === 0 || sector.fatBytes === 0) return "no table";
  if (sector.media !== 0xf0 && sector.media < 0xf8) return `the media byte 0x${sector.media.toString(16)}`;
  if (clusterCount(sector) < 1) return "no room for a single cluster";
  if (rootEntries !== null && (rootEntries === 0 || (rootEntries * 32) % sectorBytes !== 0)) {
    return `a root directory of ${rootEntries} entries`;
  }
  if (sector.rootCluster !== null && sector.rootCluster < 2) return "no root directory";
  if (sector.fatBits === 32 && view.getUint16(FAT32.version, true) !== 0) return "a version that isn't 0.0";
  const extended = view.getUint8((sector.fatBits === 32 ? 64 : 36) + VOLUME.extended);
  return extended === EXTENDED ? null : "neither volume id nor label (signature 0x29)";
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && Math.log2(value) % 1 === 0;
}

function volumeId(id: number): string {
  const hex = id.toString(16).toUpperCase().padStart(8, "0");
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** Blanks fill it up; `NO NAME` is written where there is none (mkfs.fat(8), -n). */
function labelOf(bytes: Uint8Array): string | null {
  const label = textOf(bytes).replace(/[ \0]+$/, "");
  return label === "" || label === "NO NAME" ? null : label;
}

function hasBootCode(code: Uint8Array): boolean {
  const hex = Buffer.from(code).toString("hex");
  return !/^0*$/.test(hex) && !MESSAGE_CODE.test(hex);
}

function unusable<F>(source: string, what: string): Parsed<F> {
  return {
    is: "unknown",
    failure: {
      reason: "unexpected-output",
      source,
      message: `the FAT boot sector of ${source} can't be used: it has ${what}`,
    },
  };
}
