import type { NodeId } from "../layout/ids.js";
import type { BoundPlan } from "./bound-plan.js";
import { disksOf, type History } from "./history.js";

/**
 * What state a disk is in:
 * - `untouched`: holds what it held before
 * - `incomplete`: was begun; it holds neither what it held nor what it shall
 * - `rebuilt`: all steps that destroy something of it are done
 */
export interface DiskState {
  readonly node: NodeId;
  readonly path: string;
  readonly is: "untouched" | "incomplete" | "rebuilt";
}

/**
 * The state of each disk that is to be erased, by what is done of the plan and its preparation. A logical volume may
 * stand on any of the disks, so none of them is rebuilt before all volumes are.
 */
export function diskStates(bound: BoundPlan, history: History): readonly DiskState[] {
  const steps = [...bound.preparation, ...bound.plan.steps].filter((step) => step.destroys.length > 0);
  const disksOfStep = new Map(steps.map((step) => [step, disksOf(bound.plan, step.destroys)]));
  return bound.disks
    .filter((disk) => disk.erasedUnder !== null)
    .map(({ node, path }) => {
      const own = steps.filter((step) => disksOfStep.get(step)?.includes(node));
      if (!own.some((step) => history.has(step.id))) return { node, path, is: "untouched" };
      const shared = steps.filter((step) => disksOfStep.get(step)?.length === 0);
      const isDone = [...own, ...shared].every((step) => history.get(step.id)?.state === "done");
      return { node, path, is: isDone ? "rebuilt" : "incomplete" };
    });
}
