import { BmrError, type BoundPlan, type Plan, type Step, type StepId, stepNamed, stepsBefore } from "@bmr/core";
import type { RecoveryRequest } from "../recovery-request.js";

/** The steps that are named on the command line. */
export interface ChosenSteps {
  readonly redo: ReadonlySet<StepId>;
  /** Those before the one to start from. */
  readonly passed: ReadonlySet<StepId>;
}

/**
 * Finds the steps that `--redo` and `--from` name, by number or id.
 *
 * @param steps what the mode runs
 * @throws BmrError `usage` where there is no such step
 */
export function chosenSteps(bound: BoundPlan, steps: readonly Step[], request: RecoveryRequest): ChosenSteps {
  const redo = new Set(request.redo.map((name) => named("--redo", name, bound)));
  if (request.from === undefined) return { redo, passed: new Set() };
  const first = named("--from", request.from, bound);
  if (!steps.some(({ id }) => id === first)) {
    throw new BmrError("usage", `--from ${request.from}: ${first} isn't one of the steps of ${request.mode}`);
  }
  return { redo, passed: stepsBefore(steps, first) };
}

/**
 * The same before the disks are known, so that a wrong name is said before anything is done.
 *
 * @throws BmrError `usage`
 */
export function checkNames(plan: Plan, request: RecoveryRequest): void {
  if (request.from !== undefined) named("--from", request.from, { plan, preparation: [] });
  for (const name of request.redo) if (/^\d+$/.test(name)) named("--redo", name, { plan, preparation: [] });
}

function named(flag: string, name: string, { plan, preparation }: Pick<BoundPlan, "plan" | "preparation">): StepId {
  const found = stepNamed(plan, name) ?? preparation.find(({ id }) => id === name)?.id;
  if (found !== undefined) return found;
  const hint = flag === "--from" && /^[/.]|:\/\//.test(name) ? "; where the backup is, is said by --backup" : "";
  throw new BmrError("usage", `${flag} ${name}: there is no such step; --list-steps shows all of them${hint}`);
}
