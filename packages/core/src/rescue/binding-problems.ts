import type { NodeId } from "../layout/ids.js";
import type { DiskRequirement } from "../plan/part.js";
import { nodePath } from "./locators.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** No disk here is the recorded one. */
export function noCandidate(disk: DiskRequirement): Problem {
  const volumes = disk.identities.filter((identity) => identity.strength === "volume");
  const sought = volumes.length > 0 ? volumes : disk.identities.filter((identity) => identity.strength === "place");
  const names = sought.map((identity) => `${identity.type} ${identity.value}`).join(", ");
  return {
    code: "no-candidate",
    node: disk.node,
    device: null,
    message: `${subject(disk)} isn't here: no disk has ${names || "anything that it was known by"}`,
    remedy: `attach it, or name the disk that takes its place: ${mapFlag(disk, "/dev/…")}`,
  };
}

/** More than one disk here may be the recorded one. */
export function several(
  disk: DiskRequirement,
  candidates: readonly Candidate[],
  facts: RescueFacts,
  why: string,
): Problem {
  const paths = candidates.map((candidate) => pathOf(candidate, facts));
  return {
    code: "several-candidates",
    node: disk.node,
    device: null,
    message: `${subject(disk)} could be any of ${paths.join(", ")}, which all ${why}`,
    remedy: `find out which is a copy, and name the right one: ${paths.map((path) => mapFlag(disk, path)).join(" or ")}`,
  };
}

/** Different disks here show the identity that was recorded of one. */
export function sharedIdentity(disk: DiskRequirement, alike: readonly Candidate[], facts: RescueFacts): Problem {
  const paths = alike.map((candidate) => pathOf(candidate, facts));
  return {
    code: "shared-identity",
    node: disk.node,
    device: null,
    message: `${paths.join(", ")} all say that they are ${subject(disk)}, and are different disks (by size, serial number or model)`,
    remedy: `detach those that aren't; never let multipath put them together; or ${paths.map((path) => mapFlag(disk, path)).join(" or ")}`,
  };
}

/** The volume's identity matches, and something else says that it is another disk. */
export function conflict(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts, why: string): Problem {
  const path = pathOf(candidate, facts);
  return {
    code: "identity-conflict",
    node: disk.node,
    device: path,
    message: `${path} contradicts itself as ${subject(disk)}: ${why}`,
    remedy: `look at it by hand; if it is the one: ${mapFlag(disk, path)}`,
  };
}

/** Two recorded disks, or their places, were exchanged. */
export function swapped(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts, why: string): Problem {
  const path = pathOf(candidate, facts);
  return {
    code: "swapped",
    node: disk.node,
    device: path,
    message: `${subject(disk)} seems to be exchanged with another disk: ${why} (${path})`,
    remedy: `attach the disks as they were, or say which is which: ${mapFlag(disk, "/dev/…")}`,
  };
}

/** At the recorded place is a volume that wasn't recorded. */
export function otherVolume(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem {
  const path = pathOf(candidate, facts);
  const volumes = candidate.node.identities.filter(
    ({ strength, type }) => strength === "volume" || (strength === "hint" && type === "wwid"),
  );
  return {
    code: "other-volume",
    node: disk.node,
    device: path,
    message: `${subject(disk)} isn't here; at its place is another volume, ${path} (${volumes.map((v) => v.value).join(", ")})`,
    remedy: `attach the recorded one, or take this one instead: ${mapFlag(disk, path)}`,
  };
}

/** Only its place matches, and this isn't the recorded machine. */
export function otherMachine(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem {
  const path = pathOf(candidate, facts);
  return {
    code: "other-machine",
    node: disk.node,
    device: path,
    message: `${path} is where ${subject(disk)} was, but this isn't known to be the recorded machine, so the place says nothing`,
    remedy: `if it is the right disk: ${mapFlag(disk, path)}`,
  };
}

/** Its place or its volume matches, and the hardware is another. */
export function hintMismatch(
  disk: DiskRequirement,
  candidate: Candidate,
  facts: RescueFacts,
  though: string,
  hint: string,
): Problem {
  const path = pathOf(candidate, facts);
  return {
    code: "hint-mismatch",
    node: disk.node,
    device: path,
    message: `${path} ${though} (it was ${disk.name}), but it is another one: ${hint}`,
    remedy: `if it takes its place: ${mapFlag(disk, path)}`,
  };
}

/** One disk here was bound to two recorded ones. */
export function targetTwice(node: NodeId, nodes: readonly NodeId[], device: string, facts: RescueFacts): Problem {
  const found = facts.inventory.find(device);
  const path = found === undefined ? device : nodePath(found);
  const others = nodes.filter((other) => other !== node).join(", ");
  return {
    code: "target-twice",
    node,
    device: path,
    message: `${path} would be ${node} and ${others} at once`,
    remedy: `give each its own disk: --map ${node}=/dev/…`,
  };
}

/** A recorded disk for people: id, and what it was called. */
export function subject(disk: DiskRequirement): string {
  return `${disk.node} (was ${disk.name})`;
}

/** The flag that binds a disk by hand. */
export function mapFlag(disk: DiskRequirement, path: string): string {
  return `--map ${disk.node}=${path}`;
}

/** The flag that allows that a disk is erased whatever is on it. */
export function overwriteFlag(disk: DiskRequirement): string {
  return `--existing=${disk.node}=overwrite`;
}

/** The path of a candidate's device. */
export function pathOf(candidate: Candidate, facts: RescueFacts): string {
  const device = facts.inventory.find(candidate.device);
  return device === undefined ? `/dev/${candidate.device}` : nodePath(device);
}
