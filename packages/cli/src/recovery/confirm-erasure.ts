import { type BoundPlan, confirmationWord, type Erasure, erasuresOf, humanBytes } from "@bmr/core";
import { fold } from "../fold.js";
import type { Io } from "../io.js";

/**
 * Shows what will be erased, disk by disk, and has the recorded host's name typed. What was given as `--confirm` is
 * judged by the core like what is typed; a closed standard input, `--no-input` and time say nothing.
 */
export async function confirmErasure(io: Io, bound: BoundPlan, given: string | undefined): Promise<string | undefined> {
  const erasures = erasuresOf(bound);
  if (erasures.length === 0) return given;
  io.say("These disks will be erased:");
  for (const erasure of erasures) for (const line of describeErasure(erasure)) io.say(fold(line, 6));
  const letGo = bound.preparation.filter((step) => step.destroys.length === 0);
  if (letGo.length > 0) io.say("Before that, what stands on them is let go of:");
  for (const { title } of letGo) io.say(fold(`  ${title}`, 4));
  if (given !== undefined) return given;
  return await io.ask(`Type the name of the server that is rebuilt (${confirmationWord(bound.plan)}) to erase them: `);
}

function describeErasure({
  node,
  path,
  recordedName,
  bytes,
  model,
  serial,
  volumes,
  holds,
  by,
  volume,
}: Erasure): string[] {
  const found = {
    map: "as it was mapped",
    volume: "known by its identity",
    place: volume === "replaced" ? "another volume at its place: it was REPLACED" : "known by its place only",
  }[by];
  const another = by === "map" && volume === "replaced" ? ", another volume than the recorded one" : "";
  const content = holds.length === 0 ? ["nothing is on it, as far as anything here can tell"] : holds;
  return [
    `  ${path}  ${humanBytes(bytes)}${model === null ? "" : `  ${model}`}`,
    `    is ${volumes.length === 0 ? "without an identity of its own" : volumes.join(", ")}${serial === null ? "" : `, serial ${serial}`}`,
    `    takes the place of ${node} (was ${recordedName}), ${found}${another}`,
    ...content.map((line) => `    holds: ${line}`),
  ];
}
