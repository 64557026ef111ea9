import type { ExtSuperblock } from "./superblock.js";

/** What mke2fs makes of blocks per group when nothing is said; a bigalloc filesystem can have nothing else. */
export function defaultBlocksPerGroup(superblock: ExtSuperblock): number {
  // the counters of a group descriptor have 16 bits, so that 65528 is the most (EXT2_MAX_BLOCKS_PER_GROUP)
  const clusters = Math.min(8 * superblock.blockSize, 65528);
  return clusters * (superblock.clusterSize / superblock.blockSize);
}

/**
 * The value of mke2fs's `-E resize=` that gives exactly this number of reserved GDT blocks: parse_extended_opts()
 * divides it by the blocks of a group and the descriptors of a block, each rounded up, and takes off the blocks that
 * the descriptors need now. Blocks per group are those of `-g` there, or 8 × the block size, with bigalloc too. The
 * least value that does is taken, so that it stays below 2^32.
 */
export function resizeLimit(superblock: ExtSuperblock, blocksPerGroup: number): number {
  const descriptorsPerBlock = Math.floor(superblock.blockSize / superblock.groupDescriptorSize);
  const groups = Math.ceil(superblock.blockCount / blocksPerGroup);
  const needed = Math.ceil(groups / descriptorsPerBlock);
  const total = needed + superblock.reservedGdtBlocks;
  return ((total - 1) * descriptorsPerBlock + 1) * blocksPerGroup;
}

const MEBIBYTE = 1024 * 1024;

/** Sizes of an internal journal as `mke2fs -J` takes them. */
export interface JournalSize {
  /** Without the fast commit area; mke2fs takes whole MiB only. */
  readonly mebibytes: number;
  readonly fastCommitKibibytes: number;
  /** False where the recorded size isn't in whole MiB, and so becomes the next larger one. */
  readonly exact: boolean;
}

/** The size of the internal journal; null where there is none, or where it wasn't recorded. */
export function journalSize(superblock: ExtSuperblock): JournalSize | null {
  const journal = superblock.journal;
  if (journal === null || journal.inode === null || journal.bytes === null) return null;
  const mebibytes = Math.ceil((journal.bytes - journal.fastCommitBytes) / MEBIBYTE);
  return {
    mebibytes,
    fastCommitKibibytes: journal.fastCommitBytes / 1024,
    exact: mebibytes * MEBIBYTE + journal.fastCommitBytes === journal.bytes,
  };
}
