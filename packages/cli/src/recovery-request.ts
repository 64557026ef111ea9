import { readFile } from "node:fs/promises";
import {
  BmrError,
  type ExistingPolicies,
  type ExistingPolicy,
  type MapFile,
  type MappingEntry,
  type Mode,
  readMapFile,
} from "@bmr/core";

/** What a recovery mode was asked. */
export interface RecoveryRequest {
  readonly mode: Mode;
  /** The recovery set's directory. */
  readonly set: string;
  /** Who must have signed it: a public key, or a file of allowed signers. */
  readonly trust: string | undefined;
  readonly target: string;
  /** What `--map` and `--map-file` say, and lines of the file that say nothing. */
  readonly mapping: MapFile;
  /** Grow and shrink what is recorded onto disks of other sizes. */
  readonly resize: boolean;
  readonly existing: ExistingPolicies;
  /** Multipath maps with fewer paths than were recorded will do. */
  readonly acceptSinglePath: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly acceptFindings: boolean;
  readonly confirm: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly journal: string;
  /** How many steps are at work together at most. */
  readonly jobs: number;
  /** Steps, by number or id. */
  readonly redo: readonly string[];
  /** The step to start from, by number or id. */
  readonly from: string | undefined;
  /** Where the old server's logs go before its disks are erased. */
  readonly saveOldLogs: string | undefined;
  readonly anew: boolean;
  readonly verbose: boolean;
}

const POLICIES: readonly ExistingPolicy[] = ["refuse", "require-empty", "overwrite"];

/** `--existing=overwrite` for all disks, `--existing=DISK=overwrite` for one. */
export function parseExisting(values: readonly string[]): ExistingPolicies {
  let all: ExistingPolicy = "refuse";
  const disks: Record<string, ExistingPolicy> = {};
  for (const value of values) {
    const at = value.lastIndexOf("=");
    const policy = value.slice(at + 1) as ExistingPolicy;
    if (!POLICIES.includes(policy)) {
      throw new BmrError("usage", `--existing=${value}: the policy is one of ${POLICIES.join(", ")}`);
    }
    if (at === -1) all = policy;
    else disks[value.slice(0, at)] = policy;
  }
  return { all, disks };
}

/** `NAME=VALUE`, any number of them. */
export function parsePairs(flag: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value) => splitPair(flag, value)));
}

/** `--map OLD=NEW`: an id never holds `=`. */
export function parseMapping(values: readonly string[]): MappingEntry[] {
  return values.map((value) => {
    const [from, to] = splitPair("--map", value);
    return { from, to };
  });
}

/** `--jobs N`: more than that many disks and adapters are never busy at once. */
export function parseJobs(value: string): number {
  const jobs = Number(value);
  if (/^\d+$/.test(value) && jobs >= 1 && jobs <= 64) return jobs;
  throw new BmrError("usage", `--jobs ${value}: it must be a number from 1 to 64`);
}

function splitPair(flag: string, value: string): [string, string] {
  const at = value.indexOf("=");
  if (at > 0 && at < value.length - 1) return [value.slice(0, at), value.slice(at + 1)];
  throw new BmrError("usage", `${flag} ${value}: it must look like NAME=VALUE`);
}

/** What `--map` and `--map-file` say together. */
export async function readMapping(values: readonly string[], file: string | undefined): Promise<MapFile> {
  const flags = parseMapping(values);
  if (file === undefined) return { entries: flags, problems: [] };
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new BmrError("usage", `--map-file ${file} can't be read: ${(cause as Error).message}`, { cause });
  }
  const { entries, problems } = readMapFile(text, file);
  return { entries: [...flags, ...entries], problems };
}
