import type { ToolRequirement } from "@bmr/core";
import type { TarOptions } from "./options.js";
import { placeOf } from "./options.js";

/** busybox' tar and old ones lack these; without them owners come back and half of the rest doesn't. */
const TAR_OPTIONS = [
  "--xattrs-include",
  "--acls",
  "--selinux",
  "--keep-directory-symlink",
  "--delay-directory-restore",
];

const PACKAGES: Readonly<Record<string, string>> = { lz4: "lz4", xz: "xz-utils" };

/** What a restore runs in the rescue system. */
export function restoreTools(options: TarOptions): readonly ToolRequirement[] {
  return tools(options, "rescue", ["tail", "head"]);
}

/** What a backup runs on the server. */
export function backupTools(options: TarOptions): readonly ToolRequirement[] {
  return tools(options, "target", ["dd", "install", "sync"]);
}

function tools(options: TarOptions, where: ToolRequirement["where"], coreutils: readonly string[]): ToolRequirement[] {
  const help = ["tar", "--help"] as const;
  const program = options.compress?.[0];
  return [
    { tool: "tar", where, package: "tar", options: TAR_OPTIONS.map((option) => ({ option, help })) },
    ...coreutils.map((tool) => ({ tool, where, package: "coreutils" })),
    ...(program === undefined ? [] : [{ tool: program, where, package: PACKAGES[program] ?? program }]),
    ...(placeOf(options.to)?.is === "ssh" ? [{ tool: "ssh", where, package: "openssh-client" }] : []),
  ];
}
