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
  /** Size in blocks, where it isn't that of the image. */
  readonly blocks?: number;
  /** Resized to so many blocks since. */
  readonly resizeTo?: number;
  /** Added to the environment of mke2fs. */
  readonly env?: Readonly<Record<string, string>>;
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
 journal_location = 0
 num_backup_sb = 0
[fs_types]
 ext2 = {
  features = bigalloc,extent,64bit
  options = stride=5,stripe_width=10,test_fs
  errors = remount-ro
  inode_size = 512
 }
 default = {
  options = stride=3
 }
 small = {
  options = stride=9,stripe_width=18
  inode_ratio = 16384
 }
`;

/** What mke2fs refuses to read. */
export const BROKEN_CONFIG = `
[fs_types]
 ext2 = { options = stride=3 }
`;

const EXT2 = ["-t", "ext2"];
const EXT3 = ["-t", "ext3"];
const EXT4 = ["-t", "ext4"];

const TYPES: readonly OptionSet[] = [
  { name: "ext2 as mke2fs makes it", mke2fs: EXT2 },
  { name: "ext3 as mke2fs makes it", mke2fs: EXT3 },
  { name: "ext4 as mke2fs makes it", mke2fs: EXT4 },
  { name: "the smallest", mebibytes: 8, mke2fs: EXT4 },
  { name: "a floppy of 1 MiB", mebibytes: 1, mke2fs: EXT2 },
  { name: "ext2 of 512 MiB", mebibytes: 512, mke2fs: EXT2 },
  { name: "ext3 of 1 GiB", mebibytes: 1024, mke2fs: EXT3 },
  { name: "ext4 of 2 GiB", mebibytes: 2048, mke2fs: EXT4 },
  { name: "revision 0", mke2fs: ["-r", "0", "-O", "none", "-b", "4096"] },
  { name: "no features at all", mke2fs: [...EXT2, "-O", "none"] },
  {
    name: "of e2fsprogs 1.42",
    mke2fs: [...EXT4, "-O", "^metadata_csum,^64bit,uninit_bg", "-b", "4096"],
    debugfs: "ssv min_extra_isize 28\nssv want_extra_isize 28\n",
  },
  {
    name: "of an ext3 server of 2006",
    mebibytes: 256,
    mke2fs: [...EXT3, "-I", "128", "-O", "^ext_attr"],
    tune2fs: [["-c", "37", "-i", "180d"]],
  },
];

const SIZES: readonly OptionSet[] = [
  { name: "blocks of 1 KiB", mke2fs: [...EXT4, "-b", "1024"] },
  { name: "blocks of 2 KiB", mke2fs: [...EXT4, "-b", "2048"] },
  { name: "blocks of 4 KiB", mke2fs: [...EXT4, "-b", "4096"] },
  { name: "blocks of 64 KiB", mebibytes: 256, mke2fs: [...EXT4, "-b", "65536", "-O", "^has_journal"] },
  { name: "inodes of 128 bytes", mke2fs: [...EXT4, "-I", "128"] },
  { name: "inodes of 512 bytes", mke2fs: [...EXT4, "-I", "512"] },
  { name: "inodes of 1024 bytes", mke2fs: [...EXT4, "-I", "1024", "-b", "4096"] },
  { name: "an odd number of inodes", mke2fs: [...EXT4, "-N", "12347"] },
  { name: "many inodes", mke2fs: [...EXT4, "-i", "1024"] },
  { name: "few inodes", mebibytes: 512, mke2fs: [...EXT4, "-T", "largefile4"] },
  { name: "smaller than its device", mke2fs: [...EXT4, "-b", "1024"], tune2fs: [], blocks: 30000 },
  { name: "an odd number of blocks", mke2fs: [...EXT4, "-b", "1024"], blocks: 40961 },
  { name: "small groups", mke2fs: [...EXT4, "-b", "1024", "-g", "1024"] },
  { name: "groups of 4096 blocks of 4 KiB", mebibytes: 256, mke2fs: [...EXT2, "-b", "4096", "-g", "4096"] },
  { name: "descriptors of 128 bytes", mke2fs: [...EXT4, "-E", "desc_size=128", "-b", "4096"] },
  { name: "room to grow to 1 TiB", mke2fs: [...EXT4, "-b", "4096", "-E", "resize=268435456"] },
  { name: "room to grow to 200 MiB", mke2fs: [...EXT3, "-b", "1024", "-E", "resize=204800"] },
  { name: "no room to grow", mke2fs: [...EXT4, "-O", "^resize_inode"] },
  { name: "meta_bg", mke2fs: [...EXT4, "-O", "meta_bg,^resize_inode", "-b", "1024"] },
  {
    name: "meta_bg from the first group on",
    mebibytes: 256,
    mke2fs: [...EXT4, "-O", "meta_bg,^resize_inode", "-b", "1024"],
    env: { MKE2FS_FIRST_META_BG: "1" },
  },
  { name: "flexible groups of 64", mebibytes: 512, mke2fs: [...EXT4, "-G", "64", "-b", "1024"] },
  { name: "flexible groups of 1", mke2fs: [...EXT4, "-G", "1"] },
  { name: "no flexible groups", mke2fs: [...EXT4, "-O", "^flex_bg"] },
  { name: "grown", mke2fs: [...EXT4, "-b", "1024"], blocks: 20000, resizeTo: 60000 },
  { name: "shrunk", mke2fs: [...EXT4, "-b", "1024"], resizeTo: 20000 },
  { name: "grown by many groups", mebibytes: 512, mke2fs: [...EXT3, "-b", "1024"], blocks: 9000, resizeTo: 500000 },
];

const FEATURES: readonly OptionSet[] = [
  { name: "no journal", mke2fs: [...EXT4, "-O", "^has_journal"] },
  { name: "a journal of 1 MiB", mke2fs: [...EXT4, "-b", "1024", "-J", "size=1"] },
  { name: "a journal of 7 MiB", mke2fs: [...EXT4, "-J", "size=7"] },
  { name: "a journal of 32 MiB", mebibytes: 256, mke2fs: [...EXT4, "-b", "4096", "-J", "size=32"] },
  { name: "a journal added later", mke2fs: EXT2, tune2fs: [["-j"]] },
  {
    name: "a journal of 5000 blocks",
    mke2fs: [...EXT4, "-b", "1024", "-O", "fast_commit", "-J", "size=4,fast_commit_size=904"],
  },
  { name: "fast_commit", mke2fs: [...EXT4, "-b", "4096", "-O", "fast_commit"] },
  { name: "no checksums", mke2fs: [...EXT4, "-O", "^metadata_csum"] },
  { name: "uninit_bg", mke2fs: [...EXT4, "-O", "^metadata_csum,uninit_bg"] },
  { name: "checksums with their own seed", mke2fs: [...EXT4, "-O", "metadata_csum_seed"] },
  {
    name: "checksums with the seed of an older UUID",
    mke2fs: [...EXT4, "-O", "metadata_csum_seed"],
    tune2fs: [["-U", "0d9ecbc8-6e2a-4b5a-9d2e-0a3ab3d6c3a1"]],
  },
  { name: "32 bit", mke2fs: [...EXT4, "-O", "^64bit"] },
  { name: "no extents", mke2fs: [...EXT4, "-O", "^extent,^64bit,^metadata_csum"] },
  { name: "bigalloc", mebibytes: 256, mke2fs: [...EXT4, "-O", "bigalloc", "-C", "65536", "-b", "4096"] },
  {
    name: "bigalloc with blocks of 1 KiB",
    mebibytes: 128,
    mke2fs: [...EXT4, "-O", "bigalloc", "-C", "16384", "-b", "1024"],
  },
  {
    name: "bigalloc without room to grow",
    mebibytes: 2048,
    mke2fs: [...EXT4, "-O", "bigalloc,^resize_inode", "-C", "32768"],
  },
  { name: "quota", mke2fs: [...EXT4, "-O", "quota"], findings: ["ext/quota-limits"] },
  {
    name: "quota of users",
    mke2fs: [...EXT4, "-O", "quota", "-E", "quotatype=usrquota"],
    findings: ["ext/quota-limits"],
  },
  {
    name: "quota of groups, set later",
    mke2fs: EXT4,
    tune2fs: [
      ["-O", "quota"],
      ["-Q", "^usrquota,grpquota"],
    ],
    findings: ["ext/quota-limits"],
  },
  { name: "quota of projects", mke2fs: [...EXT4, "-O", "quota,project"], findings: ["ext/quota-limits"] },
  { name: "project without quota", mke2fs: [...EXT4, "-O", "project"] },
  {
    name: "quota of projects only",
    mke2fs: [...EXT4, "-O", "quota,project", "-E", "quotatype=prjquota"],
    findings: ["ext/quota-limits"],
  },
  { name: "casefold", mke2fs: [...EXT4, "-O", "casefold"], findings: ["ext/casefold"] },
  {
    name: "casefold, strict",
    mke2fs: [...EXT4, "-O", "casefold", "-E", "encoding=utf8-12.1,encoding_flags=strict"],
    findings: ["ext/casefold"],
  },
  { name: "inline_data", mke2fs: [...EXT4, "-O", "inline_data"] },
  { name: "large_dir and ea_inode", mke2fs: [...EXT4, "-O", "large_dir,ea_inode"] },
  { name: "encrypt", mke2fs: [...EXT4, "-O", "encrypt"], findings: ["ext/encrypt"] },
  { name: "verity and stable_inodes", mke2fs: [...EXT4, "-O", "verity,stable_inodes"], findings: ["ext/verity"] },
  { name: "multiple mount protection", mke2fs: [...EXT4, "-O", "mmp", "-E", "mmp_update_interval=9"] },
  { name: "orphan_file", mke2fs: [...EXT4, "-O", "orphan_file"] },
  {
    name: "orphan_file of 40 blocks",
    mke2fs: [...EXT4, "-b", "4096", "-O", "orphan_file", "-E", "orphan_file_size=40"],
  },
  { name: "sparse_super2", mke2fs: [...EXT4, "-O", "sparse_super2,^sparse_super,^resize_inode", "-b", "1024"] },
  {
    name: "sparse_super2 with one copy",
    mke2fs: [...EXT4, "-O", "sparse_super2,^sparse_super,^resize_inode", "-E", "num_backup_sb=1"],
  },
  {
    name: "sparse_super2 without copies",
    mke2fs: [...EXT4, "-O", "sparse_super2,^sparse_super,^resize_inode", "-E", "num_backup_sb=0"],
  },
  {
    name: "copies of the superblock in every group",
    mke2fs: [...EXT2, "-O", "^sparse_super,^resize_inode", "-b", "1024"],
  },
  { name: "no dir_index", mke2fs: [...EXT3, "-O", "^dir_index"] },
  { name: "RAID", mke2fs: [...EXT4, "-E", "stride=16,stripe_width=64"] },
  { name: "RAID without a stride", mke2fs: EXT4, tune2fs: [["-E", "stripe_width=96"]] },
];

const SETTINGS: readonly OptionSet[] = [
  { name: "nothing reserved", mke2fs: [...EXT4, "-m", "0"] },
  { name: "1179 blocks reserved", mke2fs: EXT4, tune2fs: [["-r", "1179"]] },
  { name: "half of it reserved", mke2fs: [...EXT4, "-m", "50"] },
  { name: "reserved for others", mke2fs: EXT4, tune2fs: [["-u", "99", "-g", "98"]] },
  { name: "reserved for the last ones", mke2fs: EXT4, tune2fs: [["-u", "65535", "-g", "65534"]] },
  { name: "read-only on errors", mke2fs: EXT4, tune2fs: [["-e", "remount-ro"]] },
  { name: "panic on errors", mke2fs: EXT4, tune2fs: [["-e", "panic"]] },
  { name: "no behaviour on errors", mke2fs: EXT2, debugfs: "ssv errors 0\n" },
  { name: "checked after 31 mounts or 100 seconds", mke2fs: EXT4, tune2fs: [["-c", "31", "-i", "100s"]] },
  { name: "checked after 20000 mounts", mke2fs: EXT4, debugfs: "ssv max_mnt_count 20000\n" },
  { name: "checked after 0 mounts", mke2fs: EXT4, debugfs: "ssv max_mnt_count 0\n" },
  { name: "checked after a century", mke2fs: EXT4, tune2fs: [["-i", "4000000000s"]] },
  { name: "mounted 7 times", mke2fs: EXT4, tune2fs: [["-C", "7", "-M", "/srv/a b"]] },
  { name: "no default mount options", mke2fs: EXT4, tune2fs: [["-o", "^acl,^user_xattr"]] },
  { name: "acl off", mke2fs: EXT4, tune2fs: [["-o", "^acl,journal_data_writeback,nodelalloc"]] },
  {
    name: "all default mount options",
    mke2fs: EXT4,
    tune2fs: [
      ["-o", "debug,bsdgroups,user_xattr,acl,uid16,journal_data_ordered,nobarrier,block_validity,discard,nodelalloc"],
    ],
  },
  { name: "data journalled", mke2fs: EXT3, tune2fs: [["-o", "journal_data"]] },
  { name: "mount options as text", mke2fs: EXT4, tune2fs: [["-E", "mount_opts=nodelalloc"]] },
  {
    name: "several mount options as text",
    mke2fs: EXT4,
    debugfs: 'ssv mount_opts "data=ordered,errors=remount-ro,x=(a.b*c) [d]"\n',
  },
  { name: "hashed by tea", mke2fs: EXT3, tune2fs: [["-E", "hash_alg=tea"]] },
  { name: "hashed the old way", mke2fs: EXT3, tune2fs: [["-E", "hash_alg=legacy"]] },
  { name: "hashed as on s390x", mke2fs: EXT4, debugfs: "ssv flags 2\n" },
  { name: "hashed as on nothing", mke2fs: EXT3, debugfs: "ssv flags 0\n" },
  { name: "a test filesystem", mke2fs: [...EXT4, "-E", "test_fs"] },
  { name: "no hash seed", mke2fs: EXT2, debugfs: "ssv hash_seed null\n" },
  { name: "made on the Hurd", mke2fs: [...EXT2, "-o", "Hurd"] },
  { name: "a root directory for all", mke2fs: EXT4, debugfs: "sif <2> mode 041777\n" },
  {
    name: "a root directory of somebody",
    mke2fs: [...EXT4, "-E", "root_owner=1000:1001"],
    debugfs: "sif <2> mode 042750\n",
  },
  { name: "owners beyond 16 bits", mke2fs: [...EXT4, "-E", "root_owner=1000000:70000"] },
];

const LABELS: readonly OptionSet[] = [
  ["plain", "ROOTFS"],
  ["with blanks", " a b  c "],
  ["with quotes", `'"\`'"\``],
  ["with a command", "$(reboot);#"],
  ["with a newline", "a\nb: c\n"],
  ["with a leading dash", "-n"],
  ["two dashes", "--"],
  ["of 16 bytes of UTF-8", "äöüßÄÖÜß"],
  ["that looks like none", "<none>"],
  ["with a backslash", "a\\040b\\"],
  ["with a tab", "a\tb"],
].map(([name, label]) => ({ name: `label ${name}`, mke2fs: [...EXT4, "-L", label as string] }));

/** Their superblock is one for form's sake, of which most comes from the configuration. */
export const JOURNALS: readonly OptionSet[] = [
  { name: "a journal device", mebibytes: 8, mke2fs: ["-O", "journal_dev", "-b", "4096", "-L", "log"] },
  { name: "a journal device with checksums", mebibytes: 8, mke2fs: [...EXT4, "-O", "journal_dev", "-b", "1024"] },
];

export const OPTION_SETS: readonly OptionSet[] = [...TYPES, ...SIZES, ...FEATURES, ...SETTINGS, ...LABELS];
