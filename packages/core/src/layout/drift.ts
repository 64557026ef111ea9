import { compareFields, type Difference, rowsOf, sameValue, type Tables, tablesOf } from "./compare-fields.js";
import { compareMount, mountKey } from "./compare-mounts.js";
import { compareNodes, isPath } from "./compare-nodes.js";
import { type Field, type FieldSource, isDrift } from "./fields.js";
import type { Finding } from "./finding.js";
import type { NodeId } from "./ids.js";
import { type BoundNode, isBoundNode, type Layout, type LayoutNode, type Mount, nodesById } from "./layout.js";
import { rebuiltNodes } from "./rebuilt.js";
import { standsOn } from "./stands-on.js";

/**
 * Compares a healthy server with what was recorded of it: everything by which a plan made now would be another one.
 * Pure. Unlike {@link compare} it also tells what is new. Blind to what changes by itself: kernel names, the number and
 * places of paths, mounts that no plan makes, blank disks, counters and times.
 */
export function drift(recorded: Layout, now: Layout, sources: readonly FieldSource[]): Difference[] {
  const tables = tablesOf(sources, isDrift);
  const scope = new Set([...rebuiltNodes(recorded), ...rebuiltNodes(now)]);
  const takes = (node: LayoutNode) => !isPath(node) && scope.has(node.id);
  return [
    ...machineDrift(recorded, now),
    ...compareNodes(recorded, now, { tables, takes, contentMatters: () => true }),
    ...identityDrift(recorded.nodes.filter(takes), now),
    ...newNodes(recorded, now, takes),
    ...mountDrift(recorded.mounts, now.mounts, rowsOf(tables, "mount", "mount")),
    ...configDrift(recorded, now, tables),
    ...newFindings(recorded, now),
  ];
}

/** What a recovery asks for by name, and what lets a place bind. */
function machineDrift({ machine: was }: Layout, { machine: is }: Layout): Difference[] {
  const rows = [
    ["hostname", "Host name"],
    ["architecture", "Architecture"],
    ["places", "Names of this very machine"],
  ] as const;
  return rows
    .filter(([field]) => !sameValue(sorted(was[field]), sorted(is[field])))
    .map(([field, title]) => ({ subject: "machine", field, title, was: was[field], is: is[field] }));
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}

/** A map where there was a disk, another volume under the same id. Places and hints are those of the paths. */
function identityDrift(recorded: readonly LayoutNode[], now: Layout): Difference[] {
  const found = nodesById(now);
  return recorded.flatMap((was) => {
    const is = found.get(was.id);
    if (is === undefined || !isBoundNode(was) || !isBoundNode(is)) return [];
    const role = { field: "role", title: "What it is used as", was: was.role, is: is.role };
    const identity = { field: "identities", title: "Which volume it is", was: volumesOf(was), is: volumesOf(is) };
    return [role, identity]
      .filter((difference) => !sameValue(difference.was, difference.is))
      .map((difference) => ({ subject: was.id, ...difference }));
  });
}

function volumesOf({ identities }: BoundNode): string[] {
  const volumes = identities.filter(({ strength }) => strength === "volume");
  return volumes.map(({ type, value }) => `${type} ${value}`).sort();
}

/** What would be rebuilt and wasn't recorded; of it, that on which the rest of it stands. */
function newNodes(recorded: Layout, now: Layout, takes: (node: LayoutNode) => boolean): Difference[] {
  const known = new Set(recorded.nodes.map(({ id }) => id));
  const isNew = (id: NodeId) => !known.has(id);
  const below = standsOn(now);
  return now.nodes
    .filter((node) => takes(node) && isNew(node.id) && !below(node).some(isNew))
    .map(({ id, name }) => ({ subject: id, field: "node", title: "the whole node", was: null, is: name }));
}

/**
 * Mounts of the layout's own filesystems. What is mounted now and isn't in fstab is someone at work; what was, and isn't
 * any more, is no longer in the backup.
 */
function mountDrift(recorded: readonly Mount[], now: readonly Mount[], fields: readonly Field[]): Difference[] {
  const counts = ({ source, active, fstab }: Mount) => source.is === "node" && (active || fstab !== null);
  const whole = { field: "mount", title: "the whole mount" } as const;
  const found = new Map(now.map((mount) => [mountKey(mount), mount]));
  const known = new Set(recorded.map(mountKey));
  const was = recorded.filter(counts).flatMap((mount) => {
    const is = found.get(mountKey(mount));
    return is === undefined
      ? [{ ...whole, subject: mount.id, was: mount.at, is: null }]
      : compareMount(mount, is, fields);
  });
  const added = now
    .filter((mount) => counts(mount) && mount.fstab !== null && !known.has(mountKey(mount)))
    .map((mount) => ({ ...whole, subject: mount.id, was: null, is: mount.at }));
  return [...was, ...added];
}

function configDrift(recorded: Layout, now: Layout, tables: Tables): Difference[] {
  return [...tables.keys()].flatMap((kind) =>
    compareFields(kind, rowsOf(tables, kind, "config"), recorded.config[kind] ?? {}, now.config[kind] ?? {}, "config."),
  );
}

/** Losses and damage that weren't there. Told apart by code and node: messages hold kernel names. */
function newFindings(recorded: Layout, now: Layout): Difference[] {
  const counts = ({ severity, holdsBack }: Finding) => severity === "loss" || holdsBack === true;
  const left = new Map<string, number>();
  const key = ({ code, node }: Finding) => `${code} ${node ?? ""}`;
  for (const finding of recorded.findings.filter(counts)) left.set(key(finding), (left.get(key(finding)) ?? 0) + 1);
  return now.findings.filter(counts).flatMap((finding) => {
    const before = left.get(key(finding)) ?? 0;
    left.set(key(finding), before - 1);
    if (before > 0) return [];
    const { code, node, message } = finding;
    return [{ subject: node ?? code, field: "finding", title: code, was: null, is: message }];
  });
}
