import type { BlockDevice } from "../layout/inventory.js";
import type { DeviceRef } from "../plan/part.js";
import type { Plan } from "../plan/plan.js";
import type { Binding } from "./bind-disks.js";
import { nodePath } from "./locators.js";
import type { Problem } from "./problem.js";
import type { RescueFacts } from "./rescue-facts.js";
import { touched } from "./stack.js";

/**
 * Names of the plan's devices that others here have already: the rescue system's own volume group is called the same,
 * or a copy of the server's disks is attached beside, and started. What stands on the bound disks themselves goes
 * before its name is needed.
 */
export function takenNames(plan: Plan, bindings: readonly Binding[], facts: RescueFacts): Problem[] {
  const ours = new Set(bindings.flatMap(({ candidate }) => [...touched(facts.inventory, candidate.device)]));
  const others = facts.inventory.devices.filter((device) => device.dm !== null && !ours.has(device.name));
  const refs = plan.devices.filter((ref) => ref.by === "mapper");
  return [...takenDevices(refs, others), ...takenGroups(refs, others)];
}

type MapperRef = Extract<DeviceRef, { by: "mapper" }>;

function takenDevices(refs: readonly MapperRef[], others: readonly BlockDevice[]): Problem[] {
  return refs.flatMap((ref): Problem[] => {
    const path = `/dev/mapper/${ref.name}`;
    const taken = others.find((device) => device.dm?.name === ref.name);
    if (taken === undefined) return [];
    const isCopy = taken.dm?.uuid === ref.dmUuid;
    return [
      {
        code: "name-taken",
        node: ref.node,
        device: path,
        message: isCopy
          ? `${path} is to become ${ref.node}, and a copy of it is active here, on disks that aren't this plan's`
          : `${path} is to become ${ref.node}, and another device here (${nodePath(taken)}) has that name`,
        remedy: isCopy
          ? `dmsetup remove ${ref.name}; and detach the copy's disks before the server boots`
          : "rename it in the rescue system (vgrename, dmsetup rename), or stop it",
      },
    ];
  });
}

/** Another group of the same name: no volume of it is in the way, but tools that ask for the group by its name find both. */
function takenGroups(refs: readonly MapperRef[], others: readonly BlockDevice[]): Problem[] {
  const planned = new Map(refs.flatMap((ref) => groupOf(ref.name, ref.dmUuid)).map((group) => [group.name, group]));
  return [...planned.values()].flatMap((group): Problem[] => {
    const taken = others.find((device) =>
      groupOf(device.dm?.name ?? "", device.dm?.uuid ?? "").some(
        (other) => other.name === group.name && other.uuid !== group.uuid,
      ),
    );
    const isNamed = refs.some((ref) => ref.name === taken?.dm?.name);
    if (taken === undefined || isNamed) return [];
    return [
      {
        code: "name-taken",
        node: null,
        device: nodePath(taken),
        message: `the rescue system has another volume group ${group.name} (${taken.dm?.name})`,
        remedy: `rename it (vgrename ${group.name} rescue_${group.name}), or stop it and detach its disks`,
      },
    ];
  });
}

interface Group {
  readonly name: string;
  /** 32 characters. */
  readonly uuid: string;
}

/** The volume group behind a device-mapper name and uuid: hyphens of both names are doubled (libdm, dm_build_dm_name()). */
function groupOf(name: string, dmUuid: string): Group[] {
  const group = /^((?:[^-]|--)+)-(?!-)/.exec(name)?.[1];
  const uuid = groupUuid(dmUuid);
  return group === undefined || uuid === undefined ? [] : [{ name: group.replaceAll("--", "-"), uuid }];
}

/** The uuid of the volume group in that of a volume: LVM- and twice 32 characters (lib/activate/dev_manager.c). */
export function groupUuid(dmUuid: string): string | undefined {
  return /^LVM-([0-9A-Za-z]{32})/.exec(dmUuid)?.[1];
}
