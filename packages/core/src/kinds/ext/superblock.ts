import * as z from "zod";

/** Why and where the kernel last (or first) met an error, as `dumpe2fs -h` prints it. */
export interface ExtError {
  /** As printed: in the machine's local time. */
  readonly time: string;
  readonly function: string | null;
  readonly line: number | null;
  readonly inode: number | null;
  readonly block: number | null;
  readonly error: string | null;
}

/** The journal, internal or on a device of its own. */
export interface ExtJournal {
  /** Inode of an internal journal; null for an external one. */
  readonly inode: number | null;
  /** UUID of the device that holds an external journal. */
  readonly uuid: string | null;
  /** Number of that device as the kernel knew it, `0x0803`: it changes from boot to boot. */
  readonly device: string | null;
  /** Where the superblock keeps a copy of the journal's block numbers: `inode blocks`. */
  readonly backup: string | null;
  /** `journal_64bit`, `journal_checksum_v3` …: set by the kernel when it mounts. */
  readonly features: readonly string[];
  /** Bytes of the whole journal, the fast commit area included; null for an external one, which tells it itself. */
  readonly bytes: number | null;
  /** Bytes of the fast commit area; 0 without the feature `fast_commit`. */
  readonly fastCommitBytes: number;
  /** Blocks of the largest transaction. */
  readonly maxTransactionBlocks: number | null;
  /** First block after the journal's superblock. */
  readonly firstBlock: number | null;
  readonly sequence: string | null;
  /** Block at which replay would begin; 0 when there is nothing to replay. */
  readonly start: number | null;
  readonly checksumType: string | null;
  readonly checksum: string | null;
  /** Of a journal device: UUIDs of the filesystems that use it. */
  readonly users: readonly string[];
  /** Error code that the journal recorded; 0 when there is none. */
  readonly errno: number;
}

/** Multiple mount protection. */
export interface ExtMmp {
  readonly block: number;
  /** Seconds. */
  readonly updateInterval: number;
  /** What the MMP block itself says (node name, sequence …), as printed. */
  readonly status: readonly string[];
}

/**
 * The superblock of an ext2, ext3 or ext4 filesystem, or of an external journal, with everything that `dumpe2fs -h`
 * shows (e2fsprogs, lib/e2p/ls.c and ljs.c). Sizes are bytes where the name doesn't say blocks; times are text as
 * printed, in the machine's local time.
 */
export interface ExtSuperblock {
  /** 16 bytes at most; null for none. */
  readonly label: string | null;
  readonly lastMountedOn: string | null;
  readonly uuid: string;
  /** 0: original format without features; 1: dynamic. */
  readonly revision: number;
  /** What mke2fs can make again, in the order of dumpe2fs. */
  readonly features: readonly string[];
  /** What comes and goes while it is used: `needs_recovery`, `orphan_present`. */
  readonly transientFeatures: readonly string[];
  /** What no mke2fs makes, or what this version doesn't know. */
  readonly unsupportedFeatures: readonly string[];
  /** `signed_directory_hash` or `unsigned_directory_hash` (by architecture), `test_filesystem`. */
  readonly flags: readonly string[];
  /** The default mount options that are switched on; all others are off. */
  readonly defaultMountOptions: readonly string[];
  /** Mount options as text (`tune2fs -E mount_opts=`), 63 bytes at most; null for none. */
  readonly mountOptions: string | null;
  readonly clean: boolean;
  readonly withErrors: boolean;
  /** `unknown`: none of the three that are defined, which the kernel takes for continue. */
  readonly errorsBehavior: "continue" | "remount-ro" | "panic" | "unknown";
  readonly osType: string;
  readonly inodeCount: number;
  readonly blockCount: number;
  readonly reservedBlocks: number;
  readonly overheadClusters: number | null;
  readonly freeBlocks: number;
  readonly freeInodes: number;
  readonly firstBlock: number;
  readonly blockSize: number;
  /** Bytes of an allocation unit: the block size without the feature `bigalloc`. */
  readonly clusterSize: number;
  readonly groupDescriptorSize: number;
  readonly reservedGdtBlocks: number;
  readonly blocksPerGroup: number;
  readonly clustersPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeBlocksPerGroup: number;
  /** Blocks; 0 for none. */
  readonly raidStride: number;
  /** Blocks; 0 for none. */
  readonly raidStripeWidth: number;
  readonly firstMetaBlockGroup: number;
  /** Block groups in one flexible group; 1 for none. */
  readonly flexBlockGroupSize: number;
  readonly created: string | null;
  readonly lastMounted: string | null;
  readonly lastWritten: string | null;
  readonly lastChecked: string | null;
  readonly nextCheck: string | null;
  readonly mountCount: number;
  /** -1: never by count. */
  readonly maxMountCount: number;
  /** 0: never by time. */
  readonly checkIntervalSeconds: number;
  readonly lifetimeWrites: string | null;
  readonly reservedUid: number;
  readonly reservedGid: number;
  readonly firstInode: number;
  readonly inodeSize: number;
  /** Bytes that each inode must have beyond 128; 0 where the inode size is 128. */
  readonly requiredExtraIsize: number;
  readonly desiredExtraIsize: number;
  readonly journal: ExtJournal | null;
  readonly firstOrphanInode: number | null;
  readonly orphanFileInode: number | null;
  /** `half_md4`, `tea`, `legacy`; null for legacy without the feature `dir_index`. */
  readonly directoryHash: string | null;
  readonly hashSeed: string | null;
  /** Groups with a copy of the superblock, with the feature `sparse_super2`. */
  readonly backupBlockGroups: readonly number[];
  readonly errorCount: number;
  readonly firstError: ExtError | null;
  readonly lastError: ExtError | null;
  readonly mmp: ExtMmp | null;
  /** Which quotas are kept, by the inodes below. */
  readonly quotas: readonly ("user" | "group" | "project")[];
  /** Inodes of the hidden quota files; null: that quota is off. */
  readonly quotaInodes: {
    readonly user: number | null;
    readonly group: number | null;
    readonly project: number | null;
  };
  readonly checksumType: string | null;
  readonly checksum: string | null;
  readonly checksumSeed: string | null;
  readonly encryptionSalt: string | null;
  /** Encoding of file names with the feature `casefold`, `utf8-12.1`. */
  readonly encoding: string | null;
  readonly badBlocks: readonly number[];
  /** Lines of dumpe2fs that this version doesn't know, word for word. */
  readonly other: readonly string[];
}

