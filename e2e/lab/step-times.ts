import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./error.js";
import type { VmRun } from "./vm.js";

interface Record {
  readonly at: string;
  readonly step?: string;
  readonly state?: string;
}

/** What the journal of a run says of the time that its steps took, in seconds. */
export interface StepTimes {
  /** From the first step's start to the last one's end. */
  readonly wall: number;
  /** What the steps would have taken one after another. */
  readonly sum: number;
  /** The longest chain of steps that wait for each other: no number of jobs is faster. */
  readonly criticalPath: number;
  /** The most steps that were at work together. */
  readonly together: number;
}

/** Reads journal and plan that a run has left in its share. */
export function stepTimes(run: VmRun): StepTimes {
  const file = join(run.share, "journal", "journal.ndjson");
  const records = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record)
    .filter(({ step }) => step !== undefined);
  const moment = (id: string, state: string): number => {
    const found = records.find(({ step, state: is }) => step === id && is === state);
    if (found === undefined) throw new LabError(`${id} wasn't ${state}`, file);
    return Date.parse(found.at) / 1000;
  };
  const plan = JSON.parse(readFileSync(join(run.share, "set", "plan.json"), "utf8")) as {
    readonly steps: readonly { readonly id: string; readonly after: readonly string[] }[];
  };
  const done = plan.steps.filter(({ id }) => records.some(({ step }) => step === id));
  const seconds = new Map(done.map(({ id }) => [id, moment(id, "done") - moment(id, "started")]));
  const ends = new Map<string, number>();
  for (const { id, after } of done) {
    const begins = Math.max(0, ...after.map((before) => ends.get(before) ?? 0));
    ends.set(id, begins + (seconds.get(id) as number));
  }
  return {
    wall:
      Math.max(...done.map(({ id }) => moment(id, "done"))) - Math.min(...done.map(({ id }) => moment(id, "started"))),
    sum: [...seconds.values()].reduce((total, one) => total + one, 0),
    criticalPath: Math.max(...ends.values()),
    together: mostTogether(records),
  };
}

function mostTogether(records: readonly Record[]): number {
  let [now, most] = [0, 0];
  for (const { state } of records) {
    now += state === "started" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}
