import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { Reason } from "../plan/judge.js";
import type { Step, StepId } from "../plan/step.js";
import { type BoundPlan, bindingDigest } from "./bound-plan.js";
import { refuseUnconfirmed } from "./confirm.js";
import { decide } from "./decide.js";
import { type DiskState, diskStates } from "./disk-state.js";
import type { RunEvent, RunListener } from "./events.js";
import { type History, historyOf, stepDigest } from "./history.js";
import { type Journal, runRecord } from "./journal.js";
import type { StepRecord } from "./journal-record.js";
import { mayRun, runActions, runRelease } from "./run-step.js";

/** How a run is done. */
export interface ExecuteOptions {
  /** Null: nothing is remembered, and nothing is gone on with. */
  readonly journal: Journal | null;
  /** True: what earlier runs in the journal have done doesn't count. @default false */
  readonly anew?: boolean;
  /** What the operator typed to allow that disks are erased; see `confirmationWord`. */
  readonly confirmation?: string | undefined;
  /** Steps that are done again though they are journalled done. */
  readonly redo?: ReadonlySet<StepId>;
  /** Steps that {@link activate} has just done, and that needn't be done again. */
  readonly activated?: ReadonlySet<StepId>;
  readonly onEvent?: RunListener;
  /** The first wish to stop: the step at hand is finished, a restore ended. */
  readonly stop?: AbortSignal;
  /** The second one: the command at hand is ended, whatever it does. */
  readonly kill?: AbortSignal;
}

/** What became of one step. */
export type StepReport =
  | { readonly is: "done"; readonly step: StepId; readonly seconds: number; readonly warnings: readonly Reason[] }
  | { readonly is: "skipped"; readonly step: StepId; readonly why: string }
  | { readonly is: "failed"; readonly step: StepId; readonly error: BmrError };

/**
 * How a run ended: `refused` before the step at hand did anything (exit code 4), `failed` by a step, `interrupted` by
 * the operator. Steps that aren't in `steps` weren't reached.
 */
export interface RunReport {
  readonly is: "done" | "failed" | "refused" | "interrupted";
  readonly steps: readonly StepReport[];
  readonly disks: readonly DiskState[];
  readonly error?: BmrError;
  /** What a listener threw; the run went on without it. */
  readonly listenerError?: unknown;
}

/**
 * Runs steps of a bound plan in their order: guards, commands, checks; the journal knows of each step before and
 * after. Stops at the first one that doesn't work, and can be killed anywhere and started again.
 *
 * @throws BmrError `journal-invalid` where the journal can't be written any more: nothing further was done;
 * `plan-invalid` where the steps aren't in an order in which they can run
 */
export async function execute(
  bound: BoundPlan,
  steps: readonly Step[],
  host: ActionHost,
  options: ExecuteOptions,
): Promise<RunReport> {
  refuseDisorder(steps);
  const run = await startRun(bound, steps, host, options);
  const report = await runAll(run);
  await options.journal?.append({ record: "end", at: now(), outcome: report.is });
  const { listenerError } = run;
  return listenerError === undefined ? report : { ...report, listenerError };
}

const NONE: ReadonlySet<StepId> = new Set();

/** A run as it goes. */
interface Run {
  readonly bound: BoundPlan;
  readonly steps: readonly Step[];
  readonly host: ActionHost;
  readonly options: ExecuteOptions;
  /** What is known of each step, from the journal and from this run. */
  readonly history: Map<StepId, StepRecord>;
  readonly reports: StepReport[];
  emit(event: RunEvent): void;
  listenerError: unknown;
}

async function startRun(
  bound: BoundPlan,
  steps: readonly Step[],
  host: ActionHost,
  options: ExecuteOptions,
): Promise<Run> {
  const earlier: History =
    options.journal === null || options.anew ? new Map() : historyOf(options.journal.records, bindingDigest(bound));
  await options.journal?.append(runRecord(bound, options.anew !== true));
  const run: Run = {
    bound,
    steps,
    host,
    options,
    history: new Map(earlier),
    reports: [],
    listenerError: undefined,
    emit: (event) => {
      if (run.listenerError !== undefined) return;
      try {
        options.onEvent?.(event);
      } catch (error) {
        run.listenerError = error ?? "a listener failed";
      }
    },
  };
  return run;
}

async function runAll(run: Run): Promise<RunReport> {
  const { bound, steps, options } = run;
  try {
    refuseUnconfirmed(bound, steps, options.confirmation);
  } catch (error) {
    return report(run, "refused", error as BmrError);
  }
  for (const [index, step] of steps.entries()) {
    if (isStopped(options)) return report(run, "interrupted", interruption(step));
    const ended = await runOne(run, step, index + 1);
    if (ended !== undefined) return ended;
  }
  return report(run, "done");
}

