import { BmrError, localActionHost } from "@bmr/core";
import { Command, CommanderError } from "commander";
import { EXIT, exitOf } from "./exit.js";
import type { Io, OpenIo } from "./io.js";
import { addBackup } from "./program/add-backup.js";
import { addCheck } from "./program/add-check.js";
import { addMap } from "./program/add-map.js";
import { addModes } from "./program/add-modes.js";
import { addScan } from "./program/add-scan.js";
import { addShow } from "./program/add-show.js";
import { addVerify } from "./program/add-verify.js";
import type { Frame } from "./program/common.js";
import { VERSION } from "./version.js";

/** Runs bmr with these arguments, on this machine unless another is given, and gives its exit code. */
export async function runProgram(
  argv: readonly string[],
  openIo: OpenIo,
  openHost: Frame["openHost"] = localActionHost,
): Promise<number> {
  let exit: number = EXIT.done;
  const setExit = (code: number) => {
    exit = code;
  };
  const program = buildProgram({ openIo, openHost, setExit });
  const io = openIo({ input: false, quiet: false });
  forEachCommand(program, (command) =>
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.say(text.trimEnd()) }),
  );
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return tellError(error, argv, io);
  }
}

/** Sub-commands inherit these settings only where they are made by the program itself. */
function forEachCommand(program: Command, set: (command: Command) => void): void {
  for (const command of [program, ...program.commands]) set(command);
}

function tellError(error: unknown, argv: readonly string[], io: Io): number {
  if (!(error instanceof BmrError)) {
    io.say(`bmr: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT.failed;
  }
  if (argv.includes("--json")) {
    const { code, message, details } = error;
    io.say(JSON.stringify({ schemaVersion: 1, error: { code, message, details } }));
  } else {
    io.say(`bmr: ${error.message}`);
    if (argv.includes("--debug") && error.stack !== undefined) io.say(error.stack);
  }
  return exitOf(error);
}

function buildProgram(frame: Frame): Command {
  const program = new Command("bmr")
    .description("Bare-metal restore for Linux servers")
    .version(VERSION, "-V, --version")
    .option("-C, --config <file>", "settings of the site (default: /etc/bmr.json, where it exists)")
    .option("--trust <key>", "refuse a recovery set that this SSH public key, or file of allowed signers, didn't sign")
    .option("-q, --quiet", "nothing on stderr but errors")
    .option("--no-input", "never ask: refuse where an answer would be needed")
    .option("--debug", "show where an error came from")
    .showSuggestionAfterError()
    .addHelpText("after", EXAMPLES);
  for (const add of [addScan, addShow, addBackup, addCheck, addMap, addModes, addVerify]) add(program, frame);
  return program;
}

const EXAMPLES = `
Examples:
  bmr scan                                  look at this machine; nothing is changed
  bmr scan --out /etc/BMR                   write the recovery set
  bmr backup --adapter tar --to /net/x.tar  scan anew, then back up all files with the set among them
  bmr check                                 has the server drifted from its recovery set?
  bmr recover --set DIR --backup /net/x.tar in a rescue system: rebuild the disks, restore, make it boot
  bmr recover --set DIR --dry-run           print the commands that would run

Exit codes: 0 done, 1 failed, 2 usage, 3 done but with losses or drift, 4 refused, 5 a tool is missing, 75 locked`;
