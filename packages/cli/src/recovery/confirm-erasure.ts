import { type BoundPlan, confirmationWord, erasuresOf, humanBytes } from "@bmr/core";
import type { Io } from "../io.js";

/**
 * Shows what will be erased, disk by disk, and has the recorded host's name typed. What was given as `--confirm` is
 * judged by the core like what is typed; a closed standard input, `--no-input` and time say nothing.
 */
export async function confirmErasure(io: Io, bound: BoundPlan, given: string | undefined): Promise<string | undefined> {
  const erasures = erasuresOf(bound);
  if (erasures.length === 0) return given;
  io.say("These disks will be erased:");
  for (const { node, path, recordedName, bytes, model, holds, by } of erasures) {
    io.say(`  ${path}  ${humanBytes(bytes)}${model === null ? "" : `  ${model}`}`);
    io.say(`    takes the place of ${node} (was ${recordedName}), found by ${by}`);
    for (const line of holds.length === 0 ? ["nothing is known to be on it"] : holds) io.say(`    holds: ${line}`);
  }
  if (given !== undefined) return given;
  return await io.ask(`Type the name of the server that is rebuilt (${confirmationWord(bound.plan)}) to erase them: `);
}
