import { type FittedLayout, fitLayout } from "../layout/fit.js";
import type { FitSource } from "../layout/fit-source.js";
import type { NodeId } from "../layout/ids.js";
import type { Layout } from "../layout/layout.js";
import type { Plan } from "./plan.js";
import { rebuildPlan } from "./rebuild-plan.js";
import type { StepSource } from "./step-source.js";

/** A plan for the disks that are there, and what becomes of what. */
export interface FittedPlan extends FittedLayout {
  /** The recorded one itself where nothing changes. With problems it isn't to be run. */
  readonly plan: Plan;
}

/** Makes a plan fit disks of these sizes. */
export type PlanFitter = (sizes: ReadonlyMap<NodeId, number>) => FittedPlan;

/**
 * What makes the plan of a recovery set fit other disks: its layout is fitted, and the steps that rebuild the disks are
 * built again from that.
 */
export function planFitter(
  recorded: { readonly layout: Layout; readonly plan: Plan },
  sources: readonly (StepSource & FitSource)[],
  options: { readonly resize: boolean },
): PlanFitter {
  return (sizes) => {
    const fitted = fitLayout(recorded.layout, sizes, sources, options);
    if (fitted.problems.length === 0) {
      return { ...fitted, plan: rebuildPlan(recorded.plan, recorded.layout, fitted.layout, sources) };
    }
    // the problems say what doesn't fit; that a disk has another size than the recorded one is no further one
    const disks = recorded.plan.disks.map((disk) => ({ ...disk, bytes: sizes.get(disk.node) ?? disk.bytes }));
    return { ...fitted, plan: { ...recorded.plan, disks } };
  };
}
