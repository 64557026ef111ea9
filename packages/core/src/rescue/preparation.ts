import type { NodeId } from "../layout/ids.js";
import type { BlockDevice } from "../layout/inventory.js";
import { type Step, stepId } from "../plan/step.js";
import type { Binding } from "./bind-disks.js";
import { pathOf } from "./binding-problems.js";
import type { Locator } from "./locators.js";
import type { RescueFacts } from "./rescue-facts.js";
import { aboveTopFirst } from "./stack.js";

/** Steps that make used disks ready to be erased, and the devices that they name. */
export interface Preparation {
  readonly steps: readonly Step[];
  readonly devices: ReadonlyMap<NodeId, Locator>;
}

/**
 * What has to happen to disks that hold something before the plan's own steps. Rescue systems start the volume groups
 * and arrays that they find: those are stopped, the topmost first. Then the signatures in the old partitions are
 * erased, since a new partition at the same place would show the old filesystem or PV again, and udev would start it.
 */
export function prepareDisks(bindings: readonly Binding[], facts: RescueFacts): Preparation {
  const devices = new Map<NodeId, Locator>();
  const letGo = new Map<string, Step>();
  const wipes: Step[] = [];
  for (const binding of bindings) {
    for (const device of aboveTopFirst(facts.inventory, binding.candidate.device)) {
      if (!isPartition(device)) letGo.set(device.name, letGoStep(device, binding, facts));
      else if (device.signature !== null || !device.signatureKnown) {
        const id = oldPartitionId(binding.disk.node, device);
        devices.set(id, foundLocator(device, binding.disk.node));
        wipes.push(wipeStep(id, device, binding, facts));
      }
    }
  }
  return { steps: chain([...letGo.values(), ...wipes]), devices };
}

function isPartition(device: BlockDevice): boolean {
  return device.type === "partition" || /^part\d+-/.test(device.dm?.uuid ?? "");
}

function oldPartitionId(disk: NodeId, device: BlockDevice): NodeId {
  const number = device.partition?.number ?? /^part(\d+)-/.exec(device.dm?.uuid ?? "")?.[1] ?? device.name;
  return `old:${disk}/${number}` as NodeId;
}

function foundLocator(device: BlockDevice, of: NodeId): Locator {
  const { path, name, dm } = device;
  return { is: "found", path, name, dev: `${device.major}:${device.minor}`, dmUuid: dm?.uuid ?? null, of };
}

function letGoStep(device: BlockDevice, binding: Binding, facts: RescueFacts): Step {
  const what = device.dm === null ? device.path : `${device.path} (${device.dm.name})`;
  return {
    id: stepId("let-go", device.dm?.name ?? device.name),
    title: `Let go of ${what}`,
    why: `the rescue system started it from what is on ${pathOf(binding.candidate, facts)}, which is to be erased`,
    phase: "activate",
    run: [
      {
        do: "exec",
        argv:
          device.dm === null
            ? ["mdadm", "--stop", device.path]
            : ["dmsetup", "remove", "--retry", "--", device.dm.name],
        timeLimitSeconds: 120,
      },
    ],
    after: [],
    destroys: [],
    before: [],
    done: [{ is: "absent", path: `/sys/class/block/${device.name}` }],
  };
}

function wipeStep(id: NodeId, device: BlockDevice, binding: Binding, facts: RescueFacts): Step {
  const what = device.signature?.type ?? device.signature?.tableType ?? "what is";
  return {
    id: stepId("wipe-old", id),
    title: `Erase the signature in ${device.path} (${what})`,
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
