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

/** The state of each disk that is to be erased, by what is done of the plan and its preparation. */
export function diskStates(bound: BoundPlan, history: History): readonly DiskState[] {
  const steps = [...bound.preparation, ...bound.plan.steps].filter((step) => step.destroys.length > 0);
  return bound.disks
    .filter((disk) => disk.erasedUnder !== null)
    .map(({ node, path }) => {
      const own = steps.filter((step) => disksOf(bound.plan, step.destroys).includes(node));
      const states = own.map((step) => history.get(step.id)?.state);
      if (states.every((state) => state === undefined)) return { node, path, is: "untouched" };
      return { node, path, is: states.every((state) => state === "done") ? "rebuilt" : "incomplete" };
    });
}
