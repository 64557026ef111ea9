import type { Command } from "commander";
import { mapCommand } from "../commands/map.js";
import { chosenSet, type Frame, opened } from "./common.js";

/** `bmr map` */
export function addMap(program: Command, frame: Frame): void {
  program
    .command("map")
    .description("in a rescue system: propose which disk here takes the place of which recorded one")
    .option("--set <dir>", "the recovery set")
    .requiredOption("--suggest", "write proposals, by LUN number, place, size and order; nothing is changed")
    .option("--out <file>", "write them into this new file, for --map-file once they were read and confirmed")
    .option("--backup <place>", "where the backup is: its disk is never proposed")
    .action(async (flags: { set?: string; out?: string; backup?: string }, command: Command) => {
      const { io, settings } = await opened(frame, command);
      const { out, backup } = flags;
      frame.setExit(await mapCommand(io, frame.openHost(), { set: chosenSet(settings, flags), out, backup }));
    });
}
