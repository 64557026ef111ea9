import type { Draft } from "../../layout/draft.js";
import { groupBy } from "../../layout/group-by.js";
import { nodeId } from "../../layout/ids.js";
import type { DirectoryAttributes, Mount } from "../../layout/layout.js";
import { boundPath, type ShownMount, tellBinds } from "./binds.js";
import { isMadeBy, type ResolvedEntry, resolveEntry } from "./entries.js";
import type { FstabEntry, MountFacts } from "./facts.js";
import { isInMemory } from "./filesystem-types.js";
import { isReadOnly } from "./options.js";
import { containerDirectory } from "./passing.js";
import { thingOf } from "./source.js";
import { placeMounts } from "./tree.js";
import { viewOptions } from "./view-options.js";

/** A mount of the layout, with what it was made of; either one may be missing, not both. */
export interface JoinedMount {
  readonly mount: Mount;
  readonly shown: ShownMount | null;
  readonly resolved: ResolvedEntry | null;
}

/** What the machine's mounts come to: what is mounted, and what fstab would mount besides. */
export interface JoinedMounts {
  readonly joined: readonly JoinedMount[];
  /** Visible mounts that come and go by themselves, and aren't recorded. */
  readonly left: readonly ShownMount[];
  /** Mounts that no path leads to. */
  readonly hidden: readonly ShownMount[];
}

/** Joins what is mounted with what fstab says. Pure. */
export function joinMounts(facts: MountFacts, draft: Draft): JoinedMounts {
  const placed = placeMounts(facts.mounted).map((place) => ({ ...place, thing: thingOf(place.mounted, draft) }));
  const entries = (facts.fstab ?? []).map((entry) => resolveEntry(entry, draft));
  const listed = new Set(entries.map(({ entry }) => entry.place));
  const shown = tellBinds(
    placed.filter((place) => !place.hidden),
    (at) => listed.has(at),
  );
  const entriesAt = groupBy(entries, ({ entry }) => entry.place);
  const taken = new Set<ResolvedEntry>();
  const active = shown.map((mount) => {
    const resolved = entriesAt.get(mount.mounted.at)?.find((entry) => !taken.has(entry) && isMadeBy(mount, entry));
    if (resolved !== undefined) taken.add(resolved);
    return { shown: mount, resolved: resolved ?? null };
  });
  const isOurs = ({ shown: mount, resolved }: (typeof active)[number]) => resolved !== null || isKept(mount, listed);
  const kept = active.filter(isOurs);
  const ids = new Set<string>();
  const joined = [
    ...kept.map(({ shown: mount, resolved }) => ({
      shown: mount,
      resolved,
      mount: activeMount(mount, resolved, facts),
    })),
    ...entries
      .filter((entry) => !taken.has(entry))
      .map((resolved) => ({ shown: null, resolved, mount: inactiveMount(resolved, facts) })),
  ].map((one) => ({ ...one, mount: { ...one.mount, id: freeId(one.mount, one.resolved?.entry, ids) } }));
  return {
    joined,
    left: active.filter((one) => !isOurs(one)).map((one) => one.shown),
    hidden: tellBinds(placed, () => false).filter((place) => place.hidden),
  };
}

/** Without a line in fstab: what lies on this machine's own disks, and mount points that must be there after a restore. */
function isKept(mount: ShownMount, listed: ReadonlySet<string>): boolean {
  const { thing, mounted } = mount;
  if (mounted.type === "autofs" && listed.has(mounted.at)) return false;
  if (thing.is === "unresolved" || (thing.is === "node" && mount.main === null)) return true;
  // it lies in sysfs, and tells that files carry SELinux labels
  if (mounted.type === "selinuxfs") return true;
  const isOnDisk = mount.parent === null || !isInMemory(mount.parent.mounted.type);
  return isOnDisk && thing.is !== "passing" && containerDirectory(mounted.at) === undefined;
}

function activeMount(shown: ShownMount, resolved: ResolvedEntry | null, facts: MountFacts): Mount {
  const { mounted } = shown;
  return {
    id: nodeId("mount", mounted.at),
    at: mounted.at,
    source: activeSource(shown),
    type: mounted.type,
    options: [
      ...chosenOptions(resolved?.entry.options ?? mounted.options),
      // by the kernel's own word, since fstab may leave them to a default
      ...viewOptions(mounted.type, mounted.superOptions),
    ],
    active: true,
    fstab: fstabOf(resolved?.entry),
    readOnly: isReadOnly(mounted.options) || isReadOnly(mounted.superOptions),
    directory: directoryAt(mounted.at, facts),
    usage: facts.usage.get(mounted.at) ?? null,
  };
}

function activeSource(shown: ShownMount): Mount["source"] {
  const { thing, mounted, main } = shown;
  switch (thing.is) {
    case "node":
      if (main !== null) return { is: "bind", path: boundPath(shown, main) };
      return shown.whole
        ? { is: "node", node: thing.node }
        : { is: "unresolved", spec: `${mounted.source}[${mounted.root}]` };
    case "pseudo":
      return { is: "pseudo" };
    case "remote":
      return { is: "remote", spec: mounted.source };
    case "passing":
    case "unresolved":
      return { is: "unresolved", spec: mounted.source };
  }
}

function inactiveMount(resolved: ResolvedEntry, facts: MountFacts): Mount {
  const { entry } = resolved;
  return {
    id: nodeId("mount", entry.place),
    at: entry.place,
    source: inactiveSource(resolved),
    type: entry.type,
    options: chosenOptions(entry.options),
    active: false,
    fstab: fstabOf(entry),
    readOnly: isReadOnly(entry.options),
    directory: directoryAt(entry.place, facts),
    usage: null,
  };
}

function inactiveSource({ entry, names }: ResolvedEntry): Mount["source"] {
  switch (names.is) {
    case "node":
      return { is: "node", node: names.node };
    case "bind":
      return { is: "bind", path: entry.spec };
    case "pseudo":
      return { is: "pseudo" };
    case "remote":
      return { is: "remote", spec: entry.spec };
    case "ambiguous":
    case "image":
    case "passing":
    case "unresolved":
      return { is: "unresolved", spec: entry.spec };
  }
}

function fstabOf(entry: FstabEntry | undefined): Mount["fstab"] {
  return entry === undefined ? null : { spec: entry.spec, options: entry.options, dump: entry.dump, pass: entry.pass };
}

/** What the kernel and mount(8) add by themselves goes. */
function chosenOptions(options: readonly string[]): string[] {
  return options.filter((option) => !["rw", "relatime", "defaults"].includes(option));
}

function directoryAt(at: string, facts: MountFacts): DirectoryAttributes | null {
  return facts.places.get(at) ?? null;
}

/** One id for each mount: a line of fstab that isn't mounted, because another one is at its place, gets its number. */
function freeId(mount: Mount, entry: FstabEntry | undefined, ids: Set<string>): Mount["id"] {
  const id = ids.has(mount.id) ? nodeId("fstab", `${entry?.line ?? ids.size}:${mount.at}`) : mount.id;
  ids.add(id);
  return id;
}
