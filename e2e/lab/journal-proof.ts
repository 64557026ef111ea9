import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./error.js";
import type { VmRun } from "./vm.js";

/** One line of bmr's journal, as far as it is read here. */
interface JournalRecord {
  readonly record: "run" | "step" | "end";
  /** ISO 8601. */
  readonly at: string;
  readonly step?: string;
  readonly state?: "started" | "done" | "failed";
  readonly seconds?: number;
}

/** One step as a journal tells it. */
export interface JournalledStep {
  readonly id: string;
  /** How long it took when it came to its end. */
  readonly seconds: number;
}

/** What a journal and a log prove of a recovery that was ended again and again. */
export interface JournalProof {
  /** Each step that was done, in the order in which that was first so. */
  readonly steps: readonly JournalledStep[];
  /** Steps at whose end the run was killed. */
  readonly killedAfter: readonly string[];
  /** How often it was ended while at least one step was at work. */
  readonly killedInside: number;
}

/**
 * Reads journal and log that a recovery has left in its share.
 * @throws {@link LabError} when a step that destroys was begun again after it was done, by the one or by the other.
 */
export function proofOf(run: VmRun): JournalProof {
  const file = join(run.share, "journal", "journal.ndjson");
  const records = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as JournalRecord);
  const plan = JSON.parse(readFileSync(join(run.share, "set", "plan.json"), "utf8")) as {
    readonly steps: readonly { readonly id: string; readonly destroys: readonly string[] }[];
  };
  const destroying = new Set(plan.steps.filter(({ destroys }) => destroys.length > 0).map(({ id }) => id));
  const done = firstDone(records);
  const again = [...begunInJournal(records), ...begunInLog(run)].filter(
    ({ id, at }) => destroying.has(id) && at > (done.get(id)?.at ?? "9"),
  );
  if (again.length > 0)
    throw new LabError(`done twice: ${again.map(({ id, at }) => `${id} at ${at}`).join(", ")}`, file);
  if ([...destroying].some((id) => !done.has(id)))
    throw new LabError("not all steps that destroy are journalled", file);
  return { steps: [...done].map(([id, { seconds }]) => ({ id, seconds })), ...endings(records) };
}

function firstDone(
  records: readonly JournalRecord[],
): ReadonlyMap<string, { readonly at: string; readonly seconds: number }> {
  const done = new Map<string, { at: string; seconds: number }>();
  for (const { step, state, at, seconds } of records) {
    if (step !== undefined && state === "done" && !done.has(step)) done.set(step, { at, seconds: seconds ?? 0 });
  }
  return done;
}

interface Begun {
  readonly id: string;
  readonly at: string;
}

function begunInJournal(records: readonly JournalRecord[]): readonly Begun[] {
  return records.flatMap(({ step, state, at }) =>
    step !== undefined && state === "started" ? [{ id: step, at }] : [],
  );
}

/** The log says `TIME [7/33] STEP begins: …`; it is another witness than the journal. */
function begunInLog(run: VmRun): readonly Begun[] {
  const file = join(run.share, "journal", "run.log");
  const begun = [...readFileSync(file, "utf8").matchAll(/^(\S+) \[\S+\] (\S+) begins: /gm)].map(([, at, id]) => ({
    at: at as string,
    id: id as string,
  }));
  if (begun.length === 0) throw new LabError("the log tells of no step", file);
  return begun;
}

/** A run that was ended from outside has no record of its end: what comes before the next run's head tells where. */
function endings(records: readonly JournalRecord[]): Pick<JournalProof, "killedAfter" | "killedInside"> {
  const killedAfter: string[] = [];
  let killedInside = 0;
  let atWork = new Set<string>();
  for (const [at, record] of records.entries()) {
    if (record.record === "step" && record.state === "started") atWork.add(record.step as string);
    else if (record.record === "step") atWork.delete(record.step as string);
    const before = records[at - 1];
    if (record.record !== "run" || before === undefined || before.record === "end") continue;
    if (atWork.size > 0) killedInside += 1;
    else if (before.record === "step") killedAfter.push(before.step as string);
    atWork = new Set();
  }
  return { killedAfter, killedInside };
}
