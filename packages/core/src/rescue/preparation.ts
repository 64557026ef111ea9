import type { NodeId } from "../layout/ids.js";
import type { BlockDevice } from "../layout/inventory.js";
import { type Step, stepId } from "../plan/step.js";
import type { Binding } from "./bind-disks.js";
import { pathOf } from "./binding-problems.js";
import { letGoStep } from "./let-go.js";
import { type Locator, nodePath } from "./locators.js";
import type { RescueFacts } from "./rescue-facts.js";
import { aboveTopFirst, isPartitionDevice } from "./stack.js";

/** Steps that make used disks ready to be erased, and the devices that they name. */
export interface Preparation {
  readonly steps: readonly Step[];
  readonly devices: ReadonlyMap<NodeId, Locator>;
}

/**
 * What has to happen to disks before the plan's own steps. Rescue systems start the volume groups and arrays that they
 * find: those are stopped, the topmost first. Then the signatures in the old partitions are erased, since a new
 * partition at the same place would show the old filesystem or PV again, and udev would start it.
 *
 * @param begun disks that an earlier run began to erase: their partitions are that run's. What stands on them a
 * rescue system may have started since, from what lay there before
 */
export function prepareDisks(
  bindings: readonly Binding[],
  facts: RescueFacts,
  begun: ReadonlySet<NodeId>,
): Preparation {
  const devices = new Map<NodeId, Locator>();
  const letGo = new Map<string, Step>();
  const wipes: Step[] = [];
  for (const binding of bindings) {
    const { node } = binding.disk;
    const standing = aboveTopFirst(facts.inventory, binding.candidate.device);
    if (isInUse(standing, facts)) continue;
    for (const device of standing) {
      if (!isPartitionDevice(device)) letGo.set(device.name, letGoStep(device, started(binding, facts), []));
      else if (!begun.has(node) && (device.signature !== null || !device.signatureKnown)) {
        const id = oldPartitionId(node, device);
        devices.set(id, foundLocator(device, node));
        wipes.push(wipeStep(id, device, binding, facts));
      }
    }
  }
  return { steps: chain([...letGo.values(), ...wipes]), devices };
}

/** Only a run that is gone on with gets this far: it has mounted what stands on the disk itself. */
function isInUse(standing: readonly BlockDevice[], { uses }: RescueFacts): boolean {
  return standing.some(({ name }) => uses.some(({ device }) => device === name));
}

function started({ candidate }: Binding, facts: RescueFacts): string {
  return `the rescue system started it from what is on ${pathOf(candidate, facts)}, which is to be erased`;
}

function oldPartitionId(disk: NodeId, device: BlockDevice): NodeId {
  const number = device.partition?.number ?? /^part(\d+)-/.exec(device.dm?.uuid ?? "")?.[1] ?? device.name;
  return `old:${disk}/${number}` as NodeId;
}

function foundLocator(device: BlockDevice, of: NodeId): Locator {
  const { name, dm } = device;
  return {
    is: "found",
    path: nodePath(device),
    name,
    dev: `${device.major}:${device.minor}`,
    dmUuid: dm?.uuid ?? null,
    of,
  };
}

function wipeStep(id: NodeId, device: BlockDevice, binding: Binding, facts: RescueFacts): Step {
  const what = device.signature?.type ?? device.signature?.tableType ?? "what is";
  return {
    id: stepId("wipe-old", id),
    title: `Erase the signature in ${nodePath(device)} (${what})`,
    why: `a new partition at the same place of ${pathOf(binding.candidate, facts)} would show it again`,
    phase: "format",
    run: [{ do: "exec", argv: ["wipefs", "--all", "--force", { device: id }], timeLimitSeconds: 120 }],
    after: [],
    destroys: [binding.disk.node],
    before: [],
    done: [{ is: "signature", device: id, tag: "TYPE", equals: null }],
  };
}

/** One after another: what stands on top goes first. */
function chain(steps: readonly Step[]): Step[] {
  return steps.map((step, at) => {
    const before = steps[at - 1];
    return before === undefined ? step : { ...step, after: [before.id] };
  });
}
