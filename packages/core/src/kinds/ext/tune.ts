import type { NodeId } from "../../layout/ids.js";
import type { DirectoryAttributes } from "../../layout/layout.js";
import type { Action, PlannedCommand } from "../../plan/step.js";
import { isSettable } from "./attainable.js";
import type { ExtDetail } from "./detail.js";
import { DEFAULT_MOUNT_OPTIONS, JOURNAL_MODES, SUPERBLOCK_FLAGS } from "./features.js";
import type { ExtSuperblock } from "./superblock.js";

/** The tune2fs that sets what mke2fs can't set, or can only take from its configuration. */
export function tune2fs(superblock: ExtSuperblock, node: NodeId): PlannedCommand {
  const { errorsBehavior, maxMountCount, mmp } = superblock;
  return {
    argv: [
      "tune2fs",
      ...(errorsBehavior === "unknown" ? [] : ["-e", errorsBehavior]),
      ...(isMountCountOfTune2fs(maxMountCount) ? ["-c", String(maxMountCount)] : []),
      ...["-i", `${superblock.checkIntervalSeconds}s`],
      ...(isReserveOfTune2fs(superblock) ? ["-r", String(superblock.reservedBlocks)] : []),
      ...["-u", String(superblock.reservedUid), "-g", String(superblock.reservedGid)],
      ...["-o", defaultMountOptions(superblock.defaultMountOptions)],
      ...[
        "-E",
        [
          // legacy is 0, which dumpe2fs prints with dir_index only
          `hash_alg=${superblock.directoryHash ?? "legacy"}`,
          `stride=${superblock.raidStride}`,
          `stripe_width=${superblock.raidStripeWidth}`,
          ...(mmp === null ? [] : [`mmp_update_interval=${mmp.updateInterval}`]),
        ].join(","),
      ],
      { device: node },
    ],
  };
}

/** tune2fs takes -1 and 1 to 16000; it makes -1 of 0. */
function isMountCountOfTune2fs(count: number): boolean {
  return count === -1 || (count >= 1 && count <= 16000);
}

/** tune2fs reserves half of the blocks at most. */
function isReserveOfTune2fs({ reservedBlocks, blockCount }: ExtSuperblock): boolean {
  return reservedBlocks <= blockCount / 2;
}

/** All options by name, those that are off with `^`. The journal mode is one field, so what is on comes last. */
function defaultMountOptions(on: readonly string[]): string {
  const all = [...JOURNAL_MODES, ...DEFAULT_MOUNT_OPTIONS];
  const off = all.filter((option) => !on.includes(option)).map((option) => `^${option}`);
  return [...off, ...all.filter((option) => on.includes(option))].join(",");
}

/** A field that only debugfs can set, and how dumpe2fs shows that it is set: debugfs exits with 0 when it fails too. */
interface Setting {
  readonly command: string;
  /** An extended regular expression, and the command whose output must have a line that it matches. */
  readonly proof: { readonly argv: readonly [string, ...string[]]; readonly pattern: string } | null;
}

/** What debugfs sets in one run, and the commands that prove it. */
export function debugfs(detail: ExtDetail & { superblock: ExtSuperblock }, node: NodeId): Action[] {
  const settings = settingsOf(detail);
  if (settings.length === 0) return [];
  return [
    {
      do: "exec",
      argv: ["debugfs", "-w", { device: node }],
      stdin: { text: settings.map(({ command }) => `${command}\n`).join("") },
    },
    ...settings.flatMap(({ proof }): Action[] =>
      proof === null
        ? []
        : [
            {
              do: "pipe",
              stages: [{ argv: [...proof.argv, { device: node }] }, { argv: ["grep", "-E", "-e", proof.pattern] }],
            },
          ],
    ),
  ];
}

const HEADER = ["dumpe2fs", "-h"] as const;

function settingsOf({ superblock, rootDirectory }: ExtDetail & { superblock: ExtSuperblock }): Setting[] {
  const field = (name: string, value: string | number, key: string, shown: string | number | null): Setting => ({
    command: `set_super_value ${name} ${value}`,
    proof: shown === null ? null : { argv: HEADER, pattern: `^${key}: +${shown} *$` },
  });
  const flags = superblock.flags.filter((flag) => SUPERBLOCK_FLAGS.has(flag));
  const bits = flags.reduce((sum, flag) => sum + (SUPERBLOCK_FLAGS.get(flag) as number), 0);
  const { hashSeed, maxMountCount, mountOptions, requiredExtraIsize, desiredExtraIsize } = superblock;
  return [
    hashSeed === null
      ? field("hash_seed", "null", "", null)
      : field("hash_seed", hashSeed, "Directory Hash Seed", hashSeed),
    field("flags", bits, "Filesystem flags", bits === 0 ? null : flags.join(" ")),
    // without room for them they mean nothing, but e2fsprogs 1.46 sets them all the same
    ...(superblock.inodeSize > 128 || requiredExtraIsize > 0 || desiredExtraIsize > 0
      ? [
          field("min_extra_isize", requiredExtraIsize, "Required extra isize", requiredExtraIsize || null),
          field("want_extra_isize", desiredExtraIsize, "Desired extra isize", desiredExtraIsize || null),
        ]
      : []),
    ...(superblock.errorsBehavior === "unknown"
      ? [field("errors", 0, "Errors behavior", "Unknown \\(continue\\)")]
      : []),
    ...(isMountCountOfTune2fs(maxMountCount)
      ? []
      : [field("max_mnt_count", maxMountCount, "Maximum mount count", maxMountCount)]),
    ...(mountOptions !== null && isSettable(mountOptions)
      ? [field("mount_opts", `"${mountOptions}"`, "Mount options", escapePattern(mountOptions))]
      : []),
    ...(isReserveOfTune2fs(superblock)
      ? []
      : [field("r_blocks_count", superblock.reservedBlocks, "Reserved block count", superblock.reservedBlocks)]),
    ...rootSettings(rootDirectory ?? MKE2FS_ROOT),
  ];
}

/** What mke2fs gives the root directory when it runs as root. */
const MKE2FS_ROOT: DirectoryAttributes = { mode: 0o755, uid: 0, gid: 0 };

/** `mke2fs -E root_perms` came with 1.47.1 only. */
function rootSettings({ mode, uid, gid }: DirectoryAttributes): Setting[] {
  const octal = mode.toString(8).padStart(4, "0");
  const field = (name: string, value: string | number, pattern: string): Setting => ({
    command: `set_inode_field <2> ${name} ${value}`,
    proof: { argv: ["debugfs", "-c", "-R", "stat <2>"], pattern },
  });
  return [
    ...(mode === MKE2FS_ROOT.mode ? [] : [field("mode", `04${octal}`, ` Mode: +0?${octal} `)]),
    ...(uid === MKE2FS_ROOT.uid ? [] : [field("uid", uid, `^User: +${uid} `)]),
    ...(gid === MKE2FS_ROOT.gid ? [] : [field("gid", gid, ` Group: +${gid} `)]),
  ];
}

/** The text as an extended regular expression that matches it alone. */
function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
