import { type FitChange, humanBytes } from "@bmr/core";
import type { Io } from "../io.js";

/** Says what becomes of each thing on disks of other sizes than the recorded ones, before anything is done. */
export function tellFit(io: Io, changes: readonly FitChange[]): void {
  if (changes.length === 0) return;
  io.say("On these disks, of other sizes than the recorded ones:");
  for (const { node, what, wasBytes, bytes, note } of changes) {
    io.say(`  ${node}  ${what}`);
    const sizes = wasBytes === bytes ? `keeps its ${size(bytes)}` : `was ${size(wasBytes)}, becomes ${size(bytes)}`;
    io.say(`    ${sizes}${note === undefined ? "" : ` (${note})`}`);
  }
}

function size(bytes: number): string {
  return `${humanBytes(bytes)} (${bytes} bytes)`;
}
