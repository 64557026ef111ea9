import { readFile } from "node:fs/promises";
import {
  type ActionHost,
  checkSignature,
  type Layout,
  localActionHost,
  type PlanWithFiles,
  type RecoverySet,
  readRecoverySet,
  renderBmrCommands,
  sshSigner,
  writeRecoverySet,
} from "@bmr/core";
import type { Io } from "./io.js";
import { VERSION } from "./version.js";

/** Which set is to be read. */
export interface SetChoice {
  readonly directory: string;
  /** A public key, or a file of allowed signers, that must have signed it; undefined: nobody need have. */
  readonly trust: string | undefined;
}

/** Reads a recovery set and checks all of it; says where it fell back to the one before a crash. */
export async function openSet(io: Io, { directory, trust }: SetChoice): Promise<RecoverySet> {
  const set = await readRecoverySet(directory);
  if (set.fellBack) io.say(`${directory} was left unfinished by a crash; the set before it is used: ${set.directory}`);
  if (trust !== undefined) await checkSignature(localActionHost(), set, trust);
  return set;
}

/** The recorded layout with the findings of the plan too: among them those that say what won't be as it was. */
export function recordedLayout({ layout, plan }: RecoverySet): Layout {
  return { ...layout, findings: plan.findings };
}

/** Writes the recovery set of a scan, signed where a key is named; the ones before it are kept beside it. */
export async function writeSet(
  directory: string,
  layout: Layout,
  { plan, files }: PlanWithFiles,
  signing: { readonly host: Pick<ActionHost, "exec">; readonly key: string | undefined },
): Promise<void> {
  const contents = {
    layout,
    plan,
    files,
    commands: renderBmrCommands(plan),
    program: await ownProgram(),
    evidence: null,
  };
  const origin = { time: new Date().toISOString(), tool: { name: "bmr", version: VERSION } };
  const { host, key } = signing;
  await writeRecoverySet(directory, contents, key === undefined ? origin : { ...origin, sign: sshSigner(host, key) });
}

/** bmr as one file, where it is running as such: it goes into the set. */
async function ownProgram(): Promise<Uint8Array | null> {
  const path = process.argv[1];
  return path?.endsWith(".cjs") ? await readFile(path) : null;
}
