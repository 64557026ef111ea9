import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { NodeId } from "../layout/ids.js";
import { digest } from "../plan/build.js";
import type { Plan } from "../plan/plan.js";
import type { Step, StepId } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import type { RunListener } from "./events.js";
import { execute } from "./execute.js";
import { type Locator, mapLocator } from "./locators.js";
import { isChosen } from "./modes.js";
import { chooseParams } from "./params.js";
import type { Renaming } from "./renaming.js";
import type { StepReport } from "./run.js";

/** What a plan's arguments are filled in with before its disks are known. */
export interface UnboundOptions {
  readonly target: string;
  readonly setDirectory: string;
  readonly params: Readonly<Record<string, string>>;
  /** What the disks that were mapped are called, so that multipath takes them in. */
  readonly renaming?: Renaming | undefined;
}

/** Where and how the devices of a plan are made to appear. */
export interface ActivateOptions extends UnboundOptions {
  readonly onEvent?: RunListener;
  readonly stop?: AbortSignal;
}

/**
 * Makes the plan's devices appear (multipath maps, on IBM Z channel devices and LUNs), before anything is bound, and
 * without destroying anything. What doesn't appear is noted and left: resolve lists it. Probe again afterwards.
 *
 * @throws BmrError `plan-invalid` where such a step would destroy something
 */
export async function activate(plan: Plan, host: ActionHost, options: ActivateOptions): Promise<readonly StepReport[]> {
  return runUnbound(plan, activationSteps(plan, options), host, options);
}

/** The steps that make the plan's devices appear. */
export function activationSteps(plan: Plan, options: UnboundOptions): readonly Step[] {
  const { params } = unboundPlan(plan, options);
  return plan.steps.filter((step) => step.phase === "activate" && isChosen(step, params));
}

/**
 * Runs harmless steps before any disk is bound: what doesn't work is noted and left, with all that waits for it.
 *
 * @throws BmrError `plan-invalid` where one of them would destroy something
 */
export async function runUnbound(
  plan: Plan,
  steps: readonly Step[],
  host: ActionHost,
  options: ActivateOptions,
): Promise<readonly StepReport[]> {
  const bound = unboundPlan(plan, options);
  const destroying = steps.find((step) => step.destroys.length > 0);
  if (destroying !== undefined) {
    throw new BmrError("plan-invalid", `${destroying.id} would destroy something, before any disk is bound`, {
      details: { step: destroying.id },
    });
  }
  const reports: StepReport[] = [];
  const failed = new Set<StepId>();
  for (const step of steps) {
    const missing = step.after.find((id) => failed.has(id));
    if (missing !== undefined) {
      failed.add(step.id);
      reports.push({ is: "skipped", step: step.id, why: `${missing} has failed` });
      continue;
    }
    const { onEvent, stop } = options;
    const run = await execute(bound, [{ ...step, after: [] }], host, {
      journal: null,
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(stop === undefined ? {} : { stop }),
    });
    reports.push(...run.steps);
    if (run.is === "interrupted") break;
    if (run.is !== "done") failed.add(step.id);
  }
  return reports;
}

/** A plan before its disks are known: only multipath maps are known by their own names. */
export function unboundPlan(plan: Plan, { target, setDirectory, params, renaming }: UnboundOptions): BoundPlan {
  const maps = plan.disks.flatMap((disk): [NodeId, Locator][] => {
    const wwid = disk.identities.find(({ strength, type }) => strength === "volume" && type === "wwid")?.value;
    return disk.role === "map" && wwid !== undefined ? [[disk.node, mapLocator(wwid)]] : [];
  });
  return {
    plan,
    planDigest: digest(plan),
    mode: "diskinit",
    disks: [],
    devices: new Map(maps),
    preparation: [],
    target,
    setDirectory,
    params: chooseParams(plan.params, [], params).params,
    renaming,
  };
}
