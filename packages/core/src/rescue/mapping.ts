import type { NodeId } from "../layout/ids.js";
import type { DiskRequirement } from "../plan/part.js";
import { pathOf } from "./binding-problems.js";
import { loosePathsOf } from "./loose-paths.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
import { isPathOfMap } from "./stack.js";

/** One `--map FROM=TO`: the operator says which disk here takes the place of a recorded one. */
export interface MappingEntry {
  /** The recorded disk: its id, one of its identities, or its recorded name where that names just one. */
  readonly from: string;
  /** The disk here: a path, a link, a kernel name, an id or an identity. */
  readonly to: string;
  /** Where it was said, for messages: `disks.map, line 3`. `--map FROM=TO` where it isn't given. */
  readonly origin?: string;
}

/** The recorded disks that were mapped, and what was wrong with the others. */
export interface MappedDisks {
  readonly bound: ReadonlyMap<NodeId, Candidate>;
  readonly problems: readonly Problem[];
}

/**
 * Finds both sides of each entry, of the command line and of a map file alike: none of them wins, and two that say
 * different things of one disk are a problem. A disk with an entry that is wrong isn't bound at all.
 */
export function mapDisks(
  disks: readonly DiskRequirement[],
  facts: RescueFacts,
  mapping: readonly MappingEntry[],
): MappedDisks {
  const bound = new Map<NodeId, Candidate>();
  const problems: Problem[] = [];
  for (const entry of mapping) {
    const disk = recordedDisk(disks, entry.from);
    if (disk === undefined) {
      problems.push(unknownDisk(disks, entry));
      continue;
    }
    const found = candidateFor(facts, entry.to);
    if ("code" in found) problems.push({ ...found, node: disk.node });
    else if (bound.has(disk.node) && bound.get(disk.node) !== found) problems.push(mappedTwice(disk, mapping));
    else bound.set(disk.node, found);
  }
  // a word that is right beside one that is wrong says nothing for certain
  for (const { node } of problems) if (node !== null) bound.delete(node);
  return { bound, problems };
}

/** The recorded disk that a text names: its id, with or without the prefix, an identity, or its name. */
export function recordedDisk(disks: readonly DiskRequirement[], name: string): DiskRequirement | undefined {
  const byId = disks.find((disk) => disk.node === name);
  if (byId !== undefined) return byId;
  const matching = disks.filter(
    (disk) =>
      disk.name === name ||
      disk.node.slice(disk.node.indexOf(":") + 1) === name ||
      disk.identities.some((identity) => identity.strength !== "hint" && identity.value === name),
  );
  return matching.length === 1 ? matching[0] : undefined;
}

function candidateFor(facts: RescueFacts, name: string): Candidate | Problem {
  const device = facts.inventory.find(name);
  const candidate =
    device === undefined
      ? onlyOne(facts.candidates.filter((candidate) => isNamed(candidate, name)))
      : facts.candidates.find((candidate) => candidate.device === device.name);
  if (candidate !== undefined) return candidate;
  if (device === undefined) return unknownDevice(facts, name);
  const other = facts.candidates.find((known) => loosePathsOf(known, facts).includes(device));
  if (other !== undefined) return ontoLoosePath(facts, device.path, other);
  return isPathOfMap(facts.inventory, device.name) ? ontoPath(facts, device.name) : notADisk(facts, device.path);
}

function isNamed(candidate: Candidate, name: string): boolean {
  const { id, identities } = candidate.node;
  return id === name || identities.some((identity) => identity.strength !== "hint" && identity.value === name);
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function unknownDisk(disks: readonly DiskRequirement[], entry: MappingEntry): Problem {
  return {
    code: "map-unknown-disk",
    node: null,
    device: null,
    message: `${saidIn(entry)}: ${entry.from} names no recorded disk, or more than one`,
    remedy: `name one of these by its id: ${disks.map((disk) => `${disk.node} (${disk.name})`).join(", ")}`,
  };
}

function mappedTwice(disk: DiskRequirement, mapping: readonly MappingEntry[]): Problem {
  const entries = mapping.filter((entry) => recordedDisk([disk], entry.from) === disk);
  return {
    code: "map-twice",
    node: disk.node,
    device: entries.at(-1)?.to ?? null,
    message: `${disk.node} is mapped onto different disks: ${entries.map((entry) => `${saidIn(entry)} (${entry.to})`).join("; ")}`,
    remedy: "leave one of them, and take the others away",
  };
}

function saidIn({ from, to, origin }: MappingEntry): string {
  return origin ?? `--map ${from}=${to}`;
}

function unknownDevice(facts: RescueFacts, name: string): Problem {
  const known = facts.candidates.map((candidate) => pathOf(candidate, facts));
  return {
    code: "map-unknown-device",
    node: null,
    device: name,
    message: `there is no disk here that ${name} names, or more than one`,
    remedy: `map onto one of these: ${known.join(", ") || "no disk is seen at all; look at lsblk and dmesg"}`,
  };
}

function ontoPath(facts: RescueFacts, name: string): Problem {
  const map = facts.inventory.holdersOf(name).find((holder) => holder.dm?.uuid.startsWith("mpath-"));
  const path = `/dev/mapper/${map?.dm?.name}`;
  return {
    code: "map-onto-path",
    node: null,
    device: facts.inventory.find(name)?.path ?? name,
    message: `${name} is one path of the multipath map ${path}`,
    remedy: `map onto the map instead: --map …=${path}`,
  };
}

/** A path that no map holds, one of several to its LUN: the LUN is written over all of them or none. */
function ontoLoosePath(facts: RescueFacts, path: string, candidate: Candidate): Problem {
  return {
    code: "map-onto-path",
    node: null,
    device: path,
    message: `${path} is one path of the LUN that is seen as ${pathOf(candidate, facts)} too, and no multipath map holds them together`,
    remedy: "start multipath (modprobe dm-multipath; multipathd; multipath -v2) and map onto the map",
  };
}

function notADisk(facts: RescueFacts, path: string): Problem {
  return {
    code: "map-not-a-disk",
    node: null,
    device: path,
    message: `${path} isn't a whole disk, nor a multipath map`,
    remedy: unknownDevice(facts, path).remedy,
  };
}
