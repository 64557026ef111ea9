import type { BlockDevice } from "../layout/inventory.js";
import type { Plan } from "../plan/plan.js";
import type { Step } from "../plan/step.js";
import { type Binding, bindDisks } from "./bind-disks.js";
import { disksOf } from "./history.js";
import { canLetGo, letGoId, letGoStep } from "./let-go.js";
import { nodePath } from "./locators.js";
import { loosePathsOf } from "./loose-paths.js";
import type { MappingEntry } from "./mapping.js";
import type { ExistingPolicies, Mode } from "./mode.js";
import { stepsOf } from "./modes.js";
import { policyFor } from "./policy.js";
import type { RescueFacts } from "./rescue-facts.js";
import { above, aboveTopFirst, touched } from "./stack.js";
import { groupUuid } from "./taken-names.js";

/** What the operator says about it. */
export interface ClearOptions {
  readonly mode: Mode;
  readonly mapping: readonly MappingEntry[];
  readonly existing: ExistingPolicies;
}

/** What has to go before multipath can take the paths of a plan's LUNs. */
export interface Clearing {
  /** In their order. Nothing on a disk is changed by them. */
  readonly steps: readonly Step[];
  /** What isn't the recorded server's among it, one line each, for people: it is let go of only when that was confirmed. */
  readonly foreign: readonly string[];
}

/**
 * Finds what keeps multipath from its paths. A rescue system starts the volume groups that it finds on bare paths,
 * before or instead of multipath; then no map can be made of these paths. What is the recorded server's is let go of
 * in any case; anything else only where the disk is to be erased under `overwrite`. Of what is in use, all stays:
 * resolve lists it.
 */
export function clearWay(plan: Plan, facts: RescueFacts, options: ClearOptions): Clearing {
  const { bindings } = bindDisks(plan, facts, options.mapping);
  const erased = new Set(stepsOf(plan, options.mode).flatMap((step) => disksOf(plan, step.destroys)));
  const steps = new Map<string, Step>();
  const foreign = new Map<string, string>();
  for (const binding of bindings) {
    if (binding.disk.role !== "map") continue;
    const mayErase = erased.has(binding.disk.node) && policyFor(binding.disk, options.existing) === "overwrite";
    for (const path of loosePathsOf(binding.candidate, facts)) {
      const standing = standingOn(path, facts);
      const strangers = standing.filter((device) => !isOfServer(device, plan));
      if (isUsed(path, facts) || !standing.every(canLetGo) || (strangers.length > 0 && !mayErase)) continue;
      for (const device of standing) steps.set(device.name, letGo(device, binding, path, facts));
      for (const device of strangers) {
        foreign.set(device.name, `${nodePath(device)}, which stands on ${path.path} (${binding.disk.node})`);
      }
    }
  }
  return { steps: [...steps.values()], foreign: [...foreign.values()] };
}

/** Everything but the kernel's own partitions, the topmost first. */
function standingOn(path: BlockDevice, { inventory }: RescueFacts): readonly BlockDevice[] {
  return aboveTopFirst(inventory, path.name).filter((device) => device.type !== "partition");
}

function isUsed(path: BlockDevice, { inventory, uses, kept }: RescueFacts): boolean {
  const reached = touched(inventory, path.name);
  return [...uses, ...kept].some(({ device }) => reached.has(device));
}

/** By volume group or device-mapper uuid; a partition that kpartx made of a path is the path's own. */
function isOfServer({ dm }: BlockDevice, plan: Plan): boolean {
  if (dm === null) return false;
  if (/^part\d+-/.test(dm.uuid)) return true;
  const group = groupUuid(dm.uuid);
  return plan.devices.some(
    (ref) =>
      ref.by === "mapper" && (ref.dmUuid === dm.uuid || (group !== undefined && groupUuid(ref.dmUuid) === group)),
  );
}

function letGo(device: BlockDevice, { disk }: Binding, path: BlockDevice, { inventory }: RescueFacts): Step {
  const standing = above(inventory, device.name).filter((other) => other.type !== "partition");
  return letGoStep(
    device,
    `it stands on ${path.path}, a path of ${disk.node}, and multipath can't take the path before it is gone`,
    standing.map(letGoId),
  );
}
