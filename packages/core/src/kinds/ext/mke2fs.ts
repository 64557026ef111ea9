import type { NodeId } from "../../layout/ids.js";
import type { Arg } from "../../plan/arg.js";
import type { PlannedCommand } from "../../plan/step.js";
import type { ExtDetail } from "./detail.js";
import { resizeLimit } from "./geometry.js";
import { journalOptions } from "./journal-size.js";
import { isPlainText } from "./plain-text.js";
import type { ExtSuperblock } from "./superblock.js";

/**
 * What keeps mke2fs from taking anything from the rescue system: an empty configuration in place of
 * /etc/mke2fs.conf, and no undo file in its memory.
 */
const MKE2FS_ENVIRONMENT: Readonly<Record<string, string>> = {
  MKE2FS_CONFIG: "/dev/null",
  E2FSPROGS_UNDO_DIR: "none",
};

/**
 * The mke2fs that makes a recorded filesystem again, with every option said that mke2fs 1.42 (2011) has. One `-F` only: it overrides the question
 * whether a whole disk may be used, but a mounted device is still refused.
 *
 * `-t ext2 -T ext2` are the types without a meaning of their own; what makes it ext3 or ext4 are the features.
 *
 * @param journal the node that holds the external journal
 */
export function mke2fs(
  detail: ExtDetail & { superblock: ExtSuperblock },
  node: NodeId,
  journal: NodeId | null,
): PlannedCommand {
  const { superblock } = detail;
  const { features, firstMetaBlockGroup } = superblock;
  const isDynamic = superblock.revision > 0;
  const bigalloc = features.includes("bigalloc");
  return {
    argv: [
      "mke2fs",
      "-q",
      "-F",
      ...["-t", "ext2", "-T", "ext2"],
      ...["-r", String(superblock.revision), "-o", superblock.osType],
      ...["-O", ["none", ...features].join(",")],
      ...["-b", String(superblock.blockSize)],
      ...(bigalloc ? ["-C", String(superblock.clusterSize)] : ["-g", String(superblock.blocksPerGroup)]),
      ...(features.includes("flex_bg") ? ["-G", String(superblock.flexBlockGroupSize)] : []),
      ...(isDynamic ? ["-I", String(superblock.inodeSize)] : []),
      ...["-N", String(superblock.inodeCount), "-m", "0"],
      ...journalOption(superblock, journal),
      ...["-E", extendedOptions(detail).join(",")],
      ...["-U", superblock.uuid],
      ...labelOption(superblock),
      { device: node },
      String(superblock.blockCount),
    ],
    env:
      features.includes("meta_bg") && firstMetaBlockGroup > 0
        ? { ...MKE2FS_ENVIRONMENT, MKE2FS_FIRST_META_BG: String(firstMetaBlockGroup) }
        : MKE2FS_ENVIRONMENT,
  };
}

/** The mke2fs that makes a device for external journals; it has nothing but a size, a UUID and a label. */
export function mke2fsJournal(superblock: ExtSuperblock, node: NodeId): PlannedCommand {
  return {
    argv: [
      "mke2fs",
      "-q",
      "-F",
      ...["-t", "ext2", "-T", "ext2"],
      ...["-O", ["none", ...superblock.features].join(",")],
      ...["-b", String(superblock.blockSize), "-U", superblock.uuid],
      ...labelOption(superblock),
      { device: node },
      String(superblock.blockCount),
    ],
    env: MKE2FS_ENVIRONMENT,
  };
}

function labelOption({ label }: ExtSuperblock): string[] {
  return label !== null && isPlainText(label) ? ["-L", label] : [];
}

function journalOption(superblock: ExtSuperblock, journal: NodeId | null): Arg[] {
  if (journal !== null) return ["-J", { concat: ["device=", { device: journal }] }];
  const options = journalOptions(superblock);
  return options.length === 0 ? [] : ["-J", options.join(",")];
}

function extendedOptions({
  superblock,
  orphanFileBytes,
  strictEncoding,
}: ExtDetail & { superblock: ExtSuperblock }): string[] {
  const has = (feature: string) => superblock.features.includes(feature);
  const resize = resizeLimit(superblock);
  return [
    // before resize, which counts with it
    ...(has("64bit") ? [`desc_size=${superblock.groupDescriptorSize}`] : []),
    ...(resize === null ? [] : [`resize=${resize}`]),
    ...(superblock.raidStride > 0 ? [`stride=${superblock.raidStride}`] : []),
    ...(superblock.raidStripeWidth > 0 ? [`stripe_width=${superblock.raidStripeWidth}`] : []),
    ...(has("sparse_super2") ? [`num_backup_sb=${superblock.backupBlockGroups.length}`] : []),
    ...(has("quota") ? quotaTypes(superblock) : []),
    ...(superblock.encoding === null ? [] : [`encoding=${superblock.encoding}`]),
    ...(strictEncoding === true ? ["encoding_flags=strict"] : []),
    ...(orphanFileBytes === null ? [] : [`orphan_file_size=${orphanFileBytes / superblock.blockSize}`]),
    // inode tables that the descriptors' checksums protect may be zeroed later, by the kernel: that saves hours
    `lazy_itable_init=${has("metadata_csum") || has("uninit_bg") ? 1 : 0}`,
    "lazy_journal_init=0",
    "nodiscard",
  ];
}

/** Which quotas are kept. Those of users and groups, and of projects with their feature, are what mke2fs keeps by itself. */
function quotaTypes({ quotas, features }: ExtSuperblock): string[] {
  const usual = features.includes("project") ? ["user", "group", "project"] : ["user", "group"];
  if (usual.join() === quotas.join()) return [];
  return [`quotatype=${quotas.map((type) => QUOTA_NAMES[type]).join(":")}`];
}

const QUOTA_NAMES = { user: "usrquota", group: "grpquota", project: "prjquota" } as const;
