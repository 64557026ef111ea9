/**
 * What is known of ext features: which ones mke2fs makes (`ok_features` in e2fsprogs' misc/mke2fs.c), since when, and
 * which come and go by themselves.
 */

/** Set and cleared by the kernel and e2fsck while the filesystem lives; nothing to rebuild. */
const TRANSIENT: ReadonlySet<string> = new Set(["needs_recovery", "orphan_present"]);

/** What mke2fs has made since 1.42 (2011) at the latest, which every rescue system has. */
const OLD: readonly string[] = [
  "has_journal",
  "ext_attr",
  "dir_index",
  "resize_inode",
  "filetype",
  "extent",
  "journal_dev",
  "meta_bg",
  "64bit",
  "mmp",
  "flex_bg",
  "sparse_super",
  "large_file",
  "huge_file",
  "uninit_bg",
  "dir_nlink",
  "extra_isize",
  "quota",
  "bigalloc",
];

/**
 * What came with 1.43 (2016) or later, with what else mke2fs wants to be switched on before it accepts it. Whether the
 * rescue system's mke2fs knows it is tried before anything is written.
 */
const NEW: ReadonlyMap<string, readonly string[]> = new Map([
  ["metadata_csum", ["extent"]],
  ["metadata_csum_seed", ["extent", "metadata_csum"]],
  ["sparse_super2", []],
  ["inline_data", ["ext_attr"]],
  ["encrypt", []],
  ["project", []],
  ["ea_inode", ["ext_attr"]],
  ["large_dir", ["dir_index"]],
  ["casefold", []],
  ["verity", ["extent"]],
  ["stable_inodes", []],
  ["fast_commit", ["has_journal"]],
  ["orphan_file", ["has_journal"]],
]);

const MADE: ReadonlySet<string> = new Set([...OLD, ...NEW.keys()]);

/** The features of a superblock, sorted by what a rebuild can do about them. */
export interface SortedFeatures {
  readonly features: readonly string[];
  readonly transientFeatures: readonly string[];
  readonly unsupportedFeatures: readonly string[];
}

/** Sorts the words of `Filesystem features:`. */
export function sortFeatures(words: readonly string[]): SortedFeatures {
  return {
    features: words.filter((word) => MADE.has(word)),
    transientFeatures: words.filter((word) => TRANSIENT.has(word)),
    unsupportedFeatures: words.filter((word) => !MADE.has(word) && !TRANSIENT.has(word)),
  };
}

/** The features of a list that an e2fsprogs older than 1.43 doesn't know, each with what mke2fs wants beside it. */
export function newFeatures(features: readonly string[]): { feature: string; beside: readonly string[] }[] {
  return features.flatMap((feature) => {
    const beside = NEW.get(feature);
    return beside === undefined ? [] : [{ feature, beside }];
  });
}

/** The bits of the default mount options by name (lib/e2p/mntopts.c); `journal_data…` are three values of one field. */
export const DEFAULT_MOUNT_OPTIONS: readonly string[] = [
  "debug",
  "bsdgroups",
  "user_xattr",
  "acl",
  "uid16",
  "nobarrier",
  "block_validity",
  "discard",
  "nodelalloc",
];

/** The values of the journal mode among the default mount options. */
export const JOURNAL_MODES: readonly string[] = ["journal_data", "journal_data_ordered", "journal_data_writeback"];

/** The bits of `s_flags` by the name that dumpe2fs prints (lib/ext2fs/ext2_fs.h, EXT2_FLAGS_…). */
export const SUPERBLOCK_FLAGS: ReadonlyMap<string, number> = new Map([
  ["signed_directory_hash", 1],
  ["unsigned_directory_hash", 2],
  ["test_filesystem", 4],
]);
