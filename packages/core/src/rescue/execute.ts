import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { Step } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import { refuseUnconfirmed } from "./confirm.js";
import { type DiskState, diskStates } from "./disk-state.js";
import { runOne } from "./one-step.js";
import { refuseUnpassed } from "./passed.js";
import { type Ended, type ExecuteOptions, type Run, type StepReport, startRun } from "./run.js";
import { schedule } from "./schedule.js";
import { stoppingOf } from "./stopping.js";

/**
 * How a run ended: `refused` before the step at hand did anything (exit code 4), `failed` by a step, `interrupted` by
 * the operator. Steps that aren't in `steps` weren't reached.
 */
export interface RunReport {
  readonly is: "done" | "failed" | "refused" | "interrupted";
  /** In the order in which they ended. */
  readonly steps: readonly StepReport[];
  readonly disks: readonly DiskState[];
  readonly error?: BmrError;
  /** What a listener threw; the run went on without it. */
  readonly listenerError?: unknown;
}

/**
 * Runs steps of a bound plan, side by side where they allow it, else in their order: guards, commands, checks; the
 * journal knows of each step before and after. Starts no more at the first one that doesn't work, lets those at work
 * come to their end, and can be killed anywhere and started again.
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
  const ended = (await refusal(run)) ?? (await runAll(run));
  const is = ended?.is ?? "done";
  await options.journal?.append({ record: "end", at: new Date().toISOString(), outcome: is });
  return {
    is,
    steps: run.reports,
    disks: diskStates(bound, run.history),
    ...(ended === undefined ? {} : { error: ended.error }),
    ...(run.listenerError === undefined ? {} : { listenerError: run.listenerError }),
  };
}

/** Why no step may be done at all. */
async function refusal(run: Run): Promise<Ended | undefined> {
  const { bound, steps, options } = run;
  try {
    refuseUnconfirmed(bound, steps, options.confirmation);
    await refuseUnpassed(run);
    return undefined;
  } catch (error) {
    if (error instanceof BmrError) return { is: "refused", error };
    throw error;
  }
}

async function runAll(run: Run): Promise<Ended | undefined> {
  const { steps, options, reports } = run;
  const stopping = stoppingOf(options, run.emit);
  const mayStart = () => !stopping.isWanted();
  try {
    await schedule(steps, options.jobs ?? 1, (step) => runOne(run, step, stopping), mayStart);
  } finally {
    stopping.release();
  }
  const reached = new Set(reports.map(({ step }) => step));
  const next = steps.find(({ id }) => !reached.has(id));
  return run.ended ?? (next === undefined ? undefined : interruption(next));
}

function interruption({ id }: Step): Ended {
  const message = `stopped before ${id}; the same command goes on from there`;
  return { is: "interrupted", error: new BmrError("interrupted", message, { details: { step: id } }) };
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
