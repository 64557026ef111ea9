/** One way in which a filesystem can have been made and changed since. */
export interface OptionSet {
  readonly name: string;
  /** Size of the image. @default 64 */
  readonly mebibytes?: number;
  /** Options of mke2fs. */
  readonly mke2fs: readonly string[];
  /** Options of tune2fs, one list for each run. */
  readonly tune2fs?: readonly (readonly string[])[];
  /** Lines for `debugfs -w`. */
  readonly debugfs?: string;
  /** Codes of the findings that the scan must have. @default none */
  readonly findings?: readonly string[];
}

/** A configuration in which everything is as it shouldn't be. */
export const HOSTILE_CONFIG = `
[defaults]
 base_features = sparse_super,filetype,resize_inode,dir_index,ext_attr,metadata_csum
 default_features = mmp,quota
 default_mntopts = debug,nobarrier,journal_data
 enable_periodic_fsck = 1
 fs_type = ext3
 blocksize = 1024
 inode_size = 1024
 inode_ratio = 65536
 reserved_ratio = 17
 errors = panic
 hash_alg = tea
 flex_bg_size = 4
 lazy_itable_init = 0
 lazy_journal_init = 1
 packed_meta_blocks = 1
 journal_location = 0
 num_backup_sb = 0
[fs_types]
 ext2 = {
  features = bigalloc,extent,64bit
  options = stride=5,stripe_width=10,test_fs
  errors = remount-ro
  inode_size = 512
 }
 default = { options = stride=3 }
 small = {
  options = stride=9,stripe_width=18
  inode_ratio = 16384
 }
`;

const BASE = ["-t", "ext4"];

export const OPTION_SETS: readonly OptionSet[] = [
  { name: "ext2 as mke2fs makes it", mke2fs: ["-t", "ext2"] },
  { name: "ext3 as mke2fs makes it", mke2fs: ["-t", "ext3"] },
  { name: "ext4 as mke2fs makes it", mke2fs: BASE },
];
