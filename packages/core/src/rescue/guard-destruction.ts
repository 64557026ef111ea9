import { setTimeout as sleep } from "node:timers/promises";
import type { ProbeHost } from "../host/host.js";
import type { NodeId } from "../layout/ids.js";
import type { Action, Step } from "../plan/step.js";
import { argsOfAction, devicesIn } from "./arg-refs.js";
import type { BoundDisk, BoundPlan } from "./bound-plan.js";
import { kernelNameOf } from "./check.js";
import { findDevice } from "./find-device.js";
import { refusal } from "./guard-refusal.js";
import { devicePath, type Locator } from "./locators.js";
import { readMounts, readSwaps } from "./mountinfo.js";
import { readAttribute } from "./seal.js";
import { devicesAbove, disksBelow, pathsOf, type StandingDevice } from "./sysfs-stack.js";
import { writersOf } from "./writers.js";

/**
 * Looks once more, immediately before a step that destroys, whether it would hit what was confirmed and nothing else:
 * what it destroys is still what was bound, stands on bound disks only that may be erased, and is neither mounted nor
 * swapped on, nor built upon, nor written by a process, nor held by anything that only the kernel sees.
 *
 * @throws BmrError `guard-refused` with `details.step`, `details.node`
 */
export async function guardDestruction(step: Step, bound: BoundPlan, host: ProbeHost): Promise<void> {
  const reached = new Set<BoundDisk>();
  const uses = await usesNow(host);
  for (const node of step.destroys) {
    const locator = bound.devices.get(node);
    if (locator === undefined) continue;
    const found = await findDevice(host, locator);
    if (found.is === "wrong") throw refusal(step, node, found.why);
    for (const disk of await boundDisksOf(step, node, locator, bound, host)) reached.add(disk);
    if (found.is !== "found") continue;
    const standing = await devicesAbove(host, found.name);
    await refuseUsed(step, node, { ...found, isPartition: false }, standing, uses, host);
    const names = [found.name, ...standing.map(({ name }) => name)];
    await refuseWritten(step, node, [locator.path, ...names.map(devicePath)], host);
    await refuseHeld(step, node, found.name, standing, host);
  }
  for (const disk of reached) refuseUnconfirmed(step, disk);
  // a volume group has no device of its own: it may stand on any disk
  for (const disk of reached.size > 0 ? reached : bound.disks) await refuseStranger(step, disk, bound, host);
}

/**
 * Looks before each command of such a step whether the devices that it is given are there, are the right ones, and
 * stand on bound disks that may be erased. Some are only made by the command before it.
 *
 * @throws BmrError `guard-refused`
 */
export async function guardCommand(step: Step, action: Action, bound: BoundPlan, host: ProbeHost): Promise<void> {
  for (const node of devicesIn(argsOfAction(action))) {
    const locator = bound.devices.get(node) as Locator;
    const found = await findDevice(host, locator);
    if (found.is !== "found") throw refusal(step, node, found.why);
    for (const disk of await boundDisksOf(step, node, locator, bound, host)) {
      refuseUnconfirmed(step, disk);
      await refuseStranger(step, disk, bound, host);
    }
  }
}

/** The bound disks that a node stands on; what stands on any other disk is refused. */
async function boundDisksOf(
  step: Step,
  node: NodeId,
  locator: Locator,
  bound: BoundPlan,
  host: ProbeHost,
): Promise<readonly BoundDisk[]> {
  const found = await findDevice(host, locator);
  const names =
    found.is === "found" ? await disksBelow(host, found.name) : locator.is === "partition" ? [locator.disk] : [];
  return names.map((name) => {
    const disk = bound.disks.find(({ device }) => device === name);
    if (disk === undefined) throw refusal(step, node, `it stands on ${name}, which isn't a disk of this plan`);
    return disk;
  });
}

function refuseUnconfirmed(step: Step, disk: BoundDisk): void {
  if (disk.erasedUnder === null) throw refusal(step, disk.node, `${disk.path} wasn't to be erased`);
}

/** A disk that isn't the one that was bound any more, or that can't be written. */
async function refuseStranger(step: Step, disk: BoundDisk, bound: BoundPlan, host: ProbeHost): Promise<void> {
  const found = await findDevice(host, bound.devices.get(disk.node) as Locator);
  if (found.is !== "found") throw refusal(step, disk.node, found.why);
  const readOnly = await readAttribute(host, `/sys/class/block/${disk.device}/ro`);
  if (readOnly !== "0") throw refusal(step, disk.node, `${disk.path} is read-only`);
}

/** How long it may be open for writing, or exclusively, in ms: tools that udev starts do so for a moment. */
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 500;

/** Anything that writes to it: the command of a run that was killed lives on. */
async function refuseWritten(step: Step, node: NodeId, paths: readonly string[], host: ProbeHost): Promise<void> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const [writer] = await writersOf(host, paths);
    if (writer === undefined) return;
    const who = `process ${writer.pid} (${writer.name})`;
    if (waited >= PATIENCE_MS) throw refusal(step, node, `${who} has it open for writing; wait for it, or end it`);
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Anything that the kernel holds it for, seen from here or not: it opens it exclusively for nobody else then. Where
 * device-mapper's partitions stand on a map, they hold the map, and are asked instead.
 */
async function refuseHeld(
  step: Step,
  node: NodeId,
  name: string,
  standing: readonly StandingDevice[],
  host: ProbeHost,
): Promise<void> {
  const mapped = standing.filter((device) => device.name.startsWith("dm-")).map((device) => device.name);
  for (const asked of mapped.length > 0 ? mapped : [name]) {
    const path = devicePath(asked);
    for (let waited = 0; await isHeld(path, host); waited += LOOK_EVERY_MS) {
      if (waited >= PATIENCE_MS) {
        throw refusal(step, node, `${path} is held by something that can't be seen from here; fuser -v ${path}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function isHeld(path: string, host: ProbeHost): Promise<boolean> {
  const read = await host.read(path, { bytes: 0, exclusive: true });
  return read.is === "failed" && read.reason.startsWith("EBUSY");
}

/** What is in use at this moment, by `major:minor` and by kernel name. */
type Uses = ReadonlyMap<string, string>;

async function usesNow(host: ProbeHost): Promise<Uses> {
  const uses = new Map<string, string>();
  for (const { device, source, at } of await readMounts(host)) {
    const use = `mounted on ${at}; umount ${at}`;
    uses.set(device, use);
    if (source.startsWith("/dev/")) uses.set(await kernelNameOf(host, source), use);
  }
  for (const path of await readSwaps(host)) uses.set(await kernelNameOf(host, path), `swapped on; swapoff ${path}`);
  return uses;
}

/** Anything on it that is mounted or swapped on, and anything but a partition that stands on it. */
async function refuseUsed(
  step: Step,
  node: NodeId,
  device: StandingDevice,
  standing: readonly StandingDevice[],
  uses: Uses,
  host: ProbeHost,
): Promise<void> {
  const paths = await pathsOf(host, device.name);
  for (const { name, dev } of [device, ...standing, ...paths]) {
    const use = uses.get(name) ?? uses.get(dev ?? "");
    if (use !== undefined) throw refusal(step, node, `/dev/${name} is ${use}`);
  }
  const holder = [...standing, ...paths].find(({ isPartition }) => !isPartition);
  if (holder === undefined) return;
  throw refusal(step, node, `/dev/${holder.name} stands on it; bmr umount lets go of what bmr has started`);
}
