import { descriptorBlocks, groupCount, superblockCopies } from "./geometry.js";
import type { ExtSuperblock } from "./superblock.js";

const MEBIBYTE = 1024 * 1024;

/** A journal has at least so many blocks. */
const LEAST_BLOCKS = 1024;

/** The options of `mke2fs -J` that give an internal journal its size; empty where mke2fs finds it by itself. */
export function journalOptions({ journal, blockSize, blockCount }: ExtSuperblock): readonly string[] {
  if (journal === null || journal.inode === null || journal.bytes === null) return [];
  const { bytes, fastCommitBytes } = journal;
  // Filesystems below 32768 blocks get 1024 blocks from every version, also where -J size refuses so much.
  if (bytes === LEAST_BLOCKS * blockSize && blockCount < 32768) return [];
  const fastCommit = fastCommitBytes > 0 ? [`fast_commit_size=${fastCommitBytes / 1024}`] : [];
  return [`size=${(bytes - fastCommitBytes) / MEBIBYTE}`, ...fastCommit];
}

/**
 * The bytes that an internal journal can be made with: whole MiB beside the fast commit area, at most half of what is
 * free (figure_journal_size() in misc/util.c). Null where mke2fs has to choose.
 */
export function attainableJournalBytes(
  superblock: ExtSuperblock,
  bytes: number,
  fastCommitBytes: number,
): number | null {
  const { blockSize, blockCount } = superblock;
  if (bytes === LEAST_BLOCKS * blockSize && blockCount < 32768) return bytes;
  const wanted = Math.ceil((bytes - fastCommitBytes) / MEBIBYTE);
  const allowed = Math.floor(((blocksWithoutJournal(superblock) / 2) * blockSize - fastCommitBytes) / MEBIBYTE);
  const mebibytes = Math.min(wanted, allowed);
  if (mebibytes * MEBIBYTE < LEAST_BLOCKS * blockSize) return null;
  return mebibytes * MEBIBYTE + fastCommitBytes;
}

/** Free blocks of a new filesystem before it gets its journal, rather too few than too many. */
function blocksWithoutJournal(superblock: ExtSuperblock): number {
  const { blockCount, inodeBlocksPerGroup, reservedGdtBlocks, clusterSize, blockSize } = superblock;
  const groups = groupCount(superblock);
  const descriptors = superblockCopies(superblock) * (1 + descriptorBlocks(superblock) + reservedGdtBlocks);
  // two bitmaps for each group; the root directory, lost+found, the blocks of the resize inode
  return blockCount - descriptors - groups * (2 + inodeBlocksPerGroup) - 64 * (clusterSize / blockSize);
}
