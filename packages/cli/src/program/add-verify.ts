import { type Command, Option } from "commander";
import { verifyCommand } from "../commands/verify.js";
import { readMapping } from "../recovery-request.js";
import { chosenSet, collect, type Frame, opened } from "./common.js";

interface VerifyFlags {
  readonly set?: string;
  readonly json?: boolean;
  readonly when: "diskinit" | "restore";
  readonly map: readonly string[];
  readonly mapFile?: string;
  readonly resize?: boolean;
}

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
    .option("--map <recorded=here>", "as it was given to the recovery (repeatable)", collect, [])
    .option("--map-file <file>", "as it was given to the recovery")
    .option("--resize", "as it was given to the recovery")
    .action(async (flags: VerifyFlags, command: Command) => {
      const { io, settings } = await opened(frame, command);
      const request = {
        set: chosenSet(settings, flags),
        json: flags.json === true,
        when: flags.when,
        mapping: await readMapping(flags.map, flags.mapFile),
        resize: flags.resize === true,
      };
      frame.setExit(await verifyCommand(io, frame.openHost(), request));
    });
}
