import type { Field, FieldSource } from "./fields.js";
import type { NodeId } from "./ids.js";
import { isBlockNode, type Layout, type LayoutNode, type Mount } from "./layout.js";

/** One field that isn't what was recorded. */
export interface Difference {
  /** The node or mount, or the kind whose configuration differs. */
  readonly subject: string;
  /** The field's path, `content.detail.reservedBlocks`; `node` or `mount` where the whole thing is missing. */
  readonly field: string;
  /** For people. */
  readonly title: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** What compare looks at. */
export interface CompareOptions {
  /** The moment: fields that hold from `diskinit` on, or those and the ones that hold from `restore` on. */
  readonly when: "diskinit" | "restore";
  /** Only these nodes, where given: what a plan rebuilds. */
  readonly scope?: ReadonlySet<NodeId>;
}

/**
 * Compares a layout with the recorded one, field by field, by the kinds' tables. Pure. Things that are there now and
 * weren't recorded are no difference: a rescue system has disks of its own.
 */
export function compare(
  recorded: Layout,
  now: Layout,
  sources: readonly FieldSource[],
  options: CompareOptions,
): Difference[] {
  const tables = new Map(sources.map((source) => [source.kind, source.fields.filter((f) => holds(f, options.when))]));
  const nodes = new Map(now.nodes.map((node) => [node.id, node]));
  const differences = recorded.nodes
    .filter((node) => isCompared(node, options.scope))
    .flatMap((node) => compareNode(node, nodes.get(node.id), tables));
  if (options.when === "diskinit") return differences;
  return [
    ...differences,
    ...compareMounts(recorded.mounts, now.mounts, tables.get("mount") ?? []),
    ...compareConfig(recorded, now, tables),
  ];
}

function holds(field: Field, when: CompareOptions["when"]): boolean {
  return field.holds === "diskinit" || field.holds === when;
}

function isCompared(node: LayoutNode, scope: ReadonlySet<NodeId> | undefined): boolean {
  if (node.role === "disk" && node.content.is === "path") return false;
  return scope === undefined || scope.has(node.id);
}

function compareNode(
  was: LayoutNode,
  is: LayoutNode | undefined,
  tables: ReadonlyMap<string, readonly Field[]>,
): Difference[] {
  if (is === undefined) {
    return [{ subject: was.id, field: "node", title: "the whole node", was: was.name, is: null }];
  }
  const rows = (tables.get(was.kind) ?? []).filter((field) => field.of === "node");
  const own = compareFields(was.id, rows, was, is, "");
  if (!isBlockNode(was) || !isBlockNode(is)) return own;
  return [...own, ...compareContents(was.id, was.content, is.content, tables)];
}

type WasContent = Extract<LayoutNode, { content: unknown }>["content"];

function compareContents(
  id: NodeId,
  was: WasContent,
  is: WasContent,
  tables: ReadonlyMap<string, readonly Field[]>,
): Difference[] {
  // what no kind restores was said by a finding; it isn't promised
  if (was.is === "foreign" || was.is === "unknown" || was.is === "empty") return [];
  if (was.is !== is.is) {
    return [{ subject: id, field: "content", title: "what is on it", was: was.is, is: is.is }];
  }
  if (!("kind" in was)) return [];
  const rows = (tables.get(was.kind) ?? []).filter((field) => field.of === "content");
  return compareFields(id, rows, was, is, "content.");
}

function compareMounts(was: readonly Mount[], is: readonly Mount[], fields: readonly Field[]): Difference[] {
  const rows = fields.filter((field) => field.of === "mount");
  const found = new Map(is.map((mount) => [mount.id, mount]));
  return was
    .filter((mount) => mount.source.is === "node" && mount.active)
    .flatMap((mount) => {
      const now = found.get(mount.id);
      if (now !== undefined) return compareFields(mount.id, rows, mount, now, "");
      return [{ subject: mount.id, field: "mount", title: "the whole mount", was: mount.at, is: null }];
    });
}

function compareConfig(was: Layout, is: Layout, tables: ReadonlyMap<string, readonly Field[]>): Difference[] {
  return [...tables].flatMap(([kind, fields]) => {
    const rows = fields.filter((field) => field.of === "config");
    const [before, after] = [was.config[kind], is.config[kind]];
    if (rows.length === 0 || before === undefined) return [];
    return compareFields(kind, rows, before, after ?? {}, "config.");
  });
}

function compareFields(
  subject: string,
  fields: readonly Field[],
  was: unknown,
  is: unknown,
  prefix: string,
): Difference[] {
  return fields.flatMap((field) => {
    const [before, after] = [valueAt(was, field.path), valueAt(is, field.path)];
    if (sameValue(before, after)) return [];
    return [{ subject, field: `${prefix}${field.path}`, title: field.title, was: before, is: after }];
  });
}

function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null) return null;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at ?? null;
}

/** Equal as JSON data, whatever the order of an object's names. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    const [inA, inB] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
    if (!sameValue(inA ?? null, inB ?? null)) return false;
  }
  return true;
}
