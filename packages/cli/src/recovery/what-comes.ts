import { isChosen, type Mode, type Phase, type Plan, type Step, stepsOf } from "@bmr/core";
import { fold } from "../fold.js";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";

/** Says what a mode is about to do, before it asks whether it may. */
export function sayWhatComes(io: Io, plan: Plan, request: RecoveryRequest): void {
  io.say(fold(`${request.mode} of ${plan.machine.hostname}, by the recovery set ${request.set}:`, 2));
  for (const line of linesOf(plan, request)) io.say(fold(`  - ${line}`, 4));
  io.say("--dry-run prints the very commands, --list-steps the steps");
}

function linesOf(plan: Plan, request: RecoveryRequest): readonly string[] {
  const { mode, target } = request;
  const chosen = stepsOf(plan, mode).filter((step) => isChosen(step, request.params));
  const steps = request.from === undefined ? chosen : chosen.slice(firstOf(plan, chosen, request.from));
  const count = (...phases: readonly Phase[]) => steps.filter(({ phase }) => phases.includes(phase)).length;
  if (mode === "umount") return [`unmounts everything below ${target}, and lets go of volume groups and maps`];
  return [
    ...sentence(count("activate"), "makes the disks appear, without writing to them"),
    ...erasing(plan, steps, mode),
    ...(mode === "mount" ? sentence(count("assemble"), "takes hold of volume groups and arrays") : []),
    ...sentence(count("mount"), `mounts ${mounts(steps)} below ${target}`),
    ...sentence(count("restore"), `restores the files into ${target}`),
    ...sentence(count("boot"), "makes initramfs and boot loader anew, by the restored system's own tools"),
    ...(mode === "recover" ? ["unmounts everything, so that the server can boot"] : []),
  ];
}

function firstOf(plan: Plan, steps: readonly Step[], name: string): number {
  const id = /^\d+$/.test(name) ? plan.steps[Number(name) - 1]?.id : name;
  return Math.max(
    0,
    steps.findIndex((step) => step.id === id),
  );
}

function sentence(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${what} (${steps(count)})`];
}

function steps(count: number): string {
  return `${count} step${count === 1 ? "" : "s"}`;
}

/** A mode that erases names the disks; the confirmation shows what is on them. */
function erasing(plan: Plan, all: readonly Step[], mode: Mode): readonly string[] {
  const rebuilding = all.filter(({ phase }) => ["format", "partition", "assemble", "make"].includes(phase));
  if (mode === "mount" || rebuilding.length === 0) return [];
  const erased = plan.disks.map(({ node }) => node);
  const isErasing = rebuilding.some(({ destroys }) => destroys.length > 0);
  return [
    ...(isErasing ? [`ERASES ${erased.length} disk${erased.length === 1 ? "" : "s"}: ${erased.join(", ")}`] : []),
    `makes their partitions, volumes, filesystems and swap anew (${steps(rebuilding.length)})`,
    "compares them, field by field, with what was recorded; stops where anything differs",
  ];
}

function mounts(all: readonly Step[]): string {
  const count = all.filter(({ phase, id }) => phase === "mount" && id.startsWith("mount:")).length;
  return `${count} filesystem${count === 1 ? "" : "s"}`;
}
