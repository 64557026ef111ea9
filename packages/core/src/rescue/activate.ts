import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { NodeId } from "../layout/ids.js";
import { digest } from "../plan/build.js";
import type { Plan } from "../plan/plan.js";
import type { StepId } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import type { RunListener } from "./events.js";
import { execute } from "./execute.js";
import { type Locator, mapLocator } from "./locators.js";
import { isChosen } from "./modes.js";
import { chooseParams } from "./params.js";
import type { StepReport } from "./run.js";

/** Where and how the devices of a plan are made to appear. */
export interface ActivateOptions {
  readonly target: string;
  readonly setDirectory: string;
  readonly params: Readonly<Record<string, string>>;
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
  const bound = unboundPlan(plan, options);
  const steps = plan.steps.filter((step) => step.phase === "activate" && isChosen(step, bound.params));
  const destroying = steps.find((step) => step.destroys.length > 0);
  if (destroying !== undefined) {
    throw new BmrError("plan-invalid", `${destroying.id} is to activate something, and would destroy`, {
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
function unboundPlan(plan: Plan, { target, setDirectory, params }: ActivateOptions): BoundPlan {
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
  };
}
