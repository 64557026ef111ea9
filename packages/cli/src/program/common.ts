import type { ActionHost } from "@bmr/core";
import type { Command } from "commander";
import { type ChosenAdapter, chooseAdapter } from "../adapters.js";
import type { Io, OpenIo } from "../io.js";
import { parsePairs } from "../recovery-request.js";
import type { SetChoice } from "../recovery-set.js";
import { readSettings, type Settings } from "../settings.js";

/** What the commands hand back to the program, and where they get their streams and the machine from. */
export interface Frame {
  readonly openIo: OpenIo;
  /** The machine that is scanned, checked and backed up. */
  readonly openHost: () => ActionHost;
  setExit(code: number): void;
}

/** Flags that every command has. */
interface CommonFlags {
  readonly config?: string;
  readonly trust?: string;
  readonly quiet?: boolean;
  readonly input: boolean;
}

/** Flags that choose the backup product. */
export interface AdapterFlags {
  readonly adapter?: string;
  readonly adapterOption?: readonly string[];
  readonly to?: string;
}

/** Where the recovery set lies unless a flag or the settings say otherwise. */
export const DEFAULT_SET = "/etc/BMR";

/** Where the server's file tree is mounted unless a flag or the settings say otherwise. */
export const DEFAULT_TARGET = "/mnt/a";

/** Adds the flags of {@link AdapterFlags}. */
export function adapterFlags(command: Command): Command {
  return command
    .option("--adapter <name>", "backup adapter: tar, or the path of a module")
    .option("--adapter-option <name=value>", "an option of the adapter (repeatable)", collect, [])
    .option("--to <place>", "where the backup goes: a file, ssh://user@host/path, or - (the adapter's option `to`)");
}

/** Gathers a flag that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** The adapter that flags or settings name; a flag wins over the settings. */
export async function chosenAdapter(settings: Settings, flags: AdapterFlags): Promise<ChosenAdapter | undefined> {
  const name = flags.adapter ?? settings.adapter;
  if (name === undefined) return undefined;
  const own = name === settings.adapter ? (settings.adapterOptions ?? {}) : {};
  const given = parsePairs("--adapter-option", flags.adapterOption ?? []);
  return await chooseAdapter(name, { ...own, ...given, ...(flags.to === undefined ? {} : { to: flags.to }) });
}

/** The streams and settings of a command, by the flags that all commands have. */
export async function opened(
  frame: Frame,
  command: Command,
): Promise<{ readonly io: Io; readonly settings: Settings }> {
  const flags = command.optsWithGlobals<CommonFlags>();
  const io = frame.openIo({ input: flags.input, quiet: flags.quiet === true });
  const settings = await readSettings(flags.config);
  return { io, settings: flags.trust === undefined ? settings : { ...settings, trust: flags.trust } };
}

/** The set that a command works with, by its own flag or the settings, and who must have signed it. */
export function chosenSet(settings: Settings, flags: { readonly set?: string | undefined }): SetChoice {
  return { directory: flags.set ?? settings.set ?? DEFAULT_SET, trust: settings.trust };
}
