import type { ProbeHost } from "../host/host.js";
import { type Check, type Step, stepId } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import { evaluate } from "./check.js";
import { isChosen } from "./modes.js";

/**
 * The steps that let go of what bmr holds, last first: filesystems, swap, volume groups, as the plan's steps say how.
 * What isn't held (any more) is left out.
 *
 * @throws BmrError `host-unusable`
 */
export async function letGoSteps(bound: BoundPlan, host: ProbeHost): Promise<readonly Step[]> {
  const held: Step[] = [];
  for (const step of bound.plan.steps) {
    if (isChosen(step, bound.params) && (await isHeld(step, bound, host))) held.unshift(letGoStep(step));
  }
  return held;
}

/** Checks that say that something is held, each by itself: of two mounts, one may be left from a run that failed. */
function holdChecks(step: Step): readonly Check[] {
  return step.done.filter(
    (check) => check.is === "mounted" || check.is === "device" || (check.is === "swap" && check.active),
  );
}

/** True where a step has taken hold of something that it knows how to let go of. */
export async function isHeld(step: Step, bound: BoundPlan, host: ProbeHost): Promise<boolean> {
  if (step.release === undefined) return false;
  const holds = holdChecks(step);
  for (const check of holds) if ((await evaluate(check, bound, host)).holds) return true;
  if (holds.length > 0 || step.done.length === 0) return false;
  for (const check of step.done) if (!(await evaluate(check, bound, host)).holds) return false;
  return true;
}

function letGoStep(step: Step): Step {
  return {
    id: stepId("let-go", step.id),
    title: `Let go: ${step.title}`,
    why: `${step.id} took hold of it`,
    phase: "release",
    run: step.release ?? [],
    after: [],
    destroys: [],
    before: [],
    done: holdChecks(step).flatMap((check): Check[] => {
      if (check.is === "mounted") return [{ is: "not-mounted", at: check.at }];
      return check.is === "swap" ? [{ ...check, active: false }] : [];
    }),
  };
}
