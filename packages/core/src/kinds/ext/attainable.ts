import { isCleanText } from "../../host/bytes.js";
import { DEFAULT_MOUNT_OPTIONS, JOURNAL_MODES } from "./features.js";
import {
  defaultBlocksPerGroup,
  defaultReservedGdtBlocks,
  droppedLastGroup,
  groupCount,
  madeInodesPerGroup,
} from "./geometry.js";
import { attainableJournalBytes } from "./journal-size.js";
import type { ExtSuperblock } from "./superblock.js";

/** What a rebuild can do for a recorded superblock. */
export interface Attainable {
  /** The recorded one, with what can't be had replaced by what comes nearest. */
  readonly superblock: ExtSuperblock;
  /** What was replaced, for people. */
  readonly replaced: readonly string[];
  /** The same as names in the superblock. */
  readonly fields: readonly string[];
}

/** What a rule replaces, and how that is called; null where it has nothing to say. */
type Replacement = readonly [change: Partial<ExtSuperblock>, what: string] | null;
type Rule = (superblock: ExtSuperblock, deviceBytes: number | null) => Replacement;

/**
 * Fits a superblock to what mke2fs, tune2fs and debugfs accept, so that no command is planned that is known to fail
 * when the disks are already empty. A journal device needs none of it.
 */
export function attainable(recorded: ExtSuperblock, deviceBytes: number | null): Attainable {
  const before = asked.get(recorded);
  if (before?.deviceBytes === deviceBytes) return before.answer;
  const answer = fit(recorded, deviceBytes);
  asked.set(recorded, { deviceBytes, answer });
  return answer;
}

/** It is asked for the findings and for the steps. */
const asked = new WeakMap<ExtSuperblock, { readonly deviceBytes: number | null; readonly answer: Attainable }>();

function fit(recorded: ExtSuperblock, deviceBytes: number | null): Attainable {
  const start: Attainable = { superblock: recorded, replaced: [], fields: [] };
  if (recorded.features.includes("journal_dev")) return start;
  return RULES.reduce<Attainable>((before, rule) => {
    const found = rule(before.superblock, deviceBytes);
    if (found === null) return before;
    const [change, what] = found;
    return {
      superblock: { ...before.superblock, ...change },
      replaced: [...before.replaced, what],
      fields: [...before.fields, ...Object.keys(change)],
    };
  }, start);
}

const OS_TYPES: readonly string[] = ["Linux", "Hurd", "Masix", "FreeBSD", "Lites"];
const HASHES: readonly string[] = ["half_md4", "tea", "legacy"];

/** In an order in which each can build on those before it. */
const RULES: readonly Rule[] = [
  ({ osType }) => (OS_TYPES.includes(osType) ? null : [{ osType: "Linux" }, `the OS type ${osType}`]),
  ({ firstInode }) => (firstInode === 11 ? null : [{ firstInode: 11 }, `the first inode ${firstInode}`]),
  ({ directoryHash }) =>
    directoryHash === null || HASHES.includes(directoryHash)
      ? null
      : [{ directoryHash: "half_md4" }, `the directory hash ${directoryHash}`],
  ({ encoding }) =>
    encoding === null || /^utf8(-12\.1)?$/.test(encoding) ? null : [{ encoding: "utf8" }, `the encoding ${encoding}`],
  fitDefaultMountOptions,
  fitFragments,
  fitBlocksPerGroup,
  fitToDevice,
  fitLastGroup,
  fitInodes,
  fitReservedGdtBlocks,
  fitJournal,
  ({ reservedBlocks, blockCount }) =>
    reservedBlocks <= blockCount ? null : [{ reservedBlocks: blockCount }, `${reservedBlocks} reserved blocks`],
];

function fitDefaultMountOptions({ defaultMountOptions }: ExtSuperblock): Replacement {
  const known = [...DEFAULT_MOUNT_OPTIONS, ...JOURNAL_MODES];
  const odd = defaultMountOptions.filter((option) => !known.includes(option));
  if (odd.length === 0) return null;
  const kept = defaultMountOptions.filter((option) => known.includes(option));
  return [{ defaultMountOptions: kept }, `the default mount options ${odd.join(", ")}`];
}

