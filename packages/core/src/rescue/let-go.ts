import type { BlockDevice } from "../layout/inventory.js";
import { type Step, type StepId, stepId } from "../plan/step.js";
import { nodePath } from "./locators.js";

/**
 * The step that lets go of a device-mapper or md device that the rescue system started. By dmsetup and not by the tool
 * that made it: once multipath has claimed a path, LVM doesn't see the volume group there any more (vgchange -an
 * says that there is none).
 *
 * @param why for people
 * @param after the steps that let go of what stands on it
 */
export function letGoStep(device: BlockDevice, why: string, after: readonly StepId[]): Step {
  return {
    id: letGoId(device),
    title: `Let go of ${nodePath(device)}`,
    why,
    phase: "activate",
    run: [{ do: "exec", argv: letGoCommand(device), timeLimitSeconds: 120 }],
    after,
    destroys: [],
    before: [],
    done: [{ is: "absent", path: `/sys/class/block/${device.name}` }],
  };
}

/** The command that lets go of such a device; nothing on a disk is changed by it. */
export function letGoCommand(device: BlockDevice): readonly [string, ...string[]] {
  return device.dm === null ? ["mdadm", "--stop", device.path] : ["dmsetup", "remove", "--retry", "--", device.dm.name];
}

/** The id of that step. */
export function letGoId(device: BlockDevice): StepId {
  return stepId("let-go", device.dm?.name ?? device.name);
}

/** Whether there is such a step for a device: md and device-mapper. What else stands on a disk has to be stopped by hand. */
export function canLetGo(device: BlockDevice): boolean {
  return device.dm !== null || /^md\d/.test(device.name);
}
