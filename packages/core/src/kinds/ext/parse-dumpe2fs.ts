import { known, type Parsed, unexpected } from "../../host/probed.js";
import { sortFeatures } from "./features.js";
import { parseJournal } from "./parse-journal.js";
import type { ExtError, ExtSuperblock } from "./superblock.js";
import { type SuperblockLines, superblockLines } from "./superblock-lines.js";

/**
 * Reads what `dumpe2fs -h` prints (e2fsprogs 1.38 to 1.47: lib/e2p/ls.c, lib/e2p/ljs.c, misc/dumpe2fs.c). A line that
 * isn't known is kept in `other`; a line that is known and not as it must be is a failure.
 *
 * @param source the command, for messages
 * @param blkidLabel what blkid says the label is: dumpe2fs prints `<none>` for no label and for the label `<none>`
 */
export function parseDumpe2fs(source: string, text: string, blkidLabel: string | null): Parsed<ExtSuperblock> {
  const names = splitNames(text);
  if (names === null) return { is: "unknown", failure: unexpected(source, firstLine(text), "a superblock") };
  const lines = superblockLines(source, names.rest);
  const label = names.label === "<none>" && blkidLabel !== "<none>" ? null : names.label;
  const superblock: Omit<ExtSuperblock, "other"> = {
    label,
    lastMountedOn: names.lastMountedOn === "<not available>" ? null : names.lastMountedOn,
    ...parseIdentity(lines),
    ...parseSizes(lines),
    ...parseHistory(lines),
    ...parseInodes(lines),
    ...parseExtras(lines),
  };
  const other = lines.rest();
  const failure = lines.failure();
  if (failure !== undefined) return { is: "unknown", failure };
  return known({ ...superblock, other, ...(superblock.features.includes("journal_dev") ? OF_NO_JOURNAL_DEVICE : {}) });
}

/** What stands in the superblock of a journal device for form's sake: it has no inodes, directories or mounts. */
const OF_NO_JOURNAL_DEVICE = {
  directoryHash: null,
  hashSeed: null,
  defaultMountOptions: [],
  flags: [],
  inodeSize: 128,
  requiredExtraIsize: 0,
  desiredExtraIsize: 0,
} as const;

/**
 * The two fields that may hold any byte, a newline too, so they can't be read by lines: a label has 16 bytes at most
 * and so can't hold the next key; the last mount point has 64, fewer than the two lines behind it.
 */
function splitNames(text: string): { label: string; lastMountedOn: string; rest: string } | null {
  const match =
    /^(?:dumpe2fs [^\n]*\n)?Filesystem volume name: {3}(.*?)\nLast mounted on: {10}(.*?)\n(Filesystem UUID: {10}[^\n]*\nFilesystem magic number: .*)$/s.exec(
      text,
    );
  if (match === null) return null;
  const [, label, lastMountedOn, rest] = match;
  return { label: label as string, lastMountedOn: lastMountedOn as string, rest: rest as string };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] as string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parseIdentity(lines: SuperblockLines) {
  const magic = lines.text("Filesystem magic number");
  if (magic !== "0xEF53") lines.fail(`Filesystem magic number: ${magic}`, "0xEF53");
  const state = lines.text("Filesystem state") ?? "";
  const states = /^(not )?clean( with errors)?$/.exec(state);
  if (states === null) lines.fail(`Filesystem state: ${state}`, "clean or not clean, with errors or without");
  return {
    uuid: parseUuid(lines, "Filesystem UUID"),
    revision: lines.required("Filesystem revision #"),
    ...sortFeatures(lines.words("Filesystem features")),
    flags: lines.words("Filesystem flags"),
    defaultMountOptions: lines.words("Default mount options"),
    mountOptions: lines.text("Mount options"),
    clean: states?.[1] === undefined,
    withErrors: states?.[2] !== undefined,
    errorsBehavior: parseErrorsBehavior(lines),
    osType: lines.text("Filesystem OS type") ?? "",
  };
}

function parseUuid(lines: SuperblockLines, key: string): string {
  const uuid = lines.text(key) ?? "";
  // e2p_uuid2str() prints an all-zero UUID as <none>
  if (uuid === "<none>") return "00000000-0000-0000-0000-000000000000";
  if (!UUID.test(uuid)) lines.fail(`${key}: ${uuid}`, "a UUID");
  return uuid;
}

function parseErrorsBehavior(lines: SuperblockLines): ExtSuperblock["errorsBehavior"] {
  const text = lines.text("Errors behavior");
  switch (text) {
    case "Continue":
      return "continue";
    case "Remount read-only":
      return "remount-ro";
    case "Panic":
      return "panic";
    case "Unknown (continue)":
      return "unknown";
    default:
      lines.fail(`Errors behavior: ${text}`, "Continue, Remount read-only or Panic");
      return "unknown";
  }
}

