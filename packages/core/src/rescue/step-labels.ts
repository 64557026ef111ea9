import type { Plan } from "../plan/plan.js";
import type { Step, StepId } from "../plan/step.js";

/** What stands before each line about a step. */
export type StepLabel = (step: Step) => string;

/**
 * `[7/33]`: a step's number in the plan, the same in all modes, and how many the plan has. Steps that are none of the
 * plan's, made of what was found here, have `[+]`; they run alone.
 */
export function stepLabels(plan: Plan): StepLabel {
  const numbers = new Map(plan.steps.map(({ id }, at) => [id, at + 1]));
  return ({ id }) => {
    const number = numbers.get(id);
    return number === undefined ? "[+]" : `[${number}/${plan.steps.length}]`;
  };
}

/** The step that a person names by its number or its id; undefined where the plan has none. */
export function stepNamed(plan: Plan, name: string): StepId | undefined {
  const step = /^\d+$/.test(name) ? plan.steps[Number(name) - 1] : plan.steps.find(({ id }) => id === name);
  return step?.id;
}
