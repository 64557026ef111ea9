import type { ExtSuperblock } from "./superblock.js";

/** What mke2fs makes of blocks per group when nothing is said; a bigalloc filesystem can have nothing else. */
export function defaultBlocksPerGroup(superblock: ExtSuperblock): number {
  // the counters of a group descriptor have 16 bits, so that 65528 is the most (EXT2_MAX_BLOCKS_PER_GROUP)
  const clusters = Math.min(8 * superblock.blockSize, 65528);
  return clusters * (superblock.clusterSize / superblock.blockSize);
}

/**
 * True for a filesystem with the feature `resize_inode` and no reserved GDT blocks (all used up by growing), where
 * mke2fs can't do without them: `-E resize=` can't say 0, and its own choice is room to grow 1024 times, or to 2^32
 * blocks (calc_reserved_gdt_blocks() in lib/ext2fs/initialize.c).
 */
export function hasUsedUpReserve(superblock: ExtSuperblock): boolean {
  const { features, reservedGdtBlocks, blockCount, blocksPerGroup, firstBlock } = superblock;
  if (!features.includes("resize_inode") || reservedGdtBlocks > 0) return false;
  const most = blockCount < 2 ** 22 ? blockCount * 1024 : 2 ** 32 - 1;
  const blocksOf = (blocks: number) =>
    Math.ceil(Math.ceil((blocks - firstBlock) / blocksPerGroup) / descriptorsPerBlock(superblock));
  return blocksOf(most) > blocksOf(blockCount);
}

function descriptorsPerBlock({ blockSize, groupDescriptorSize }: ExtSuperblock): number {
  return Math.floor(blockSize / groupDescriptorSize);
}

/**
 * The value of mke2fs's `-E resize=` that gives the recorded number of reserved GDT blocks; null where it gives none by
 * itself. parse_extended_opts() divides it by the blocks of a group and the descriptors of a block, each rounded up,
 * and takes off the blocks that the descriptors need now. Blocks per group are those of `-g` there, or 8 × the block
 * size, with bigalloc too. The least value that does is taken, so that it stays below 2^32.
 */
export function resizeLimit(superblock: ExtSuperblock): number | null {
  const reserved = hasUsedUpReserve(superblock) ? 1 : superblock.reservedGdtBlocks;
  if (!superblock.features.includes("resize_inode") || reserved === 0) return null;
  const isBigalloc = superblock.features.includes("bigalloc");
  const blocksPerGroup = isBigalloc ? 8 * superblock.blockSize : superblock.blocksPerGroup;
  const perBlock = descriptorsPerBlock(superblock);
  const needed = Math.ceil(Math.ceil(superblock.blockCount / blocksPerGroup) / perBlock);
  return ((needed + reserved - 1) * perBlock + 1) * blocksPerGroup;
}

const MEBIBYTE = 1024 * 1024;

/** Sizes of an internal journal as `mke2fs -J` takes them. */
export interface JournalSize {
  /** Without the fast commit area; mke2fs takes whole MiB only. Null: the size that mke2fs takes by itself is the recorded one. */
  readonly mebibytes: number | null;
  readonly fastCommitKibibytes: number;
  /** False where the recorded size can't be had. */
  readonly exact: boolean;
}

/** The size of the internal journal; null where there is none, or where it wasn't recorded. */
export function journalSize(superblock: ExtSuperblock): JournalSize | null {
  const { journal, blockSize, blockCount } = superblock;
  if (journal === null || journal.inode === null || journal.bytes === null) return null;
  const { bytes, fastCommitBytes } = journal;
  // a small filesystem gets 1024 blocks by itself in every version, also where that is more than -J size would be allowed
  if (bytes === 1024 * blockSize && blockCount < 32768) return { mebibytes: null, fastCommitKibibytes: 0, exact: true };
  const wanted = Math.ceil((bytes - fastCommitBytes) / MEBIBYTE);
  const allowed = Math.floor(
    (blocksWithoutJournal(superblock) / 2) * (blockSize / MEBIBYTE) - fastCommitBytes / MEBIBYTE,
  );
  const mebibytes = Math.min(wanted, allowed);
  return {
    // the journal must have 1024 blocks; below that it is left to mke2fs
    mebibytes: mebibytes * MEBIBYTE < 1024 * blockSize ? null : mebibytes,
    fastCommitKibibytes: fastCommitBytes / 1024,
    exact: mebibytes * MEBIBYTE + fastCommitBytes === bytes,
  };
}

/** Free blocks of a new filesystem before it gets its journal, rounded down: mke2fs refuses a journal of more than half of them. */
function blocksWithoutJournal(superblock: ExtSuperblock): number {
  const { blockCount, blocksPerGroup, inodeBlocksPerGroup, reservedGdtBlocks, clusterSize, blockSize } = superblock;
  const groups = Math.ceil(blockCount / blocksPerGroup);
  const descriptors = Math.ceil(groups / descriptorsPerBlock(superblock)) + reservedGdtBlocks;
  const copies = copiesOfSuperblock(superblock, groups) * (1 + descriptors);
  // two bitmaps for each group; the root directory, lost+found, the blocks of the resize inode
  const used = copies + groups * (2 + inodeBlocksPerGroup) + 64 * (clusterSize / blockSize);
  return blockCount - used;
}

/** Groups with a copy of the superblock: all; with sparse_super 0, 1 and the powers of 3, 5 and 7; with sparse_super2 as recorded. */
function copiesOfSuperblock({ features, backupBlockGroups }: ExtSuperblock, groups: number): number {
  if (features.includes("sparse_super2")) return 1 + backupBlockGroups.length;
  if (!features.includes("sparse_super")) return groups;
  const powers = [3, 5, 7].map((base) => Math.max(0, Math.ceil(Math.log(groups) / Math.log(base)) - 1));
  return Math.min(groups, 2) + powers.reduce((sum, count) => sum + count, 0);
}
