import { BmrError } from "@bmr/core";
import type { Command } from "commander";
import { backupCommand } from "../commands/backup.js";
import { type AdapterFlags, adapterFlags, chosenAdapter, chosenSet, type Frame, opened } from "./common.js";

/** `bmr backup` */
export function addBackup(program: Command, frame: Frame): void {
  adapterFlags(
    program
      .command("backup")
      .description("scan anew into the recovery set, then back up all files")
      .option("--set <dir>", "the recovery set to write")
      .option("--work <dir>", "a directory for lists while the backup runs (default: /var/tmp)")
      .option("--accept-loss", "back up though something was lost, or is damaged, since the last set"),
  ).action(async (flags: AdapterFlags & { set?: string; work?: string; acceptLoss?: boolean }, command: Command) => {
    const { io, settings } = await opened(frame, command);
    const chosen = await chosenAdapter(settings, flags);
    if (chosen === undefined) {
      throw new BmrError("usage", 'which backup product? --adapter tar, or "adapter" in /etc/bmr.json');
    }
    frame.setExit(
      await backupCommand(io, frame.openHost(), {
        chosen,
        set: chosenSet(settings, flags),
        work: flags.work ?? "/var/tmp",
        signingKey: settings.signingKey,
        acceptLoss: flags.acceptLoss === true,
      }),
    );
  });
}
