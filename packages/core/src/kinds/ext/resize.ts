import { attainable } from "./attainable.js";
import { descriptorBlocks, groupCount } from "./geometry.js";
import type { ExtSuperblock } from "./superblock.js";

/**
 * A superblock for a device of another size, as resize2fs(8) would leave it: the block groups keep their shape, so the
 * inodes go with them; the share of reserved blocks stays; the blocks reserved for growing shrink by what the group
 * descriptors take more, so that it can still become as large as before. Then what mke2fs can make of that.
 */
export function resizedSuperblock(recorded: ExtSuperblock, deviceBytes: number): ExtSuperblock {
  const { blockSize, clusterSize, features } = recorded;
  const unit = Math.max(blockSize, clusterSize);
  const most = features.includes("64bit") ? Number.POSITIVE_INFINITY : 2 ** 32 - 1;
  const blockCount = Math.min(Math.floor(deviceBytes / unit) * (unit / blockSize), most);
  const made = attainable(withBlocks(recorded, blockCount), deviceBytes).superblock;
  if (made.blockCount === blockCount) return made;
  // a last block group that is too small is left out, and all else goes by those that stay
  return attainable(withBlocks(recorded, made.blockCount), deviceBytes).superblock;
}

function withBlocks(recorded: ExtSuperblock, blockCount: number): ExtSuperblock {
  const { reservedBlocks, reservedGdtBlocks, inodesPerGroup, blockCount: was } = recorded;
  const resized = { ...recorded, blockCount };
  const [groups, before] = [groupCount(resized), groupCount(recorded)];
  const more = descriptorBlocks(resized) - descriptorBlocks(recorded);
  return {
    ...resized,
    inodeCount: inodesPerGroup * groups,
    reservedBlocks: Math.floor((reservedBlocks / was) * blockCount),
    reservedGdtBlocks: Math.max(0, Math.min(reservedGdtBlocks - more, recorded.blockSize / 4)),
    backupBlockGroups: backupGroups(recorded.backupBlockGroups, before, groups),
    freeBlocks: Math.max(0, recorded.freeBlocks + blockCount - was),
    freeInodes: Math.max(0, recorded.freeInodes + inodesPerGroup * (groups - before)),
  };
}

/** With `sparse_super2` copies lie in the first group after the one with the superblock, and in the last one. */
function backupGroups(recorded: readonly number[], before: number, groups: number): readonly number[] {
  const moved = recorded.map((group) => (group === before - 1 ? groups - 1 : group));
  return [...new Set(moved)].filter((group) => group > 0 && group < groups);
}

/** The least bytes of a filesystem whose block groups have this shape and in which so much is used. */
export function leastBytes(
  superblock: ExtSuperblock,
  used: { readonly bytes: number; readonly inodes: number },
): number {
  const { blockSize, blocksPerGroup, inodesPerGroup } = superblock;
  const groups = Math.ceil(withMargin(used.inodes) / inodesPerGroup);
  const forInodes = (groups - 1) * blocksPerGroup * blockSize + 1;
  return Math.max(withMargin(used.bytes) + SPARE, forInodes);
}

/** Files take other space when they are written anew, and a server that boots writes: a tenth more, and a bit. */
function withMargin(used: number): number {
  return Math.ceil(used * 1.1);
}

const SPARE = 8 * 2 ** 20;