/** Fragments smaller than a block were never implemented; a superblock can claim them. */
function fitFragments({
  features,
  blockSize,
  clusterSize,
  blocksPerGroup,
  clustersPerGroup,
}: ExtSuperblock): Replacement {
  if (features.includes("bigalloc")) return null;
  if (clusterSize === blockSize && clustersPerGroup === blocksPerGroup) return null;
  const change = { clusterSize: blockSize, clustersPerGroup: blocksPerGroup };
  return [change, `fragments of ${clusterSize} bytes, ${clustersPerGroup} in a group`];
}

/** `-g` counts clusters or blocks, depending on the version, where there are clusters. */
function fitBlocksPerGroup(superblock: ExtSuperblock): Replacement {
  const { features, blocksPerGroup } = superblock;
  const usual = defaultBlocksPerGroup(superblock);
  if (!features.includes("bigalloc") || blocksPerGroup === usual) return null;
  return [{ blocksPerGroup: usual }, `${blocksPerGroup} blocks per group`];
}

function fitToDevice({ blockCount, blockSize }: ExtSuperblock, deviceBytes: number | null): Replacement {
  if (deviceBytes === null || blockCount * blockSize <= deviceBytes) return null;
  const fitting = Math.floor(deviceBytes / blockSize);
  return [{ blockCount: fitting }, `${blockCount} blocks, of which ${fitting} fit on the device`];
}

function fitLastGroup(superblock: ExtSuperblock): Replacement {
  const dropped = superblock.features.includes("bigalloc") ? 0 : droppedLastGroup(superblock);
  if (dropped === 0) return null;
  return [
    { blockCount: superblock.blockCount - dropped },
    `a last block group of ${dropped} blocks, too few for mke2fs`,
  ];
}

/** The number of inodes follows from those per group; both stay where there are fewer groups. */
function fitInodes(superblock: ExtSuperblock): Replacement {
  const inodeCount = superblock.inodesPerGroup * groupCount(superblock);
  const fitted = { ...superblock, inodeCount };
  const inodesPerGroup = madeInodesPerGroup(fitted);
  if (inodeCount === superblock.inodeCount && inodesPerGroup === superblock.inodesPerGroup) return null;
  return [{ inodeCount, inodesPerGroup }, `${superblock.inodeCount} inodes, ${superblock.inodesPerGroup} in a group`];
}

/** `-E resize=` can't say 0, and without it mke2fs makes room to grow. */
function fitReservedGdtBlocks(superblock: ExtSuperblock): Replacement {
  const { features, reservedGdtBlocks } = superblock;
  if (!features.includes("resize_inode")) {
    if (reservedGdtBlocks === 0) return null;
    return [{ reservedGdtBlocks: 0 }, `${reservedGdtBlocks} reserved GDT blocks without the feature resize_inode`];
  }
  if (reservedGdtBlocks > 0 || defaultReservedGdtBlocks(superblock) === 0) return null;
  return [{ reservedGdtBlocks: 1 }, "no reserved GDT block left, of which mke2fs makes one at least"];
}

function fitJournal(superblock: ExtSuperblock): Replacement {
  const { journal } = superblock;
  if (journal === null || journal.inode === null || journal.bytes === null) return null;
  const bytes = attainableJournalBytes(superblock, journal.bytes, journal.fastCommitBytes);
  if (bytes === journal.bytes) return null;
  const made = bytes === null ? "the size that mke2fs chooses" : `${bytes} bytes`;
  return [{ journal: { ...journal, bytes } }, `a journal of ${journal.bytes} bytes, which gets ${made}`];
}

/** True for mount options that debugfs can be told: its lines have double quotes only, and no way to escape one. */
export function isSettable(mountOptions: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return isCleanText(mountOptions) && !/["\u0000-\u001f\u007f]/.test(mountOptions);
}
