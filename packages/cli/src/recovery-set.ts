import { readFile } from "node:fs/promises";
import {
  BmrError,
  type Layout,
  localSetFileSystem,
  type PlanWithFiles,
  type RecoverySet,
  readRecoverySet,
  renderBmrCommands,
  writeRecoverySet,
} from "@bmr/core";
import type { Io } from "./io.js";
import { VERSION } from "./version.js";

/** Reads a recovery set and checks all of it; says where it fell back to the one before a crash. */
export async function openSet(io: Io, directory: string): Promise<RecoverySet> {
  const set = await readRecoverySet(directory);
  if (set.fellBack) io.say(`${directory} was left unfinished by a crash; the set before it is used: ${set.directory}`);
  return set;
}

/** The same where there may be none yet. One that is there and can't be used is an error all the same. */
export async function openSetIfAny(io: Io, directory: string): Promise<RecoverySet | undefined> {
  try {
    return await openSet(io, directory);
  } catch (error) {
    const isAbsent = (await localSetFileSystem.kind(directory)) === "absent";
    if (isAbsent && error instanceof BmrError && error.code === "set-invalid") return undefined;
    throw error;
  }
}

/** Writes the recovery set of a scan; the ones before it are kept beside it. */
export async function writeSet(
  directory: string,
  layout: Layout,
  { plan, files }: PlanWithFiles,
  evidence: string | null = null,
): Promise<void> {
  const contents = { layout, plan, files, commands: renderBmrCommands(plan), program: await ownProgram(), evidence };
  const origin = { time: new Date().toISOString(), tool: { name: "bmr", version: VERSION } };
  await writeRecoverySet(directory, contents, origin);
}

/** bmr as one file, where it is running as such: it goes into the set. */
async function ownProgram(): Promise<Uint8Array | null> {
  const path = process.argv[1];
  return path?.endsWith(".cjs") ? await readFile(path) : null;
}
