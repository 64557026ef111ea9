/** A node or an edge of the layout, as far as it matters for finding its partner. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The layout in the document that `bmr scan --json` prints. */
export interface ScannedLayout {
  readonly nodes: readonly JsonObject[];
  readonly edges: readonly JsonObject[];
}

/** Fields that may differ between the lost server and the restored one, by their place in the layout, and why. */
const exceptions: readonly { readonly place: RegExp; readonly why: string }[] = [
  {
    place: /superblock\.(created|last(Mounted|Written|Checked)|nextCheck|mountCount|lifetimeWrites)$/,
    why: "the filesystem's own history begins anew",
  },
  { place: /superblock\.(freeBlocks|freeInodes)$/, why: "depends on what was written since, by boot and logs" },
  {
    place: /^mounts\[\d+\]\.usage\.(bytes|freeBytes|freeInodes)$/,
    why: "depends on what was written since; and what an ext's own tables take is counted anew",
  },
  {
    place: /superblock\.(clean|transientFeatures|checksum)$/,
    why: "the state of a mounted filesystem changes all the time",
  },
  { place: /superblock\.journal\.(sequence|start|checksum)$/, why: "the journal's position changes all the time" },
  { place: /^nodes\.vg:[^.]*\.detail\.seqno$/, why: "LVM counts every write of its metadata, the restoring one too" },
  { place: /superblock\.lastMountedOn$/, why: "written by the kernel at some mounts only" },
];

/**
 * All places in which the layouts before and after differ, as `path: was …, is …`. Left out, beside the named fields, is
 * where the SAN shows the LUNs, since the lab attaches the new disks elsewhere: of the paths only their number is
 * compared, and no identity that names a place. Nodes are matched by their ids, never by their order.
 */
export function compareLayouts(before: ScannedLayout, after: ScannedLayout): readonly string[] {
  return differences(normalise(before), normalise(after), "").filter(
    (line) => !exceptions.some(({ place }) => place.test(line.slice(0, line.indexOf(": was ")))),
  );
}

function normalise(layout: ScannedLayout): JsonObject {
  const isPath = (node: JsonObject): boolean => isObject(node.content) && node.content.is === "path";
  const nodes = layout.nodes
    .filter((node) => !isPath(node))
    .map((node) => [String(node.id), withoutHistory(withoutRevoke(withoutPlaces(node)))]);
  const pathCounts: Record<string, number> = {};
  const edges: string[] = [];
  for (const edge of layout.edges) {
    if (edge.as === "path") pathCounts[String(edge.to)] = (pathCounts[String(edge.to)] ?? 0) + 1;
    else edges.push(JSON.stringify(edge));
  }
  return { ...layout, nodes: Object.fromEntries(nodes) as JsonObject, edges: edges.sort(), pathCounts };
}

function withoutPlaces(node: JsonObject): JsonObject {
  if (!Array.isArray(node.identities)) return node;
  const identities = (node.identities as readonly JsonObject[])
    .filter((identity) => identity.strength !== "place")
    .map((identity) => JSON.stringify(identity))
    .sort();
  return { ...node, identities };
}

/** The kernel sets this feature of a journal by itself, when a block is first revoked (fs/jbd2/journal.c). */
function withoutRevoke(node: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(node, (key, value: Json) =>
      key === "features" && Array.isArray(value) ? value.filter((name) => name !== "journal_incompat_revoke") : value,
    ),
  ) as JsonObject;
}

/** A vgcfgbackup says when, how and as which revision it was written: its first lines, comments, and `seqno`. */
function withoutHistory(node: JsonObject): JsonObject {
  if (!isObject(node.detail) || typeof node.detail.backup !== "string") return node;
  const backup = node.detail.backup
    .split("\n")
    .map((line) => line.replace(/\t*#.*$/, ""))
    .filter((line) => !/^(description|creation_host|creation_time) = |^\tseqno = /.test(line));
  return { ...node, detail: { ...node.detail, backup } };
}

function differences(before: Json | undefined, after: Json | undefined, path: string): readonly string[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, at) => differences(item, after[at], `${path}[${at}]`));
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  return was === is ? [] : [`${path}: was ${was ?? "absent"}, is ${is ?? "absent"}`];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
