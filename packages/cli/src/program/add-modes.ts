import { FIX_REFERENCES, type Mode } from "@bmr/core";
import type { Command } from "commander";
import { listStepsCommand, recoveryCommand } from "../commands/recovery.js";
import { parseExisting, parseJobs, parsePairs, type RecoveryRequest, readMapping } from "../recovery-request.js";
import type { Settings } from "../settings.js";
import { collect, DEFAULT_SET, DEFAULT_TARGET, type Frame, opened } from "./common.js";

const MODES: readonly (readonly [Mode, string])[] = [
  ["diskinit", "rebuild the disks: activate, format, partition, LVM, filesystems, swap; then compare"],
  ["mount", "mount the rebuilt filesystems below the target"],
  ["restore", "restore the files from the backup"],
  ["boot", "make initramfs and boot loader anew"],
  ["umount", "let go of everything below the target"],
  ["recover", "all of these, in order"],
];

/** `bmr diskinit`, `mount`, `restore`, `boot`, `umount`, `recover` */
export function addModes(program: Command, frame: Frame): void {
  for (const [mode, description] of MODES) addMode(program, mode, description, frame);
}

/** Formatting waits for the disks and hardly for the processor, so it doesn't depend on how many there are of those. */
const DEFAULT_JOBS = "4";

interface ModeFlags {
  readonly set?: string;
  readonly target?: string;
  readonly map: readonly string[];
  readonly mapFile?: string;
  readonly resize?: boolean;
  readonly fixReferences?: boolean;
  readonly existing: readonly string[];
  readonly acceptSinglePath?: boolean;
  readonly param: readonly string[];
  readonly backup?: string;
  readonly acceptIncomplete?: boolean;
  readonly acceptFindings?: boolean;
  readonly confirm?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly journal?: string;
  readonly jobs: string;
  readonly listSteps?: boolean;
  readonly json?: boolean;
  readonly from?: string;
  readonly redo: readonly string[];
  readonly saveOldLogs?: string;
  readonly anew?: boolean;
  readonly verbose?: boolean;
}

function addMode(program: Command, mode: Mode, description: string, frame: Frame): void {
  program
    .command(mode)
    .description(description)
    .option("--set <dir>", "the recovery set")
    .option("--target <dir>", `where the server's file tree is mounted (default: ${DEFAULT_TARGET})`)
    .option("-n, --dry-run", "print the commands that would run; nothing is changed")
    .option("--map <recorded=here>", "this disk here takes the place of a recorded one (repeatable)", collect, [])
    .option("--map-file <file>", "a file of such lines: OLD = NEW")
    .option("--resize", "fill larger disks, and cut to smaller ones: the last partition, volume and filesystem")
    .option(
      "--fix-references",
      "call the disks in the restored system what they are called here, and show what changes",
    )
    .option("--existing <policy>", "refuse, require-empty or overwrite; DISK=POLICY for one disk", collect, [])
    .option("--accept-single-path", "go on with multipath maps that have fewer paths than were recorded")
    .option("--confirm <hostname>", "the recorded server's name: allows that its disks are erased")
    .option("--yes", "go on without asking; doesn't allow that anything is erased")
    .option("--accept-findings", "go on though not all of the server comes back")
    .option("--backup <place>", "where the backup is now (the choice `backup`)")
    .option("--accept-incomplete", "restore a backup without its completion mark")
    .option("--param <name=value>", "another choice that the plan asks for (repeatable)", collect, [])
    .option("--journal <dir>", "where the run is remembered (default: beside the recovery set)")
    .option("--jobs <n>", "how many steps run side by side at most, where the plan allows it", DEFAULT_JOBS)
    .option("--list-steps", "print the steps with their numbers, and what the journal says of them")
    .option("--json", "with --list-steps: one JSON document")
    .option("--from <step>", "start at this step (number or id); those before it must be done")
    .option("--redo <step>", "do this step (number or id) again though it is done (repeatable)", collect, [])
    .option("--save-old-logs <dir>", "copy the old server's /var/log there before its disks are erased")
    .option("--anew", "don't go on with an earlier run")
    .option("-v, --verbose", "show each command and what it says")
    .action(async (flags: ModeFlags, command: Command) => {
      const { io, settings } = await opened(frame, command);
      const request = await recoveryRequest(mode, flags, settings);
      frame.setExit(
        flags.listSteps === true
          ? await listStepsCommand(io, request, flags.json === true)
          : await recoveryCommand(io, request),
      );
    });
}

async function recoveryRequest(mode: Mode, flags: ModeFlags, settings: Settings): Promise<RecoveryRequest> {
  const set = flags.set ?? settings.set ?? DEFAULT_SET;
  return {
    mode,
    set,
    trust: settings.trust,
    target: flags.target ?? settings.target ?? DEFAULT_TARGET,
    mapping: await readMapping(flags.map, flags.mapFile),
    resize: flags.resize === true,
    existing: parseExisting(flags.existing),
    acceptSinglePath: flags.acceptSinglePath === true,
    params: {
      ...parsePairs("--param", flags.param),
      ...(flags.backup === undefined ? {} : { backup: flags.backup }),
      ...(flags.acceptIncomplete ? { "accept-incomplete": "yes" } : {}),
      ...(flags.fixReferences ? { [FIX_REFERENCES]: "yes" } : {}),
    },
    acceptFindings: flags.acceptFindings === true,
    confirm: flags.confirm,
    yes: flags.yes === true,
    dryRun: flags.dryRun === true,
    journal: flags.journal ?? `${set.replace(/\/+$/, "")}.journal`,
    jobs: parseJobs(flags.jobs),
    redo: flags.redo,
    from: flags.from,
    saveOldLogs: flags.saveOldLogs,
    anew: flags.anew === true,
    verbose: flags.verbose === true,
  };
}
