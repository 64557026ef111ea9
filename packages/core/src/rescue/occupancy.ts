import type { DiskRequirement } from "../plan/part.js";
import type { Binding } from "./bind-disks.js";
import { mapFlag, pathOf, subject } from "./binding-problems.js";
import { heldContent } from "./held-content.js";
import type { ExistingPolicy } from "./mode.js";
import { isBelow } from "./mountinfo.js";
import type { Problem } from "./problem.js";
import type { DeviceUse, RescueFacts } from "./rescue-facts.js";
import { above, touched } from "./stack.js";

/** How a disk that is to be erased is judged. */
export interface ErasePermit {
  readonly policy: ExistingPolicy;
  /** The run that is gone on with already began to erase it: what is on it now was written by that run. */
  readonly begun: boolean;
  /** The directory of the restore; what a run that is gone on with has mounted there isn't in the way. */
  readonly target: string;
}

/** Whether a disk may be erased: nothing needs it, nothing uses it, and what is on it may go. */
export function checkErasable(binding: Binding, facts: RescueFacts, permit: ErasePermit): Problem[] {
  const problems = [
    ...checkKept(binding, facts),
    ...checkUses(binding, facts, permit),
    ...checkHolders(binding, facts),
  ];
  return permit.begun ? problems : [...problems, ...checkContent(binding, facts, permit.policy)];
}

function checkKept({ disk, candidate }: Binding, facts: RescueFacts): Problem[] {
  const reached = touched(facts.inventory, candidate.device);
  const kept = facts.kept.find(({ device }) => reached.has(device));
  if (kept === undefined) return [];
  const what = {
    "rescue-root": "the rescue system itself runs from it",
    "recovery-set": `the recovery set lies on it (${kept.path})`,
    journal: `the journal lies on it (${kept.path})`,
    backup: `the backup lies on it (${kept.path})`,
  }[kept.as];
  return [
    {
      code: "never-target",
      node: disk.node,
      device: pathOf(candidate, facts),
      message: `${pathOf(candidate, facts)} is never erased: ${what}`,
      remedy: `name another disk for ${subject(disk)}: ${mapFlag(disk, "/dev/…")}`,
    },
  ];
}

function checkUses({ disk, candidate }: Binding, facts: RescueFacts, permit: ErasePermit): Problem[] {
  const reached = touched(facts.inventory, candidate.device);
  const isOurs = (use: DeviceUse) => permit.begun && use.as === "mounted" && isBelow(use.at, permit.target);
  return facts.uses
    .filter((use) => reached.has(use.device) && !isOurs(use))
    .map((use) => ({
      code: "in-use" as const,
      node: disk.node,
      device: pathOf(candidate, facts),
      message: `${pathOf(candidate, facts)} is in use: ${facts.inventory.find(use.device)?.path} is ${use.as === "swap" ? "swapped on" : `mounted on ${use.at}`}`,
      remedy: use.as === "swap" ? `swapoff ${use.at}` : `umount ${use.at}`,
    }));
}

/** What bmr can't let go of by itself; device-mapper and md devices it can. */
function checkHolders({ disk, candidate }: Binding, facts: RescueFacts): Problem[] {
  return above(facts.inventory, candidate.device)
    .filter((device) => device.type === "disk" && device.dm === null && !/^md\d/.test(device.name))
    .map((device) => ({
      code: "held" as const,
      node: disk.node,
      device: pathOf(candidate, facts),
      message: `${device.path} stands on ${pathOf(candidate, facts)}, and bmr doesn't know how to let go of it`,
      remedy: `stop ${device.path} by the tool that started it, and run this again`,
    }));
}

function checkContent({ disk, candidate }: Binding, facts: RescueFacts, policy: ExistingPolicy): Problem[] {
  if (policy === "overwrite") return [];
  const held = heldContent(candidate, facts);
  const path = pathOf(candidate, facts);
  if (held.length > 0) return [holdsContent(disk, path, held)];
  if (policy === "refuse" || candidate.blank === true) return [];
  return [
    {
      code: "not-blank",
      node: disk.node,
      device: path,
      message: `${path} must be empty, and its first 64 KiB ${candidate.blank === null ? "weren't read" : "aren't zeros"}`,
      remedy: `look at it (hexdump -C ${path} | head); to erase it: ${overwriteFlag(disk)}`,
    },
  ];
}

function holdsContent(disk: DiskRequirement, path: string, held: readonly string[]): Problem {
  return {
    code: "holds-content",
    node: disk.node,
    device: path,
    message: `${path} holds something: ${held.join("; ")}`,
    remedy: `if all of that may go: ${overwriteFlag(disk)} (or --existing=overwrite for all disks)`,
  };
}

function overwriteFlag(disk: DiskRequirement): string {
  return `--existing=${disk.node}=overwrite`;
}