/** One step; what it returns ends the run. */
async function runOne(run: Run, step: Step, number: number): Promise<RunReport | undefined> {
  const { bound, host, history, options } = run;
  try {
    const order = [...bound.preparation, ...bound.plan.steps];
    const [redo, activated] = [options.redo ?? NONE, options.activated ?? NONE];
    const decision = await decide(step, { bound, history, order, redo, activated }, host);
    if (decision.is === "refuse") throw undone(step, decision.why);
    if (decision.is === "skip") {
      run.reports.push({ is: "skipped", step: step.id, why: decision.why });
      run.emit({ is: "step-skipped", step, why: decision.why });
      return undefined;
    }
    run.emit({ is: "step-started", step, number, of: run.steps.length });
    if (decision.letGo) await runRelease(bound, { step, host, emit: run.emit, end: new AbortController().signal });
    await mayRun(step, bound, host);
  } catch (error) {
    return failed(run, step, asBmrError(error), "refused");
  }
  await remember(run, step, { state: "started" });
  return perform(run, step);
}

async function perform(run: Run, step: Step): Promise<RunReport | undefined> {
  const began = Date.now();
  const ending = endOf(run, step);
  try {
    const { reasons } = await runActions(run.bound, { step, host: run.host, emit: run.emit, end: ending.signal });
    const seconds = (Date.now() - began) / 1000;
    await remember(run, step, { state: "done", seconds });
    run.reports.push({ is: "done", step: step.id, seconds, warnings: reasons });
    run.emit({ is: "step-done", step, seconds, warnings: reasons });
    return undefined;
  } catch (error) {
    const known = asBmrError(error);
    if (known.code === "journal-invalid") throw known;
    await remember(run, step, { state: "failed", why: known.message });
    return failed(run, step, known, ending.signal.aborted ? "interrupted" : "failed");
  } finally {
    ending.release();
  }
}

/** The signal that ends the command at hand: at once for a restore, at the second wish for all else. */
function endOf(run: Run, step: Step): { readonly signal: AbortSignal; release(): void } {
  const { stop, kill } = run.options;
  const end = new AbortController();
  const endsAtOnce = step.phase === "restore";
  const onStop = () => {
    run.emit({ is: "stopping", step, ends: endsAtOnce });
    if (endsAtOnce) end.abort();
  };
  const onKill = () => end.abort();
  stop?.addEventListener("abort", onStop);
  kill?.addEventListener("abort", onKill);
  if (kill?.aborted) end.abort();
  return {
    signal: end.signal,
    release: () => {
      stop?.removeEventListener("abort", onStop);
      kill?.removeEventListener("abort", onKill);
    },
  };
}

async function remember(run: Run, step: Step, what: Pick<StepRecord, "state" | "why" | "seconds">): Promise<void> {
  const record: StepRecord = { record: "step", at: now(), step: step.id, digest: stepDigest(step, run.bound), ...what };
  await run.options.journal?.append(record);
  run.history.set(step.id, record);
}

function failed(run: Run, step: Step, error: BmrError, is: RunReport["is"]): RunReport {
  run.reports.push({ is: "failed", step: step.id, error });
  run.emit({ is: "step-failed", step, error });
  return report(run, is, error);
}

function report(run: Run, is: RunReport["is"], error?: BmrError): RunReport {
  const disks = diskStates(run.bound, run.history);
  return { is, steps: run.reports, disks, ...(error === undefined ? {} : { error }) };
}

function isStopped({ stop, kill }: ExecuteOptions): boolean {
  return stop?.aborted === true || kill?.aborted === true;
}

function interruption(step: Step): BmrError {
  return new BmrError("interrupted", `stopped before ${step.id}; the same command goes on from there`, {
    details: { step: step.id },
  });
}

function undone(step: Step, why: string): BmrError {
  return new BmrError(
    "guard-refused",
    `${step.id} was done, and isn't any more: ${why}. It destroys, so it is done again only with --redo ${step.id}`,
    { details: { step: step.id, why } },
  );
}

/** The order of the steps must be one in which each comes after those that it waits for. */
function refuseDisorder(steps: readonly Step[]): void {
  const position = new Map(steps.map((step, at) => [step.id, at]));
  for (const [at, step] of steps.entries()) {
    const late = step.after.find((id) => (position.get(id) ?? -1) > at);
    if (late === undefined) continue;
    throw new BmrError("plan-invalid", `${step.id} waits for ${late}, which comes after it`, {
      details: { step: step.id, after: late },
    });
  }
}

function asBmrError(error: unknown): BmrError {
  if (error instanceof BmrError) return error;
  return new BmrError("step-failed", error instanceof Error ? error.message : String(error), { cause: error });
}

function now(): string {
  return new Date().toISOString();
}
