import type { Plan } from "../plan/plan.js";
import type { Phase, Step } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import type { Mode } from "./mode.js";

const PHASES_OF: Readonly<Record<Mode, readonly Phase[]>> = {
  diskinit: ["activate", "format", "partition", "assemble", "make"],
  mount: ["activate", "assemble", "mount"],
  restore: ["restore"],
  boot: ["boot"],
  umount: ["release"],
  recover: ["activate", "format", "partition", "assemble", "make", "mount", "restore", "boot"],
};

/**
 * The steps that a mode runs, in the plan's order. `mount` only takes hold of what is there, so a step that destroys
 * is none of its. What `umount` lets go of is in `letGoSteps`.
 */
export function stepsOf(plan: Plan, mode: Mode): readonly Step[] {
  const phases = PHASES_OF[mode];
  return plan.steps.filter((step) => phases.includes(step.phase) && (mode !== "mount" || step.destroys.length === 0));
}

/** True for a step that is to run by the choices of the day. One that isn't counts as done for the others. */
export function isChosen(step: Step, params: Readonly<Record<string, string>>): boolean {
  return step.when === undefined || params[step.when.param] === step.when.equals;
}

/**
 * All that a bound plan's mode runs, in order: what makes devices appear, what prepares the disks, then the steps that
 * are chosen.
 */
export function stepsToRun(bound: BoundPlan): readonly Step[] {
  const steps = stepsOf(bound.plan, bound.mode).filter((step) => isChosen(step, bound.params));
  const first = steps.findIndex((step) => step.phase !== "activate");
  const at = first === -1 ? steps.length : first;
  return [...steps.slice(0, at), ...bound.preparation, ...steps.slice(at)];
}
