import { valueAt } from "./compare-fields.js";
import { isHeldMounted } from "./compare-mounts.js";
import type { FieldSource } from "./fields.js";
import type { Finding } from "./finding.js";
import type { NodeId } from "./ids.js";
import { type BlockNode, type Content, isBlockNode, type Layout, type LayoutNode, nodesById } from "./layout.js";
import { rebuiltNodes } from "./rebuilt.js";
import { standsOn } from "./stands-on.js";

/** Why a new scan isn't to take the place of the last one. */
export interface Loss {
  /** What is lost, or `damage`: something was found that no healthy server has. */
  readonly what: LayoutNode["role"] | "filesystem" | "swap" | "mount" | "configuration" | "damage";
  /** The node, the mount, or the kind whose configuration it is. */
  readonly subject: string;
  /** For people: what it was, and what is there now. */
  readonly message: string;
}

/**
 * What a scan doesn't find any more of what the last one would have had rebuilt, and the damage that it found. Pure. A
 * disk that was pulled, a tool that failed and a filesystem that was erased look alike here, and none of them may cost
 * the last good set. Damage that the last set has too was accepted with it.
 *
 * @param last null where there is no set yet
 */
export function lossesAgainst(last: Layout | null, now: Layout, sources: readonly FieldSource[]): Loss[] {
  if (last === null) return damage([], now.findings);
  const nodes = lostNodes(last, now);
  const gone = new Set(last.nodes.map(({ id }) => id).filter((id) => !rebuiltNodes(now).has(id)));
  return [
    ...nodes,
    ...lostContents(last, now, gone),
    ...lostMounts(last, now, gone),
    ...lostConfigurations(last, now, sources),
    ...damage(last.findings, now.findings),
  ];
}

const CALLED: Readonly<Record<LayoutNode["role"], string>> = {
  disk: "disk",
  map: "multipathed LUN",
  partition: "partition",
  array: "RAID array",
  group: "volume group",
  volume: "logical volume",
  mapping: "mapping",
};

/** Nodes that would have been rebuilt and now wouldn't be; of those, the ones that don't stand on another lost one. */
function lostNodes(last: Layout, now: Layout): Loss[] {
  const [before, after] = [rebuiltNodes(last), rebuiltNodes(now)];
  const isLost = (id: NodeId) => before.has(id) && !after.has(id);
  const below = standsOn(last);
  const above = countAbove(last, isLost, below);
  const there = nodesById(now);
  return last.nodes
    .filter((node) => isLost(node.id) && !below(node).some(isLost))
    .map((node) => {
      const count = above(node.id);
      const more = count === 0 ? "" : `, and with it ${count} more that ${count === 1 ? "stands" : "stand"} on it`;
      const message = `the ${CALLED[node.role]} ${node.id} (was ${node.name}) ${stateOf(there.get(node.id))}${more}`;
      return { what: node.role, subject: node.id, message };
    });
}

function stateOf(node: LayoutNode | undefined): string {
  if (node === undefined) return "is gone";
  if (node.notRebuilt !== undefined) return `can't be rebuilt any more: ${node.notRebuilt}`;
  if (!isBlockNode(node)) return "can't be rebuilt any more";
  if (node.readOnly) return "is read-only now";
  return isNothing(node.content) ? "shows nothing any more that could be rebuilt" : "can't be rebuilt any more";
}

function isNothing({ is }: Content): boolean {
  return is === "empty" || is === "unknown" || is === "foreign" || is === "path";
}

/** How many lost nodes stand on one, by whatever lies between. */
function countAbove(
  layout: Layout,
  isLost: (id: NodeId) => boolean,
  below: (node: LayoutNode) => readonly NodeId[],
): (id: NodeId) => number {
  const above = new Map<NodeId, NodeId[]>();
  for (const node of layout.nodes) {
    if (!isLost(node.id)) continue;
    for (const id of below(node)) above.set(id, [...(above.get(id) ?? []), node.id]);
  }
  return (id) => {
    const seen = new Set<NodeId>();
    const look = (at: NodeId): void => {
      for (const next of above.get(at) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        look(next);
      }
    };
    look(id);
    return seen.size;
  };
}

