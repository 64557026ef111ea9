import { BmrError, type Mode } from "@bmr/core";
import { Command, CommanderError, Option } from "commander";
import { type ChosenAdapter, chooseAdapter } from "./adapters.js";
import { backupCommand } from "./commands/backup.js";
import { recoveryCommand } from "./commands/recovery.js";
import { scanCommand } from "./commands/scan.js";
import { showCommand } from "./commands/show.js";
import { verifyCommand } from "./commands/verify.js";
import { EXIT, exitOf } from "./exit.js";
import { type Io, terminalIo } from "./io.js";
import { parseExisting, parseMapping, parsePairs, type RecoveryRequest } from "./recovery-request.js";
import { readSettings, type Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** Flags that every command has. */
interface CommonFlags {
  readonly config?: string;
  readonly quiet?: boolean;
  readonly input: boolean;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** Runs bmr with these arguments and gives its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exit: number = EXIT.done;
  const program = buildProgram((code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return tellError(error, argv);
  }
}

function tellError(error: unknown, argv: readonly string[]): number {
  const debug = argv.includes("--debug");
  if (!(error instanceof BmrError)) {
    process.stderr.write(
      `bmr: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.failed;
  }
  if (argv.includes("--json")) {
    const { code, message, details } = error;
    process.stderr.write(`${JSON.stringify({ schemaVersion: 1, error: { code, message, details } })}\n`);
  } else {
    process.stderr.write(`bmr: ${error.message}\n${debug && error.stack ? `${error.stack}\n` : ""}`);
  }
  return exitOf(error);
}

function buildProgram(setExit: (code: number) => void): Command {
  const program = new Command("bmr")
    .description("Bare-metal restore for Linux servers")
    .version(VERSION, "-V, --version")
    .option("-C, --config <file>", "settings of the site (default: /etc/bmr.json, where it exists)")
    .option("-q, --quiet", "nothing on stderr but errors")
    .option("--no-input", "never ask: refuse where an answer would be needed")
    .option("--debug", "show where an error came from")
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText("after", EXAMPLES);
  addScan(program, setExit);
  addShow(program, setExit);
  addBackup(program, setExit);
  for (const [mode, description] of MODES) addMode(program, mode, description, setExit);
  addVerify(program, setExit);
  return program;
}

const EXAMPLES = `
Examples:
  bmr scan                                  look at this machine; nothing is changed
  bmr scan --out /etc/BMR                   write the recovery set
  bmr backup --adapter tar --to /net/x.tar  scan anew, then back up all files with the set among them
  bmr recover --set DIR --from /net/x.tar   in a rescue system: rebuild the disks, restore, make it boot
  bmr recover --set DIR --dry-run           print the commands that would run

Exit codes: 0 done, 1 failed, 2 usage, 3 done but with losses or drift, 4 refused, 5 a tool is missing, 75 locked`;

const MODES: readonly (readonly [Mode, string])[] = [
  ["diskinit", "rebuild the disks: activate, format, partition, LVM, filesystems, swap; then compare"],
  ["mount", "mount the rebuilt filesystems below the target"],
  ["restore", "restore the files from the backup"],
  ["boot", "make initramfs and boot loader anew"],
  ["umount", "let go of everything below the target"],
  ["recover", "all of these, in order"],
];

function addScan(program: Command, setExit: (code: number) => void): void {
  adapterFlags(
    program
      .command("scan")
      .description("look at a server and print its storage as a tree")
      .option("--out <dir>", "write the recovery set into this directory")
      .option("--evidence <file>", "look at a recording instead of this machine")
      .option("--record <file>", "record everything that the machine said")
      .option("--json", "one JSON document: schemaVersion, layout, plan, findings")
      .option("--ascii", "draw with ASCII characters only"),
  ).action(async (flags: ScanFlags, command: Command) => {
    const { io, settings } = await opened(command);
    setExit(
      await scanCommand(io, {
        evidence: flags.evidence,
        record: flags.record,
        out: flags.out,
        json: flags.json === true,
        ascii: flags.ascii === true || !io.unicode,
        chosen: await chosenAdapter(settings, flags),
        setDirectory: settings.set ?? DEFAULT_SET,
      }),
    );
  });
}

interface AdapterFlags {
  readonly adapter?: string;
  readonly adapterOption?: readonly string[];
  readonly to?: string;
}

interface ScanFlags extends AdapterFlags {
  readonly evidence?: string;
  readonly record?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly ascii?: boolean;
}

const DEFAULT_SET = "/etc/BMR";
const DEFAULT_TARGET = "/mnt/a";

function adapterFlags(command: Command): Command {
  return command
    .option("--adapter <name>", "backup adapter: tar, or the path of a module")
    .option("--adapter-option <name=value>", "an option of the adapter (repeatable)", collect, [])
    .option("--to <place>", "where the backup goes: a file, ssh://user@host/path, or - (the adapter's option `to`)");
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** The adapter that flags or settings name; a flag wins over the settings. */
async function chosenAdapter(settings: Settings, flags: AdapterFlags): Promise<ChosenAdapter | undefined> {
  const name = flags.adapter ?? settings.adapter;
  if (name === undefined) return undefined;
  const own = name === settings.adapter ? (settings.adapterOptions ?? {}) : {};
  const given = parsePairs("--adapter-option", flags.adapterOption ?? []);
  return await chooseAdapter(name, { ...own, ...given, ...(flags.to === undefined ? {} : { to: flags.to }) });
}

function addShow(program: Command, setExit: (code: number) => void): void {
  program
    .command("show")
    .description("show a recovery set: its tree, commands or picture")
    .option("--set <dir>", "the recovery set")
    .addOption(new Option("--as <form>", "what to show").choices(["tree", "commands", "svg", "json"]).default("tree"))
    .option("--ascii", "draw with ASCII characters only")
    .action(async (flags: { set?: string; as: "tree" | "commands" | "svg" | "json"; ascii?: boolean }, command) => {
      const { io, settings } = await opened(command);
      const ascii = flags.ascii === true || !io.unicode;
      setExit(await showCommand(io, { set: flags.set ?? settings.set ?? DEFAULT_SET, as: flags.as, ascii }));
    });
}

function addBackup(program: Command, setExit: (code: number) => void): void {
  adapterFlags(
    program
      .command("backup")
      .description("scan anew into the recovery set, then back up all files")
      .option("--set <dir>", "the recovery set to write")
      .option("--work <dir>", "a directory for lists while the backup runs (default: /var/tmp)")
      .option("--accept-losses", "back up though the scan says that something won't come back"),
  ).action(async (flags: AdapterFlags & { set?: string; work?: string; acceptLosses?: boolean }, command: Command) => {
    const { io, settings } = await opened(command);
    const chosen = await chosenAdapter(settings, flags);
    if (chosen === undefined) {
      throw new BmrError("usage", 'which backup product? --adapter tar, or "adapter" in /etc/bmr.json');
    }
    const set = flags.set ?? settings.set ?? DEFAULT_SET;
    setExit(await backupCommand(io, { chosen, set, work: flags.work ?? "/var/tmp" }));
  });
}

function addVerify(program: Command, setExit: (code: number) => void): void {
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
      const { io, settings } = await opened(command);
      const set = flags.set ?? settings.set ?? DEFAULT_SET;
      setExit(await verifyCommand(io, { set, json: flags.json === true, when: flags.when }));
    });
}

interface ModeFlags {
  readonly set?: string;
  readonly target?: string;
  readonly map: readonly string[];
  readonly existing: readonly string[];
  readonly param: readonly string[];
  readonly from?: string;
  readonly acceptIncomplete?: boolean;
  readonly acceptFindings?: boolean;
  readonly confirm?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly journal?: string;
  readonly redo: readonly string[];
  readonly anew?: boolean;
  readonly verbose?: boolean;
}

function addMode(program: Command, mode: Mode, description: string, setExit: (code: number) => void): void {
  program
    .command(mode)
    .description(description)
    .option("--set <dir>", "the recovery set")
    .option("--target <dir>", `where the server's file tree is mounted (default: ${DEFAULT_TARGET})`)
    .option("-n, --dry-run", "print the commands that would run; nothing is changed")
    .option("--map <recorded=here>", "this disk here takes the place of a recorded one (repeatable)", collect, [])
    .option("--existing <policy>", "refuse, require-empty or overwrite; DISK=POLICY for one disk", collect, [])
    .option("--confirm <hostname>", "the recorded server's name: allows that its disks are erased")
    .option("--yes", "go on without asking; doesn't allow that anything is erased")
    .option("--accept-findings", "go on though not all of the server comes back")
    .option("--from <place>", "where the backup is now (the choice `backup`)")
    .option("--accept-incomplete", "restore a backup without its completion mark")
    .option("--param <name=value>", "another choice that the plan asks for (repeatable)", collect, [])
    .option("--journal <dir>", "where the run is remembered (default: beside the recovery set)")
    .option("--anew", "don't go on with an earlier run")
    .option("--redo <step>", "do this step again though it is done (repeatable)", collect, [])
    .option("-v, --verbose", "show each command and what it says")
    .action(async (flags: ModeFlags, command: Command) => {
      const { io, settings } = await opened(command);
      setExit(await recoveryCommand(io, recoveryRequest(mode, flags, settings)));
    });
}

function recoveryRequest(mode: Mode, flags: ModeFlags, settings: Settings): RecoveryRequest {
  const set = flags.set ?? settings.set ?? DEFAULT_SET;
  return {
    mode,
    set,
    target: flags.target ?? settings.target ?? DEFAULT_TARGET,
    mapping: parseMapping(flags.map),
    existing: parseExisting(flags.existing),
    params: {
      ...parsePairs("--param", flags.param),
      ...(flags.from === undefined ? {} : { backup: flags.from }),
      ...(flags.acceptIncomplete ? { "accept-incomplete": "yes" } : {}),
    },
    acceptFindings: flags.acceptFindings === true,
    confirm: flags.confirm,
    yes: flags.yes === true,
    dryRun: flags.dryRun === true,
    journal: flags.journal ?? `${set.replace(/\/+$/, "")}.journal`,
    redo: new Set(flags.redo),
    anew: flags.anew === true,
    verbose: flags.verbose === true,
  };
}

/** The streams and settings of a command, by the flags that all commands have. */
async function opened(command: Command): Promise<{ readonly io: Io; readonly settings: Settings }> {
  const flags = command.optsWithGlobals<CommonFlags>();
  const io = terminalIo({ input: flags.input, quiet: flags.quiet === true });
  return { io, settings: await readSettings(flags.config) };
}
