import type { Command } from "commander";
import { checkCommand } from "../commands/check.js";
import { chosenSet, type Frame, opened } from "./common.js";

/** `bmr check` */
export function addCheck(program: Command, frame: Frame): void {
  program
    .command("check")
    .description("compare the healthy server with its recovery set: has it drifted?")
    .option("--set <dir>", "the recovery set")
    .option("--evidence <file>", "look at a recording instead of this machine")
    .option("--json", "the differences as one JSON document")
    .action(async (flags: { set?: string; evidence?: string; json?: boolean }, command: Command) => {
      const { io, settings } = await opened(frame, command);
      const set = chosenSet(settings, flags);
      const request = { set, evidence: flags.evidence, json: flags.json === true };
      frame.setExit(await checkCommand(io, frame.openHost(), request));
    });
}