/** Filesystems and swap areas on nodes that are still there. A filesystem is itself by its UUID, wherever it was moved. */
function lostContents(last: Layout, now: Layout, gone: ReadonlySet<NodeId>): Loss[] {
  const there = nodesById(now);
  const uuids = new Set(now.nodes.flatMap((node) => uuidOf(node) ?? []));
  return last.nodes.filter(isBlockNode).flatMap((was) => {
    const { content } = was;
    if ((content.is !== "filesystem" && content.is !== "swap") || gone.has(was.id)) return [];
    const uuid = uuidOf(was);
    const is = (there.get(was.id) as BlockNode).content;
    if (uuid === null ? is.is === content.is : uuids.has(uuid)) return [];
    // a swap area that was made anew holds no less than before
    if (content.is === "swap" && is.is === "swap") return [];
    const message = `the ${describeContent(content)} on ${was.id} (was ${was.name}) is gone; there is now: ${describeContent(is)}`;
    return [{ what: content.is, subject: was.id, message }];
  });
}

function uuidOf(node: LayoutNode): string | null {
  if (!isBlockNode(node)) return null;
  const { content } = node;
  return content.is === "filesystem" || content.is === "swap" ? content.uuid : null;
}

function describeContent(content: Content): string {
  switch (content.is) {
    case "filesystem": {
      const label = content.label === null ? "" : ` ${JSON.stringify(content.label)}`;
      return `${content.type} filesystem${label}${content.uuid === null ? "" : ` (${content.uuid})`}`;
    }
    case "swap":
      return "swap area";
    case "unknown":
      return `nobody can tell what, since ${content.why}`;
    case "empty":
      return "nothing";
    case "foreign":
      return content.type;
    default:
      return content.is;
  }
}

/** Filesystems that are there and aren't mounted any more: their files would be missing in the backup. */
function lostMounts(last: Layout, now: Layout, gone: ReadonlySet<NodeId>): Loss[] {
  const active = now.mounts.filter((mount) => mount.active);
  const isSeen = (id: NodeId) => active.some(({ source }) => source.is === "node" && source.node === id);
  return last.mounts.flatMap((mount) => {
    const { source, at } = mount;
    if (source.is !== "node" || !mount.active || !isHeldMounted(mount)) return [];
    if (gone.has(source.node) || isSeen(source.node)) return [];
    const message = `${source.node}, which was mounted at ${JSON.stringify(at)}, is mounted nowhere: its files would be missing in a backup`;
    return [{ what: "mount" as const, subject: mount.id, message }];
  });
}

function lostConfigurations(last: Layout, now: Layout, sources: readonly FieldSource[]): Loss[] {
  return sources.flatMap(({ kind, fields }) =>
    fields
      .filter(({ of, guarded }) => of === "config" && guarded === true)
      .filter(({ path }) => isSomething(valueAt(last.config[kind], path)))
      .filter(({ path }) => !isSomething(valueAt(now.config[kind], path)))
      .map(({ path, title }) => {
        const message = `${kind} doesn't find any more: ${title} (${path})`;
        return { what: "configuration" as const, subject: kind, message };
      }),
  );
}

function isSomething(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

function damage(last: readonly Finding[], now: readonly Finding[]): Loss[] {
  const key = ({ code, node }: Finding) => `${code} ${node ?? ""}`;
  const accepted = new Set(last.filter(({ holdsBack }) => holdsBack === true).map(key));
  return now
    .filter((finding) => finding.holdsBack === true && !accepted.has(key(finding)))
    .map(({ code, node, message }) => ({ what: "damage", subject: node ?? code, message }));
}
