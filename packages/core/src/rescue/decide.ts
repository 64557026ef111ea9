import type { ProbeHost } from "../host/host.js";
import type { Phase, Step, StepId } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import { firstFailing } from "./check.js";
import { type History, stepDigest } from "./history.js";
import { notSeenDone } from "./passed.js";
import { isHeld } from "./release.js";

/** What is to become of a step in this run. */
export type Decision =
  /** `letGo`: an earlier run was stopped in the middle of it, so what it holds is let go of first. */
  | { readonly is: "run"; readonly letGo: boolean }
  | { readonly is: "skip"; readonly why: string }
  /** It was done, isn't any more, and destroys: only the operator may say that it is done again. Or it had to be done. */
  | { readonly is: "refuse"; readonly why: string };

/** What a decision depends on beside the machine. */
export interface DecisionContext {
  readonly bound: BoundPlan;
  /** What the run that is gone on with did. */
  readonly history: History;
  /** All steps of the plan and of this run, in their order. */
  readonly order: readonly Step[];
  /** Steps that the operator wants done again. */
  readonly redo: ReadonlySet<StepId>;
  /** Steps before the one that the operator starts from: they must be done. */
  readonly passed: ReadonlySet<StepId>;
  /** Steps that were done a moment ago, before the disks were looked for: see `activate`. */
  readonly activated: ReadonlySet<StepId>;
}

const RUN: Decision = { is: "run", letGo: false };

/** Steps that take hold of what is there: where their checks hold there is nothing left to do. */
const TAKES_HOLD: readonly Phase[] = ["activate", "assemble", "mount", "release"];

/**
 * Decides whether a step runs, is skipped, or stops the run. A step that destroys and is journalled done never runs
 * again by itself.
 *
 * @param host null in a dry run where the checks can't be looked at yet, because a step that comes first is still to run
 * @throws BmrError `host-unusable`
 */
export async function decide(step: Step, context: DecisionContext, host: ProbeHost | null): Promise<Decision> {
  const { bound, history, redo, passed, activated } = context;
  if (activated.has(step.id)) return skipped("done a moment ago");
  const before = history.get(step.id);
  const isDone = before?.state === "done" && before.digest === stepDigest(step, bound);
  const wasStopped = before !== undefined && before.state !== "done";
  if (redo.has(step.id)) return runAgain(step, bound, host);
  if (passed.has(step.id) && !isDone) return pass(step, context, host);
  if (wasStopped) return runAgain(step, bound, host);
  if (step.destroys.length === 0) return decideHarmless(step, isDone, bound, host);
  if (before === undefined) return RUN;
  const later = supersededBy(step, context);
  if (!isDone) return undone(step, "the plan or a choice has changed since");
  if (later !== undefined) return skipped(`done before, and ${later} has built on it`);
  if (host === null) return skipped("done before, which is checked when its turn comes");
  const failing = await firstFailing(step.done, bound, host);
  return failing === undefined ? skipped("done before") : undone(step, failing.found);
}

function undone({ id }: Step, why: string): Decision {
  const advice = `It destroys, so it is done again only with --redo ${id}`;
  return { is: "refuse", why: `was done, and isn't any more: ${why}. ${advice}` };
}

/** It isn't to be done, and the journal doesn't have it as done. */
async function pass(step: Step, { bound, history }: DecisionContext, host: ProbeHost | null): Promise<Decision> {
  if (host === null) return skipped("comes before the step to start from; whether it is done is seen in its turn");
  const found = await notSeenDone(step, history.get(step.id), bound, host);
  if (found === undefined) return skipped("it is so already");
  return { is: "refuse", why: `comes before the step to start from, and isn't done: ${found}` };
}

/** Nobody knows how far it came, so it runs from its beginning. */
async function runAgain(step: Step, bound: BoundPlan, host: ProbeHost | null): Promise<Decision> {
  if (step.release === undefined) return RUN;
  return { is: "run", letGo: host === null || (await isHeld(step, bound, host)) };
}

async function decideHarmless(
  step: Step,
  isDone: boolean,
  bound: BoundPlan,
  host: ProbeHost | null,
): Promise<Decision> {
  const takesHold = TAKES_HOLD.includes(step.phase) || step.release !== undefined;
  // a restore says by its outcome whether it worked, and hardly by a check; it takes hours
  if (step.done.length === 0) return isDone && step.phase === "restore" ? skipped("done before") : RUN;
  if (host === null || (!isDone && !takesHold)) return RUN;
  const failing = await firstFailing(step.done, bound, host);
  return failing === undefined ? skipped(isDone ? "done before" : "it is so already") : RUN;
}

function skipped(why: string): Decision {
  return { is: "skip", why };
}

/** A later step that destroys the same again, and that was begun: what the earlier one left isn't there any more by right. */
function supersededBy(step: Step, { order, history }: DecisionContext): StepId | undefined {
  const at = order.findIndex((other) => other.id === step.id);
  return order
    .slice(at + 1)
    .find((other) => history.has(other.id) && other.destroys.some((node) => step.destroys.includes(node)))?.id;
}
