import { type Command, Option } from "commander";
import { showCommand } from "../commands/show.js";
import { chosenSet, type Frame, opened } from "./common.js";

/** `bmr show` */
export function addShow(program: Command, frame: Frame): void {
  program
    .command("show")
    .description("show a recovery set: its tree, commands or picture")
    .option("--set <dir>", "the recovery set")
    .addOption(new Option("--as <form>", "what to show").choices(["tree", "commands", "svg", "json"]).default("tree"))
    .option("--ascii", "draw with ASCII characters only")
    .action(async (flags: { set?: string; as: "tree" | "commands" | "svg" | "json"; ascii?: boolean }, command) => {
      const { io, settings } = await opened(frame, command);
      const ascii = flags.ascii === true || !io.unicode;
      frame.setExit(await showCommand(io, { set: chosenSet(settings, flags), as: flags.as, ascii }));
    });
}
