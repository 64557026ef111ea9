import type { ExtSuperblock } from "./superblock.js";

/** What mke2fs makes of blocks per group when nothing is said; a bigalloc filesystem can have nothing else. */
export function defaultBlocksPerGroup(superblock: ExtSuperblock): number {
  // the counters of a group descriptor have 16 bits, so that 65528 is the most (EXT2_MAX_BLOCKS_PER_GROUP)
  const clusters = Math.min(8 * superblock.blockSize, 65528);
  return clusters * (superblock.clusterSize / superblock.blockSize);
}

/** How many block groups there are. */
export function groupCount({ blockCount, firstBlock, blocksPerGroup }: ExtSuperblock): number {
  return Math.ceil((blockCount - firstBlock) / blocksPerGroup);
}

/** True for a block group with a copy of the superblock and of the descriptors. */
export function hasSuperblock({ features, backupBlockGroups }: ExtSuperblock, group: number): boolean {
  if (features.includes("sparse_super2")) return group === 0 || backupBlockGroups.includes(group);
  if (!features.includes("sparse_super") || group <= 1) return true;
  return [3, 5, 7].some((base) => isPower(base, group));
}

/** How many block groups have a copy of the superblock and of the descriptors. */
export function superblockCopies(superblock: ExtSuperblock): number {
  const { features, backupBlockGroups } = superblock;
  const groups = groupCount(superblock);
  if (features.includes("sparse_super2")) {
    return 1 + new Set(backupBlockGroups.filter((group) => group > 0 && group < groups)).size;
  }
  if (!features.includes("sparse_super")) return groups;
  let copies = Math.min(groups, 2);
  for (const base of [3, 5, 7]) for (let power = base; power < groups; power *= base) copies += 1;
  return copies;
}

function isPower(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}

/** Blocks of group descriptors, without those reserved for growing. */
export function descriptorBlocks(superblock: ExtSuperblock): number {
  return Math.ceil(groupCount(superblock) / descriptorsPerBlock(superblock));
}

function descriptorsPerBlock({ blockSize, groupDescriptorSize }: ExtSuperblock): number {
  return Math.floor(blockSize / groupDescriptorSize);
}

/**
 * How many reserved GDT blocks mke2fs makes by itself: room to grow 1024 times, or to 2^32 blocks
 * (calc_reserved_gdt_blocks() in lib/ext2fs/initialize.c).
 */
export function defaultReservedGdtBlocks(superblock: ExtSuperblock): number {
  const { blockCount, firstBlock, blocksPerGroup, blockSize } = superblock;
  const most = blockCount < 2 ** 22 ? blockCount * 1024 : 2 ** 32 - 1;
  const groups = Math.ceil((most - firstBlock) / blocksPerGroup);
  const reserved = Math.ceil(groups / descriptorsPerBlock(superblock)) - descriptorBlocks(superblock);
  return Math.min(Math.max(reserved, 0), blockSize / 4);
}

/**
 * The value of mke2fs's `-E resize=` that gives the recorded number of reserved GDT blocks; null where there are none.
 * parse_extended_opts() divides it by the blocks of a group and the descriptors of a block, each rounded up, and takes
 * off the blocks that the descriptors need now. Blocks per group are those of `-g` there, or 8 × the block size, with
 * bigalloc too. The least value that does is taken, so that it stays below 2^32.
 */
export function resizeLimit(superblock: ExtSuperblock): number | null {
  const { features, reservedGdtBlocks, blockSize, blockCount } = superblock;
  if (!features.includes("resize_inode") || reservedGdtBlocks === 0) return null;
  const blocksPerGroup = features.includes("bigalloc") ? 8 * blockSize : superblock.blocksPerGroup;
  const perBlock = descriptorsPerBlock(superblock);
  const needed = Math.ceil(Math.ceil(blockCount / blocksPerGroup) / perBlock);
  return ((needed + reservedGdtBlocks - 1) * perBlock + 1) * blocksPerGroup;
}

/** The inodes per group that mke2fs makes of `-N`: as many as fill the blocks of their table, a multiple of 8. */
export function madeInodesPerGroup(superblock: ExtSuperblock): number {
  const { blockSize, inodeSize, inodeCount } = superblock;
  const wanted = Math.ceil(inodeCount / groupCount(superblock));
  const blocks = Math.ceil((wanted * inodeSize) / blockSize);
  return Math.floor((blocks * blockSize) / inodeSize / 8) * 8;
}

/**
 * Blocks of the last group where it is so small that mke2fs leaves it out: with fewer than 50 free blocks beyond its own
 * tables (ext2fs_initialize()). The kernel's resizing allows it. 0 where it stays.
 */
export function droppedLastGroup(superblock: ExtSuperblock): number {
  const { blockCount, firstBlock, blocksPerGroup, inodeBlocksPerGroup, reservedGdtBlocks } = superblock;
  const last = (blockCount - firstBlock) % blocksPerGroup;
  const groups = groupCount(superblock);
  const copy = hasSuperblock(superblock, groups - 1) ? 1 + descriptorBlocks(superblock) + reservedGdtBlocks : 0;
  return groups > 1 && last > 0 && last < 2 + inodeBlocksPerGroup + copy + 50 ? last : 0;
}
