import type { Field, FieldSource } from "./fields.js";

/** One field that isn't what was recorded. */
export interface Difference {
  /** The node or mount, the kind whose configuration differs, or `machine`. */
  readonly subject: string;
  /** The field's path, `content.detail.reservedBlocks`; `node`, `content` or `mount` where the whole thing is another. */
  readonly field: string;
  /** For people. */
  readonly title: string;
  readonly was: unknown;
  readonly is: unknown;
  /** The code of the recorded finding that said beforehand that a rebuild doesn't give this back. Absent: nothing did. */
  readonly stated?: string;
}

/** The rows of each kind's table that a comparison looks at. */
export type Tables = ReadonlyMap<string, readonly Field[]>;

/** The rows for which a rule holds, by kind. */
export function tablesOf(sources: readonly FieldSource[], takes: (field: Field) => boolean): Tables {
  return new Map(sources.map((source) => [source.kind, source.fields.filter(takes)]));
}

/** The rows of one kind about one sort of thing. */
export function rowsOf(tables: Tables, kind: string, of: Field["of"]): readonly Field[] {
  return (tables.get(kind) ?? []).filter((field) => field.of === of);
}

/** Compares two things row by row. `prefix` says where in the subject they are. */
export function compareFields(
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

/** What a path of names leads to; null where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null) return null;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at ?? null;
}

/** Equal as JSON data, whatever the order of an object's names. */
export function sameValue(a: unknown, b: unknown): boolean {
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
