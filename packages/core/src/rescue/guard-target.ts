import type { ProbeHost } from "../host/host.js";
import type { Check, Step } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import { canonicalPath } from "./canonical-path.js";
import { evaluate } from "./check.js";
import { refusal } from "./guard-refusal.js";
import { isChosen } from "./modes.js";
import { isBelow } from "./mountinfo.js";
import { workersIn } from "./writers.js";

/**
 * Looks before files are restored, or anything else is put into the target, whether every filesystem of the plan is
 * mounted where it belongs: otherwise files would go into the rescue system's own memory, or below a mount point. And
 * whether a command of a run that was killed is still at work there.
 *
 * @throws BmrError `guard-refused`
 */
export async function guardTarget(step: Step, bound: BoundPlan, host: ProbeHost): Promise<void> {
  const mounts = targetMounts(bound);
  if (!mounts.some((mount) => isRoot(mount))) {
    throw refusal(step, null, `the plan mounts nothing on ${bound.target}, so files would go into the rescue system`);
  }
  for (const mount of mounts) {
    const result = await evaluate(mount, bound, host);
    if (!result.holds) throw refusal(step, mount.device, `${result.found}; bmr mount mounts it`);
  }
  const [worker] = await workersIn(host, await canonicalPath(host, bound.target), process.pid);
  if (worker === undefined) return;
  const who = `process ${worker.pid} (${worker.name})`;
  throw refusal(step, null, `${who} is at work in ${bound.target}; wait for it, or end it`);
}

type Mounted = Extract<Check, { is: "mounted" }>;

function isRoot({ at }: Mounted): boolean {
  return typeof at === "object" && "target" in at && at.target === "/";
}

/** What has to be mounted in the target: what the steps that mount say they have done. */
function targetMounts({ plan, params }: BoundPlan): readonly Mounted[] {
  return plan.steps
    .filter((step) => step.phase === "mount" && isChosen(step, params))
    .flatMap((step) => step.done)
    .filter(
      (check): check is Mounted => check.is === "mounted" && typeof check.at === "object" && "target" in check.at,
    );
}

/**
 * Looks before a filesystem is mounted whether its mount point is where it seems to be: a link in the restored tree
 * (`/srv` → `/data`) would lead out of the target into the rescue system.
 *
 * @throws BmrError `guard-refused`
 */
export async function guardMountPoints(step: Step, bound: BoundPlan, host: ProbeHost): Promise<void> {
  const target = await canonicalPath(host, bound.target);
  for (const check of step.done) {
    if (check.is !== "mounted" || typeof check.at !== "object" || !("target" in check.at)) continue;
    const path = check.at.target === "/" ? bound.target : `${bound.target}${check.at.target}`;
    const real = await canonicalPath(host, path);
    if (isBelow(real, target)) continue;
    throw refusal(step, check.device, `${path} leads to ${real} by a link, out of the target`);
  }
}
