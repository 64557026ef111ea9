import type { StepId } from "../plan/step.js";
import type { RunListener } from "./events.js";

/** Numbers and counts the commands of one program's runs, and those that failed. Has to hear each event first. */
export interface Tally {
  readonly listen: RunListener;
  /** How many were started; the commands of a pipe count as one. */
  commands(): number;
  /** How many failed, each try counted. */
  failures(): number;
  /** How many messages were known to be harmless. */
  harmless(): number;
  /** The number of the command that a step is at, or was at last; from 1. */
  commandOf(step: StepId): number;
}

/** Starts counting at 0. */
export function createTally(): Tally {
  const numbers = new Map<StepId, number>();
  let commands = 0;
  let failures = 0;
  let harmless = 0;
  return {
    listen: (event) => {
      if (event.is === "command") numbers.set(event.step.id, ++commands);
      if (event.is === "command-ended" && event.failed) failures += 1;
      if (event.is === "line" && event.harmless !== undefined) harmless += 1;
    },
    commands: () => commands,
    failures: () => failures,
    harmless: () => harmless,
    commandOf: (step) => numbers.get(step) ?? 0,
  };
}