const text = z.string().nullable();
const count = z.int().nonnegative();
const optional = count.nullable();

const ErrorSchema: z.ZodType<ExtError> = z.strictObject({
  time: z.string(),
  function: text,
  line: optional,
  inode: optional,
  block: optional,
  error: text,
});

const JournalSchema: z.ZodType<ExtJournal> = z.strictObject({
  inode: optional,
  uuid: text,
  device: text,
  backup: text,
  features: z.array(z.string()),
  bytes: optional,
  fastCommitBytes: count,
  maxTransactionBlocks: optional,
  firstBlock: optional,
  sequence: text,
  start: optional,
  checksumType: text,
  checksum: text,
  users: z.array(z.string()),
  errno: z.int(),
});

/** Checks a superblock read from a file. */
export const ExtSuperblockSchema: z.ZodType<ExtSuperblock> = z.strictObject({
  label: text,
  lastMountedOn: text,
  uuid: z.string(),
  revision: count,
  features: z.array(z.string()),
  transientFeatures: z.array(z.string()),
  unsupportedFeatures: z.array(z.string()),
  flags: z.array(z.string()),
  defaultMountOptions: z.array(z.string()),
  mountOptions: text,
  clean: z.boolean(),
  withErrors: z.boolean(),
  errorsBehavior: z.enum(["continue", "remount-ro", "panic", "unknown"]),
  osType: z.string(),
  inodeCount: count,
  blockCount: count,
  reservedBlocks: count,
  overheadClusters: optional,
  freeBlocks: count,
  freeInodes: count,
  firstBlock: count,
  blockSize: count,
  clusterSize: count,
  groupDescriptorSize: count,
  reservedGdtBlocks: count,
  blocksPerGroup: count,
  clustersPerGroup: count,
  inodesPerGroup: count,
  inodeBlocksPerGroup: count,
  raidStride: count,
  raidStripeWidth: count,
  firstMetaBlockGroup: count,
  flexBlockGroupSize: count,
  created: text,
  lastMounted: text,
  lastWritten: text,
  lastChecked: text,
  nextCheck: text,
  mountCount: count,
  maxMountCount: z.int(),
  checkIntervalSeconds: count,
  lifetimeWrites: text,
  reservedUid: count,
  reservedGid: count,
  firstInode: count,
  inodeSize: count,
  requiredExtraIsize: count,
  desiredExtraIsize: count,
  journal: JournalSchema.nullable(),
  firstOrphanInode: optional,
  orphanFileInode: optional,
  directoryHash: text,
  hashSeed: text,
  backupBlockGroups: z.array(count),
  errorCount: count,
  firstError: ErrorSchema.nullable(),
  lastError: ErrorSchema.nullable(),
  mmp: z.strictObject({ block: count, updateInterval: count, status: z.array(z.string()) }).nullable(),
  quotas: z.array(z.enum(["user", "group", "project"])),
  quotaInodes: z.strictObject({ user: optional, group: optional, project: optional }),
  checksumType: text,
  checksum: text,
  checksumSeed: text,
  encryptionSalt: text,
  encoding: text,
  badBlocks: z.array(count),
  other: z.array(z.string()),
});
