import { BmrError } from "../error.js";
import type { Layout } from "../layout/layout.js";
import { buildPlan, digest } from "./build.js";
import { withOwnFiles } from "./own-files.js";
import type { SetFile } from "./part.js";
import type { Plan } from "./plan.js";
import type { Step } from "./step.js";
import type { StepSource } from "./step-source.js";

/**
 * A recorded plan for a layout that was changed since: the storage kinds' steps are built again from it, under the ids
 * that they had; what others added, the restore above all, is kept as it is.
 *
 * @param recorded the layout that the plan was made from
 * @throws BmrError `plan-invalid` where the kinds have other steps than those in the plan: it was made by another version
 */
export function rebuildPlan(plan: Plan, recorded: Layout, layout: Layout, sources: readonly StepSource[]): Plan {
  if (layout === recorded) return plan;
  const before = buildPlan(recorded, sources);
  const after = buildPlan(layout, sources);
  const steps = new Map(after.plan.steps.map((step) => [step.id, step]));
  const known = new Set(plan.steps.map(({ id }) => id));
  const odd = [...after.plan.steps, ...before.plan.steps].find(({ id }) => !known.has(id) || !steps.has(id));
  if (odd !== undefined) throw otherVersion(odd);
  const files = changedFiles(before.files, after.files);
  return {
    ...plan,
    layoutDigest: digest(layout),
    disks: after.plan.disks,
    devices: after.plan.devices,
    steps: plan.steps.map((step) => {
      const built = steps.get(step.id);
      if (built === undefined) return step;
      // what waits for a step that others added does so still
      return withOwnFiles({ ...built, after: [...new Set([...built.after, ...step.after])] }, files);
    }),
  };
}

function changedFiles(before: readonly SetFile[], after: readonly SetFile[]): ReadonlyMap<string, SetFile> {
  const recorded = new Map(before.map(({ name, content }) => [name, content]));
  return new Map(after.filter(({ name, content }) => recorded.get(name) !== content).map((file) => [file.name, file]));
}

function otherVersion({ id }: Step): BmrError {
  return new BmrError(
    "plan-invalid",
    `the plan can't be made again for other disks, since its steps are another version's (${id}): use the bmr.cjs that lies in the recovery set`,
    { details: { step: id } },
  );
}
