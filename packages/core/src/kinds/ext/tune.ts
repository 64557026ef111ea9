import type { NodeId } from "../../layout/ids.js";
import type { Action, PlannedCommand } from "../../plan/step.js";
import type { ExtDetail } from "./detail.js";
import { DEFAULT_MOUNT_OPTIONS, JOURNAL_MODES, SUPERBLOCK_FLAGS } from "./features.js";
import { isSettable } from "./limits.js";
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
      ...["-r", String(superblock.reservedBlocks)],
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
    ...(superblock.inodeSize > 128
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
    ...rootMode(rootDirectory?.mode ?? MKE2FS_ROOT_MODE),
  ];
}

/** The mode that mke2fs gives the root directory. */
const MKE2FS_ROOT_MODE = 0o755;

function rootMode(mode: number): Setting[] {
  if (mode === MKE2FS_ROOT_MODE) return [];
  const octal = mode.toString(8).padStart(4, "0");
  return [
    {
      command: `set_inode_field <2> mode 04${octal}`,
      proof: { argv: ["debugfs", "-R", "stat <2>"], pattern: ` Mode: +0?${octal} ` },
    },
  ];
}

/** The text as an extended regular expression that matches it alone. */
function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
