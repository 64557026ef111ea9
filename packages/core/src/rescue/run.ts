import type { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { Reason } from "../plan/judge.js";
import type { Step, StepId } from "../plan/step.js";
import { type BoundPlan, bindingDigest } from "./bound-plan.js";
import type { RunEvent, RunListener } from "./events.js";
import { historyOf, stepDigest } from "./history.js";
import { type Journal, runRecord } from "./journal.js";
import type { StepRecord } from "./journal-record.js";

/** How a run is done. */
export interface ExecuteOptions {
  /** Null: nothing is remembered, and nothing is gone on with. */
  readonly journal: Journal | null;
  /** How many steps are at work together at most, where the plan allows it. @default 1 */
  readonly jobs?: number;
  /** True: what earlier runs in the journal have done doesn't count. @default false */
  readonly anew?: boolean;
  /** What the operator typed to allow that disks are erased; see `confirmationWord`. */
  readonly confirmation?: string | undefined;
  /** Steps that are done again though they are journalled done. */
  readonly redo?: ReadonlySet<StepId>;
  /** Steps that aren't to be done: they are journalled done, or their checks hold, or the run is refused. */
  readonly passed?: ReadonlySet<StepId>;
  /** Steps that {@link activate} has just done, and that needn't be done again. */
  readonly activated?: ReadonlySet<StepId>;
  readonly onEvent?: RunListener;
  /** The first wish to stop: the steps at work are finished, a restore ended. */
  readonly stop?: AbortSignal;
  /** The second one: the commands at work are ended, whatever they do. */
  readonly kill?: AbortSignal;
}

/** What became of one step. */
export type StepReport =
  | { readonly is: "done"; readonly step: StepId; readonly seconds: number; readonly warnings: readonly Reason[] }
  | { readonly is: "skipped"; readonly step: StepId; readonly why: string }
  | { readonly is: "failed"; readonly step: StepId; readonly error: BmrError };

/** What ends a run before all of its steps are done. */
export interface Ended {
  readonly is: "failed" | "refused" | "interrupted";
  readonly error: BmrError;
}

/** A run as it goes. */
export interface Run {
  readonly bound: BoundPlan;
  readonly steps: readonly Step[];
  readonly host: ActionHost;
  readonly options: ExecuteOptions;
  /** What is known of each step, from the journal and from this run. */
  readonly history: Map<StepId, StepRecord>;
  /** In the order in which the steps ended. */
  readonly reports: StepReport[];
  /** The first that ended it; others at work go on to their own end. */
  ended: Ended | undefined;
  emit(event: RunEvent): void;
  listenerError: unknown;
}

/** Begins a run: the journal says so. */
export async function startRun(
  bound: BoundPlan,
  steps: readonly Step[],
  host: ActionHost,
  options: ExecuteOptions,
): Promise<Run> {
  const { journal, anew } = options;
  const earlier = journal === null || anew ? new Map() : historyOf(journal.records, bindingDigest(bound));
  await journal?.append(runRecord(bound, anew !== true));
  const run: Run = {
    bound,
    steps,
    host,
    options,
    history: new Map(earlier),
    reports: [],
    ended: undefined,
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

/** Has the journal know what becomes of a step, on the disk, before anything else happens to it. */
export async function remember(
  run: Run,
  step: Step,
  what: Pick<StepRecord, "state" | "why" | "seconds">,
): Promise<void> {
  const record: StepRecord = {
    record: "step",
    at: new Date().toISOString(),
    step: step.id,
    digest: stepDigest(step, run.bound),
    ...what,
  };
  await run.options.journal?.append(record);
  run.history.set(step.id, record);
}
