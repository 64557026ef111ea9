import type { NodeId } from "../layout/ids.js";
import { digest } from "../plan/build.js";
import type { Plan } from "../plan/plan.js";
import type { Step, StepId } from "../plan/step.js";
import { argsOf, paramsIn } from "./arg-refs.js";
import { type BoundPlan, bindingDigest } from "./bound-plan.js";
import type { JournalRecord, StepRecord } from "./journal-record.js";

/** What an earlier run, which this one goes on with, did of each step: the last word of the journal. */
export type History = ReadonlyMap<StepId, StepRecord>;

/** What the journal says of earlier runs with the same plan on the same disks; empty where the last one was another. */
export function historyOf(records: readonly JournalRecord[], binding: string): History {
  let steps = new Map<StepId, StepRecord>();
  let current: string | undefined;
  for (const record of records) {
    if (record.record === "run") {
      if (!record.resumes || record.binding !== current) steps = new Map();
      current = record.binding;
    } else if (record.record === "step") steps.set(record.step, record);
  }
  return current === binding ? steps : new Map();
}

/** What a run that may be gone on with has begun to erase: these disks hold what it wrote. */
export interface Begun {
  /** Of plan and disks: only the very same ones are gone on with. */
  readonly binding: string;
  readonly disks: ReadonlySet<NodeId>;
}

/** The disks that the last run of the journal began to erase; undefined where no run is there. */
export function begunDisks(records: readonly JournalRecord[], plan: Plan): Begun | undefined {
  const last = records.findLast((record) => record.record === "run");
  if (last === undefined) return undefined;
  const history = historyOf(records, last.binding);
  const begun = plan.steps.filter((step) => step.destroys.length > 0 && history.has(step.id));
  return { binding: last.binding, disks: new Set(begun.flatMap((step) => disksOf(plan, step.destroys))) };
}

/** The bound disks among nodes; a partition counts for its disk, what isn't on one disk alone for none. */
export function disksOf(plan: Plan, nodes: readonly NodeId[]): readonly NodeId[] {
  return nodes.flatMap((node) => {
    const ref = plan.devices.find((device) => device.node === node);
    const disk = ref?.by === "partition" ? ref.of : node;
    return plan.disks.some((requirement) => requirement.node === disk) ? [disk] : [];
  });
}

/** What must be the same for a journalled step to be this one: the step itself, the disks, the choices that it uses. */
export function stepDigest(step: Step, bound: Pick<BoundPlan, "planDigest" | "disks" | "params">): string {
  const used = paramsIn(argsOf(step));
  const params = Object.entries(bound.params).filter(([name]) => used.has(name));
  return digest([step, bindingDigest(bound), params]);
}
