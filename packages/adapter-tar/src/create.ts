import type { BackupContext, PlannedCommand } from "@bmr/core";
import type { TarOptions } from "./options.js";

/** Blocks of 512 bytes in a record: 256 KiB, so that a tape streams. */
export const RECORD_BLOCKS = 512;

/** Bytes in a record; each archive is a whole number of them. */
export const RECORD_BYTES: number = RECORD_BLOCKS * 512;

/** A line of progress is printed after so many records: 100 MiB. */
const CHECKPOINT_RECORDS = 400;

/** What tar's progress line begins with. */
export const PROGRESS = "bmr-progress";

/** Options by which tar tells how far it is. `%u`: the number of records. */
export const TELL_PROGRESS: readonly string[] = [
  "--totals",
  `--checkpoint=${CHECKPOINT_RECORDS}`,
  `--checkpoint-action=echo=${PROGRESS} %u`,
];

/** What every archive of a backup is written with; the label is for a person who meets the stream. */
export function createOptions(
  context: Pick<BackupContext<unknown>, "layout" | "startedAt">,
  part: string,
  blocks: number = RECORD_BLOCKS,
): readonly [string, ...string[]] {
  const label = `bmr ${context.layout.machine.hostname} ${part} ${context.startedAt}`;
  // names on the command line are names, whatever backslashes they hold
  return ["tar", "-c", "-f", "-", "-b", String(blocks), "--format=posix", `--label=${label}`, "--no-unquote"];
}

/** Everything that a file has beside its content, by number and by name. */
export function attributeOptions(selinux: boolean): readonly string[] {
  // without the include tar takes user.* alone when it extracts, and file capabilities are lost
  return ["--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*", ...(selinux ? ["--selinux"] : [])];
}

/** SELinux labels are kept where the kernel used them. */
export function usesSelinux(context: Pick<BackupContext<unknown>, "layout">): boolean {
  return context.layout.mounts.some((mount) => mount.type === "selinuxfs" && mount.active);
}

/** The stage that compresses, where there is one. */
export function compressStage(options: TarOptions): readonly PlannedCommand[] {
  return options.compress === undefined ? [] : [{ argv: [...options.compress], okExits: [0] }];
}
