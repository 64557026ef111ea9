import type { NodeId } from "../layout/ids.js";
import type { Machine } from "../layout/layout.js";
import type { DiskRequirement } from "../plan/part.js";
import * as describe from "./binding-problems.js";
import {
  compareIdentities,
  isSameMachine,
  rejectingHint,
  sharedIdentities,
  sharesIdentity,
  showsShared,
} from "./identity-match.js";
import { type MappingEntry, mapDisks, recordedDisk } from "./mapping.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** What made a recorded disk and one that is here belong together. */
export type BoundBy = "map" | "volume" | "place";

/**
 * Whether it is the recorded volume: `replaced` is a new disk, or a new minidisk; `unknown` where one of both has
 * nothing that tells the volume.
 */
export type VolumeMatch = "same" | "replaced" | "unknown";

/** A recorded disk and the disk here that takes its place. */
export interface Binding {
  readonly disk: DiskRequirement;
  readonly candidate: Candidate;
  readonly by: BoundBy;
  readonly volume: VolumeMatch;
}

/** A DASD's uid: a minidisk is known by where it is, and a new one has a new uid. */
const DASD_UID = "dasd-uid";

/**
 * Finds for each recorded disk the one here that is it: by what the operator mapped, else by the identity of the
 * volume, else by its place on the same machine. Never by size, name, or content: a clone carries the same UUIDs.
 */
export function bindDisks(
  recorded: { readonly disks: readonly DiskRequirement[]; readonly machine: Machine },
  facts: RescueFacts,
  mapping: readonly MappingEntry[],
): { readonly bindings: readonly Binding[]; readonly problems: readonly Problem[] } {
  const { disks } = recorded;
  const mapped = mapDisks(disks, facts, mapping);
  const named = new Set(mapping.map((entry) => recordedDisk(disks, entry.from)?.node));
  const sameMachine = isSameMachine(recorded.machine, facts.layout.machine);
  const context: Context = { disks, facts, sameMachine };
  const bindings: Binding[] = [];
  const problems: Problem[] = [...mapped.problems];
  for (const disk of disks) {
    const candidate = mapped.bound.get(disk.node);
    if (candidate !== undefined) bindings.push(byMap(disk, candidate));
    if (named.has(disk.node)) continue;
    const found = byVolume(disk, context) ?? sharedByMany(disk, context) ?? byPlace(disk, context);
    if ("code" in found) problems.push(found);
    else bindings.push(found);
  }
  return { bindings, problems: [...problems, ...boundTwice(bindings, facts)] };
}

interface Context {
  readonly disks: readonly DiskRequirement[];
  readonly facts: RescueFacts;
  readonly sameMachine: boolean;
}

function byMap(disk: DiskRequirement, candidate: Candidate): Binding {
  return { disk, candidate, by: "map", volume: volumeMatch(disk, candidate) };
}

/** By the identity of the volume, wherever it is attached; undefined where no volume here has one of the recorded ones. */
function byVolume(disk: DiskRequirement, { facts }: Context): Binding | Problem | undefined {
  const sharing = facts.candidates.filter((candidate) =>
    sharesIdentity(disk.identities, candidate.node.identities, "volume"),
  );
  const [candidate] = sharing;
  if (candidate === undefined) return undefined;
  if (sharing.length > 1) return describe.several(disk, sharing, facts, "carry its identity");
  const here = candidate.node.identities;
  if (compareIdentities(disk.identities, here, "volume") === "conflict") {
    return describe.conflict(
      disk,
      candidate,
      facts,
      "one of its identities is the recorded one, another contradicts it",
    );
  }
  if (isDasd(disk) && compareIdentities(disk.identities, here, "place") === "different") {
    return describe.swapped(disk, candidate, facts, "its recorded volume is at another place");
  }
  const hint = isScsi(disk) ? rejectingHint(disk.identities, here, ["serial"]) : undefined;
  if (hint !== undefined)
    return describe.hintMismatch(disk, candidate, facts, `has the identity of ${disk.node}`, hint);
  return { disk, candidate, by: "volume", volume: "same" };
}

/** Different disks here say that they are the recorded one: nothing else tells which is right, not even the place. */
function sharedByMany(disk: DiskRequirement, { facts }: Context): Problem | undefined {
  const alike = facts.candidates.filter((candidate) => showsShared(disk.identities, candidate.node.identities));
  return alike.length === 0 ? undefined : describe.sharedIdentity(disk, alike, facts);
}

/** By the place where it was attached: only on the same machine, and only where nothing says that another volume is there. */
function byPlace(disk: DiskRequirement, { disks, facts, sameMachine }: Context): Binding | Problem {
  const there = facts.candidates.filter((candidate) =>
    sharesIdentity(disk.identities, candidate.node.identities, "place"),
  );
  const [candidate] = there;
  if (candidate === undefined) return describe.noCandidate(disk);
  if (!sameMachine) return describe.otherMachine(disk, candidate, facts);
  if (there.length > 1) return describe.several(disk, there, facts, "are at its recorded place");
  const here = candidate.node.identities;
  const owner = disks.find((other) => other !== disk && sharesIdentity(other.identities, here, "volume"));
  if (owner !== undefined) {
    return describe.swapped(disk, candidate, facts, `at its recorded place is the volume of ${owner.node}`);
  }
  const hasVolume = here.some((identity) => identity.strength === "volume") || sharedIdentities(here).length > 0;
  if (hasVolume && !isDasd(disk)) return describe.otherVolume(disk, candidate, facts);
  const hint = rejectingHint(disk.identities, here);
  if (hint !== undefined) return describe.hintMismatch(disk, candidate, facts, `is where ${disk.node} was`, hint);
  // the recorded volume isn't seen anywhere, or it would have been bound
  const wasKnown = disk.identities.some((identity) => identity.strength === "volume");
  return { disk, candidate, by: "place", volume: wasKnown ? "replaced" : "unknown" };
}

function volumeMatch(disk: DiskRequirement, candidate: Candidate): VolumeMatch {
  const here = candidate.node.identities;
  const match = compareIdentities(disk.identities, here, "volume");
  if (match === "silent") return "unknown";
  return match === "same" ? "same" : "replaced";
}

function isDasd(disk: DiskRequirement): boolean {
  return disk.identities.some((identity) => identity.type === DASD_UID);
}

/** Of SCSI units the serial number is the unit's own; an NVMe controller, say, can be another on each path. */
function isScsi(disk: DiskRequirement): boolean {
  return disk.identities.some(({ type, strength }) => strength === "volume" && type === "wwid");
}

function boundTwice(bindings: readonly Binding[], facts: RescueFacts): Problem[] {
  const owners = new Map<string, NodeId[]>();
  for (const { disk, candidate } of bindings) {
    owners.set(candidate.device, [...(owners.get(candidate.device) ?? []), disk.node]);
  }
  return [...owners].flatMap(([device, nodes]) =>
    nodes.length === 1 ? [] : nodes.map((node) => describe.targetTwice(node, nodes, device, facts)),
  );
}
