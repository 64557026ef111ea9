import type { DiskRequirement } from "../plan/part.js";
import type { Binding } from "./bind-disks.js";
import { mapFlag, overwriteFlag, pathOf, subject } from "./binding-problems.js";
import type { DeviceUse } from "./device-use.js";
import { heldContent } from "./held-content.js";
import { nodePath } from "./locators.js";
import type { ExistingPolicy } from "./mode.js";
import { isBelow } from "./mountinfo.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
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
    "old-logs": `the old server's logs are to be saved on it (${kept.path})`,
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
    .map((use) => ({ node: disk.node, device: pathOf(candidate, facts), ...describeUse(use, candidate, facts) }));
}

function describeUse(
  use: DeviceUse,
  candidate: Candidate,
  facts: RescueFacts,
): Pick<Problem, "code" | "message" | "remedy"> {
  const path = pathOf(candidate, facts);
  const used = facts.inventory.find(use.device);
  const device = used === undefined ? use.device : nodePath(used);
  const what = device === path ? path : `${path} is in use: ${device}`;
  switch (use.as) {
    case "mounted":
      return { code: "in-use", message: `${what} is mounted on ${use.at}`, remedy: `umount ${use.at}` };
    case "swap":
      return { code: "in-use", message: `${what} is swapped on`, remedy: `swapoff ${use.at}` };
    case "loop":
      return { code: "in-use", message: `${what} is behind ${use.at}`, remedy: `losetup -d ${use.at}` };
    case "claimed":
      return {
        code: "held",
        message: `${what} is held by something that can't be seen from here: a filesystem of another mount namespace, or unmounted lazily; btrfs, ZFS; a program`,
        remedy: `grep ${use.device} /proc/*/mountinfo; fuser -v ${device}; end what holds it, and run this again`,
      };
    case "unopenable":
      return {
        code: "device-unreadable",
        message: `${what} can't be opened, so whether anything holds it isn't known: ${use.why}`,
        remedy: "see what dmesg says of it",
      };
  }
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
      message: `${path} must be empty, and ${candidate.blank === null ? "it couldn't be read" : "it holds data that nothing here knows"}`,
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
