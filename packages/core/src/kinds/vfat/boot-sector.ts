import * as z from "zod";

/** The first sector of a FAT filesystem: everything that its shape follows from. */
export interface FatBootSector {
  /** Bits of an entry of the table, as the kernel decides it: 32 by the form of the sector, 12 or 16 by the number of clusters. */
  readonly fatBits: 12 | 16 | 32;
  /** `1A2B-3C4D`, as blkid and mount write it; they take `0000-0000` for none. */
  readonly volumeId: string;
  /** The copy of the label in the boot sector; null where there is none. `LABEL=` means the one in the root directory. */
  readonly bootLabel: string | null;
  /** Bytes of the whole filesystem. */
  readonly bytes: number;
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  /** Bytes before the first table, the boot sector included. */
  readonly reservedBytes: number;
  /** How many copies of the table there are. */
  readonly fats: number;
  /** Bytes of one copy. */
  readonly fatBytes: number;
  /** Entries that the root directory has room for; null with 32 bits, where it grows. */
  readonly rootEntries: number | null;
  /** The byte that once told floppies from hard disks: 0xf0, 0xf8 … 0xff. */
  readonly media: number;
  /** The BIOS's number of the drive; 0x80 is the first hard disk. */
  readonly driveNumber: number;
  /** Bytes on the disk before the filesystem, as whoever made it thought. */
  readonly hiddenBytes: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  /** Where the copy of the boot sector is, in bytes; null without one, and with 12 or 16 bits. */
  readonly backupBootAt: number | null;
  /** Where the sector with the count of free clusters is, in bytes; null without one, and with 12 or 16 bits. */
  readonly infoAt: number | null;
  /** The first cluster of the root directory; null with 12 or 16 bits. */
  readonly rootCluster: number | null;
  /** With 32 bits, which tables are kept alike: 0 for all of them. */
  readonly mirroring: number;
  /** The name of whoever made it: `mkfs.fat`, `MSDOS5.0`. */
  readonly madeBy: string;
  /** There is other code than mkfs.fat's message that this is no bootable disk. */
  readonly hasBootCode: boolean;
}

const count = z.int().nonnegative();
const size = z.int().positive();

/** Checks a boot sector read from a file. */
export const FatBootSectorSchema: z.ZodType<FatBootSector> = z.strictObject({
  fatBits: z.union([z.literal(12), z.literal(16), z.literal(32)]),
  volumeId: z.string().regex(/^[0-9A-F]{4}-[0-9A-F]{4}$/),
  bootLabel: z.string().nullable(),
  bytes: size,
  sectorBytes: size,
  clusterBytes: size,
  reservedBytes: size,
  fats: size,
  fatBytes: size,
  rootEntries: size.nullable(),
  media: count,
  driveNumber: count,
  hiddenBytes: count,
  heads: count,
  sectorsPerTrack: count,
  backupBootAt: size.nullable(),
  infoAt: size.nullable(),
  rootCluster: size.nullable(),
  mirroring: count,
  madeBy: z.string(),
  hasBootCode: z.boolean(),
});

/** How many clusters there is room for behind the tables and the root directory. */
export function clusterCount(sector: FatBootSector): number {
  const { bytes, reservedBytes, fats, fatBytes, rootEntries, clusterBytes } = sector;
  return Math.floor((bytes - reservedBytes - fats * fatBytes - (rootEntries ?? 0) * 32) / clusterBytes);
}
