import { type Command, Option } from "commander";
import { verifyCommand } from "../commands/verify.js";
import { chosenSet, type Frame, opened } from "./common.js";

/** `bmr verify` */
export function addVerify(program: Command, frame: Frame): void {
  program
    .command("verify")
    .description("compare this machine with a recovery set, field by field")
    .option("--set <dir>", "the recovery set")
    .option("--json", "the differences as one JSON document")
    .addOption(
      new Option("--when <moment>", "what must hold: the rebuilt disks, or the restored server")
        .choices(["diskinit", "restore"])
        .default("restore"),
    )
    .action(async (flags: { set?: string; json?: boolean; when: "diskinit" | "restore" }, command: Command) => {
      const { io, settings } = await opened(frame, command);
      const set = chosenSet(settings, flags);
      frame.setExit(await verifyCommand(io, frame.openHost(), { set, json: flags.json === true, when: flags.when }));
    });
}
