import { BmrError } from "@bmr/core";
import type { Command } from "commander";
import { backupCommand } from "../commands/backup.js";
import { type AdapterFlags, adapterFlags, chosenAdapter, DEFAULT_SET, type Frame, opened } from "./common.js";

/** `bmr backup` */
export function addBackup(program: Command, frame: Frame): void {
  adapterFlags(
    program
      .command("backup")
      .description("scan anew into the recovery set, then back up all files")
      .option("--set <dir>", "the recovery set to write")
      .option("--work <dir>", "a directory for lists while the backup runs (default: /var/tmp)")
      .option("--accept-losses", "back up though the scan says that something won't come back"),
  ).action(async (flags: AdapterFlags & { set?: string; work?: string; acceptLosses?: boolean }, command: Command) => {
    const { io, settings } = await opened(frame, command);
    const chosen = await chosenAdapter(settings, flags);
    if (chosen === undefined) {
      throw new BmrError("usage", 'which backup product? --adapter tar, or "adapter" in /etc/bmr.json');
    }
    const set = flags.set ?? settings.set ?? DEFAULT_SET;
    frame.setExit(await backupCommand(io, { chosen, set, work: flags.work ?? "/var/tmp" }));
  });
}