function parseSizes(lines: SuperblockLines) {
  const blockSize = lines.required("Block size");
  const blocksPerGroup = lines.required("Blocks per group");
  return {
    inodeCount: lines.required("Inode count"),
    blockCount: lines.required("Block count"),
    reservedBlocks: lines.required("Reserved block count"),
    overheadClusters: lines.number("Overhead clusters") ?? lines.number("Overhead blocks"),
    freeBlocks: lines.required("Free blocks"),
    freeInodes: lines.required("Free inodes"),
    firstBlock: lines.required("First block"),
    blockSize,
    clusterSize: lines.number("Cluster size") ?? lines.number("Fragment size") ?? blockSize,
    groupDescriptorSize: lines.number("Group descriptor size") ?? 32,
    reservedGdtBlocks: lines.number("Reserved GDT blocks") ?? 0,
    blocksPerGroup,
    clustersPerGroup: lines.number("Clusters per group") ?? lines.number("Fragments per group") ?? blocksPerGroup,
    inodesPerGroup: lines.required("Inodes per group"),
    inodeBlocksPerGroup: lines.required("Inode blocks per group"),
    raidStride: lines.number("RAID stride") ?? 0,
    raidStripeWidth: lines.number("RAID stripe width") ?? 0,
    firstMetaBlockGroup: lines.number("First meta block group") ?? 0,
    flexBlockGroupSize: lines.number("Flex block group size") ?? 1,
  };
}

function parseHistory(lines: SuperblockLines) {
  const lastMounted = lines.text("Last mount time");
  return {
    created: lines.text("Filesystem created"),
    lastMounted: lastMounted === "n/a" ? null : lastMounted,
    lastWritten: lines.text("Last write time"),
    lastChecked: lines.text("Last checked"),
    nextCheck: lines.text("Next check after"),
    mountCount: lines.required("Mount count"),
    maxMountCount: lines.required("Maximum mount count"),
    checkIntervalSeconds: lines.required("Check interval"),
    lifetimeWrites: lines.text("Lifetime writes"),
    errorCount: lines.number("FS Error count") ?? 0,
    firstError: parseError(lines, "First error"),
    lastError: parseError(lines, "Last error"),
  };
}

function parseError(lines: SuperblockLines, which: "First error" | "Last error"): ExtError | null {
  const time = lines.text(`${which} time`);
  const error = {
    function: lines.text(`${which} function`),
    line: lines.number(`${which} line #`),
    inode: lines.number(`${which} inode #`),
    block: lines.number(`${which} block #`),
    error: lines.text(`${which} err`),
  };
  return time === null ? null : { time, ...error };
}

function parseInodes(lines: SuperblockLines) {
  return {
    reservedUid: lines.required("Reserved blocks uid"),
    reservedGid: lines.required("Reserved blocks gid"),
    firstInode: lines.number("First inode") ?? 11,
    inodeSize: lines.number("Inode size") ?? 128,
    requiredExtraIsize: lines.number("Required extra isize") ?? 0,
    desiredExtraIsize: lines.number("Desired extra isize") ?? 0,
    journal: parseJournal(lines, lines.number("Block size") ?? 0),
    firstOrphanInode: lines.number("First orphan inode"),
    orphanFileInode: lines.number("Orphan file inode"),
    directoryHash: lines.text("Default directory hash"),
    hashSeed: lines.text("Directory Hash Seed"),
    ...parseQuotas(lines),
  };
}

function parseQuotas(lines: SuperblockLines) {
  const quotaInodes = {
    user: lines.number("User quota inode"),
    group: lines.number("Group quota inode"),
    project: lines.number("Project quota inode"),
  };
  const quotas = (["user", "group", "project"] as const).filter((type) => quotaInodes[type] !== null);
  return { quotas, quotaInodes };
}

function parseExtras(lines: SuperblockLines) {
  return {
    backupBlockGroups: lines.numbers("Backup block groups"),
    mmp: parseMmp(lines),
    checksumType: lines.text("Checksum type"),
    checksum: lines.text("Checksum"),
    checksumSeed: lines.text("Checksum seed"),
    encryptionSalt: lines.text("Encryption PW Salt"),
    encoding: lines.text("Character encoding"),
    badBlocks: lines.numbers("Bad blocks"),
  };
}

function parseMmp(lines: SuperblockLines): ExtSuperblock["mmp"] {
  const block = lines.number("MMP block number");
  const updateInterval = lines.number("MMP update interval");
  const status = lines.below("MMP_block");
  return block === null ? null : { block, updateInterval: updateInterval ?? 0, status };
}
