import { clusterCount, type FatBootSector } from "./boot-sector.js";

/** How mkfs.vfat is to lay a filesystem out, and what becomes of it. */
export interface MadeShape extends Choice {
  /** Bytes of the filesystem, and of one table, that come out of it. */
  readonly bytes: number;
  readonly fatBytes: number;
}

interface Choice {
  /** Its last argument: the size. */
  readonly kibibytes: number;
  /** Without it (`-a`) nothing is rounded: tables up to whole clusters, the size down to whole tracks (dosfstools 4.2). */
  readonly isAligned: boolean;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** Up to here mkfs.vfat aligns nothing but the size: 8192 sectors (mkfs.fat.c, setup_tables()). */
const TINY_SECTORS = 8192;

/**
 * The shape that comes closest to the recorded one; for what dosfstools made it is the same. No option says how long a
 * table is to be, and none gives a size in sectors: both follow from alignment, geometry and KiB.
 *
 * @param deviceBytes size of the device; null where it isn't known
 */
export function madeShape(sector: FatBootSector, deviceBytes: number | null): MadeShape {
  const shapes = choices(sector, deviceBytes).map((choice) => shapeOf(choice, sector, deviceBytes));
  return shapes.sort((a, b) => compareDistances(distance(a, sector), distance(b, sector)))[0] as MadeShape;
}

/** Simple ones first. A track of one sector lets the size alone. */
function choices(sector: FatBootSector, deviceBytes: number | null): Choice[] {
  const isUsable = sector.heads > 0 && sector.sectorsPerTrack > 0;
  const single = { heads: sector.heads || 255, sectorsPerTrack: 1 };
  const recorded = isUsable ? { heads: sector.heads, sectorsPerTrack: sector.sectorsPerTrack } : single;
  const device = Math.floor((deviceBytes ?? sector.bytes) / 1024);
  // the most that is still cut down to the recorded size: mkfs.fat judges by what it is told whether there is room enough
  const most = sector.bytes + (recorded.sectorsPerTrack - 1) * sector.sectorBytes;
  const sizes = [most, sector.bytes, sector.bytes + 1023].map((bytes) => Math.min(device, Math.floor(bytes / 1024)));
  return sizes.flatMap((kibibytes) => [
    { isAligned: false, kibibytes, ...recorded },
    { isAligned: true, kibibytes, ...recorded },
    { isAligned: true, kibibytes, ...single },
  ]);
}

function shapeOf(choice: Choice, sector: FatBootSector, deviceBytes: number | null): MadeShape {
  // mkfs.fat adds the sector that makes no whole KiB at the end of the device, even when it is told a size
  const rest = (deviceBytes ?? sector.bytes) % 1024;
  const whole = wholeSectors(choice.kibibytes * 1024, sector) + wholeSectors(rest, sector);
  const track = choice.sectorsPerTrack * sector.sectorBytes;
  const bytes = choice.isAligned ? Math.floor(whole / track) * track : whole;
  return { ...choice, bytes, fatBytes: fatBytes({ ...sector, bytes }, choice.isAligned && !isTiny(bytes, sector)) };
}

function isTiny(bytes: number, { sectorBytes }: FatBootSector): boolean {
  return bytes <= TINY_SECTORS * sectorBytes;
}

/** Where the data begins counts most, the geometry least: it means nothing to Linux or EFI. */
function distance(shape: MadeShape, sector: FatBootSector): readonly number[] {
  const movesData = shape.isAligned && !isTiny(shape.bytes, sector) && !isOnClusters(sector);
  const hasGeometry = shape.heads === sector.heads && shape.sectorsPerTrack === sector.sectorsPerTrack;
  return [
    movesData ? 1 : 0,
    shape.fatBytes === sector.fatBytes ? 0 : 1,
    Math.abs(shape.bytes - sector.bytes),
    hasGeometry ? 0 : 1,
  ];
}

function compareDistances(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number);
}

/** Why mkfs.vfat can't make such a filesystem at all, for people; null where it can. */
export function shapeFault(sector: FatBootSector, deviceBytes: number | null): string | null {
  const { fatBits, sectorBytes, reservedBytes, fats, rootEntries } = sector;
  const made = madeShape(sector, deviceBytes);
  const clusters = clusterCount({ ...sector, bytes: made.bytes, fatBytes: made.fatBytes });
  const [least, most] = CLUSTERS[fatBits];
  if (clusters < least || clusters > most) {
    return `it makes FAT${fatBits} with ${least} to ${most} clusters, and this one has ${clusters}`;
  }
  if (sector.clusterBytes / sectorBytes > 128) return "it makes clusters of at most 128 sectors";
  if (fats > 4) return `it makes at most 4 tables, and this one has ${fats}`;
  if (fatBits === 32 && reservedBytes < 2 * sectorBytes) return "FAT32 needs two reserved sectors";
  if (rootEntries !== null && (rootEntries < 16 || rootEntries > 32768)) {
    return `it makes room for 16 to 32768 entries in the root directory, and this one has it for ${rootEntries}`;
  }
  const start = reservedBytes + fats * made.fatBytes + (rootEntries ?? 0) * 32;
  return made.kibibytes < Math.ceil(start / 1024) + 32 ? "it makes none with less than 32 KiB behind the tables" : null;
}

/** Least and most clusters (dosfstools 4.2, mkfs.fat.c: MIN_CLUST_*, MAX_CLUST_*). FAT32 with few is made when it is asked for. */
const CLUSTERS = { 12: [1, 4084], 16: [4087, 65524], 32: [1, 268435446] } as const;

/** Bytes of one table as mkfs.fat reckons them (mkfs.fat.c, setup_tables()): enough for all clusters there could be. */
function fatBytes(sector: FatBootSector, isAligned: boolean): number {
  const { fatBits, sectorBytes, clusterBytes, fats } = sector;
  const room = sector.bytes - sector.reservedBytes - wholeSectors((sector.rootEntries ?? 0) * 32, sector);
  // bits, so that 12 of them need no special case; the first two entries of a table belong to no cluster
  const clusters = Math.floor((8 * room + 2 * fats * fatBits) / (8 * clusterBytes + fats * fatBits));
  const bytes = Math.ceil(((clusters + 2) * fatBits) / 8);
  const unit = isAligned ? clusterBytes : sectorBytes;
  return Math.ceil(bytes / unit) * unit;
}

function wholeSectors(bytes: number, { sectorBytes }: FatBootSector): number {
  return Math.floor(bytes / sectorBytes) * sectorBytes;
}

/** True where everything before the first cluster, but for the tables, takes whole clusters: alignment leaves it alone. */
function isOnClusters({ clusterBytes, reservedBytes, rootEntries }: FatBootSector): boolean {
  return reservedBytes % clusterBytes === 0 && ((rootEntries ?? 0) * 32) % clusterBytes === 0;
}
