import fc from "fast-check";
import { isCleanText } from "../../src/host/bytes.js";
import type { OptionSet } from "./ext-option-sets.js";

const FEATURES = [
  "has_journal",
  "ext_attr",
  "dir_index",
  "resize_inode",
  "sparse_super",
  "large_file",
  "huge_file",
  "dir_nlink",
  "extra_isize",
  "filetype",
  "extent",
  "64bit",
  "flex_bg",
  "uninit_bg",
  "metadata_csum",
  "metadata_csum_seed",
  "large_dir",
  "ea_inode",
  "inline_data",
  "project",
  "orphan_file",
  "sparse_super2",
  "meta_bg",
];

/** At most 16 bytes, without the NUL at which a label ends. */
const labels = fc
  .string({ unit: "binary", maxLength: 16 })
  .map((text) => text.replaceAll("\0", ""))
  .filter((text) => isCleanText(text) && Buffer.byteLength(text) <= 16);

const toggles = fc
  .subarray(FEATURES)
  .chain((changed) =>
    fc
      .array(fc.boolean(), { minLength: changed.length, maxLength: changed.length })
      .map((on) => changed.map((feature, index) => (on[index] ? feature : `^${feature}`)).join(",")),
  );

const tune = fc.record({
  reserved: fc.integer({ min: 0, max: 2000 }),
  uid: fc.integer({ min: 0, max: 65535 }),
  gid: fc.integer({ min: 0, max: 65535 }),
  mounts: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 16000 })),
  seconds: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  errors: fc.constantFrom("continue", "remount-ro", "panic"),
  hash: fc.constantFrom("half_md4", "tea", "legacy"),
  options: fc.subarray(["debug", "bsdgroups", "user_xattr", "acl", "uid16", "nobarrier", "discard", "nodelalloc"]),
});

/** Filesystems of all kinds; some that mke2fs refuses are among them. */
export const optionSets: fc.Arbitrary<OptionSet> = fc
  .record({
    mebibytes: fc.integer({ min: 8, max: 256 }),
    type: fc.constantFrom("ext2", "ext3", "ext4"),
    block: fc.constantFrom(1024, 2048, 4096),
    inode: fc.constantFrom(128, 256, 512, 1024),
    ratio: fc.constantFrom(2048, 4096, 16384, 65536, 1048576),
    features: toggles,
    stride: fc.option(fc.integer({ min: 1, max: 1000 })),
    label: labels,
    tune,
  })
  .map(({ mebibytes, type, block, inode, ratio, features, stride, label, tune: set }) => ({
    name: "random",
    mebibytes,
    mke2fs: [
      ...["-t", type, "-b", String(block), "-I", String(inode), "-i", String(Math.max(ratio, block))],
      ...(features === "" ? [] : ["-O", features]),
      ...(stride === null ? [] : ["-E", `stride=${stride}`]),
      ...["-L", label],
    ],
    tune2fs: [
      [
        ...["-r", String(set.reserved), "-u", String(set.uid), "-g", String(set.gid)],
        ...["-c", String(set.mounts), "-i", `${set.seconds}s`, "-e", set.errors, "-E", `hash_alg=${set.hash}`],
        ...["-o", ["^acl", "^user_xattr", ...set.options].join(",")],
      ],
    ],
  }));
