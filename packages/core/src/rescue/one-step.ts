import { BmrError } from "../error.js";
import type { Step, StepId } from "../plan/step.js";
import { decide } from "./decide.js";
import { type Ended, type Run, remember } from "./run.js";
import { mayRun, runActions, runRelease } from "./run-step.js";
import type { Stopping } from "./stopping.js";

const NONE: ReadonlySet<StepId> = new Set();

/**
 * One step: decided on, guarded, done, checked, journalled before and after.
 *
 * @returns false where the run can't go on after it
 * @throws BmrError `journal-invalid`
 */
export async function runOne(run: Run, step: Step, stopping: Stopping): Promise<boolean> {
  const { bound, host, history, options } = run;
  try {
    const { redo = NONE, activated = NONE, passed = NONE } = options;
    const order = [...bound.preparation, ...bound.plan.steps];
    const decision = await decide(step, { bound, history, order, redo, activated, passed }, host);
    if (decision.is === "refuse") throw refused(step, decision.why);
    if (decision.is === "skip") {
      run.reports.push({ is: "skipped", step: step.id, why: decision.why });
      run.emit({ is: "step-skipped", step, why: decision.why });
      return true;
    }
    run.emit({ is: "step-started", step });
    if (decision.letGo) await runRelease(bound, { step, host, emit: run.emit, end: new AbortController().signal });
    await mayRun(step, bound, host);
  } catch (error) {
    return failed(run, step, "refused", asBmrError(error));
  }
  await remember(run, step, { state: "started" });
  return perform(run, step, stopping);
}

async function perform(run: Run, step: Step, stopping: Stopping): Promise<boolean> {
  const began = performance.now();
  const { signal, release } = stopping.begin(step);
  try {
    const { reasons } = await runActions(run.bound, { step, host: run.host, emit: run.emit, end: signal });
    const seconds = (performance.now() - began) / 1000;
    await remember(run, step, { state: "done", seconds });
    run.reports.push({ is: "done", step: step.id, seconds, warnings: reasons });
    run.emit({ is: "step-done", step, seconds, warnings: reasons });
    return true;
  } catch (error) {
    const known = asBmrError(error);
    if (known.code === "journal-invalid") throw known;
    await remember(run, step, { state: "failed", why: known.message });
    return failed(run, step, signal.aborted ? "interrupted" : "failed", known);
  } finally {
    release();
  }
}

function failed(run: Run, step: Step, is: Ended["is"], error: BmrError): false {
  run.reports.push({ is: "failed", step: step.id, error });
  run.emit({ is: "step-failed", step, error });
  run.ended ??= { is, error };
  return false;
}

function refused(step: Step, why: string): BmrError {
  return new BmrError("guard-refused", `${step.id} ${why}`, { details: { step: step.id, why } });
}

function asBmrError(error: unknown): BmrError {
  if (error instanceof BmrError) return error;
  return new BmrError("step-failed", error instanceof Error ? error.message : String(error), { cause: error });
}
