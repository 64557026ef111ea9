/**
 * The forms that nearly all records of a large machine's evidence have, told without a schema: it would take as long
 * over them as JSON.parse takes for the whole file. What isn't of these forms goes through its schema.
 */

/** A path and one text. */
export function isPlainPath<K extends "content" | "target">(
  record: unknown,
  key: K,
): record is { readonly path: string } & Readonly<Record<K, string>> {
  if (typeof record !== "object" || record === null) return false;
  const { path, [key]: text } = record as Readonly<Record<string, unknown>>;
  return typeof path === "string" && typeof text === "string" && hasOnly(record, 2);
}

/** A command that ran to its end and said nothing but UTF-8. */
export interface PlainCommand {
  readonly argv: readonly [string, ...string[]];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function isPlainCommand(record: unknown): record is PlainCommand {
  if (typeof record !== "object" || record === null) return false;
  const { argv, exit, stdout, stderr } = record as Readonly<Record<string, unknown>>;
  return (
    Array.isArray(argv) &&
    argv.length > 0 &&
    argv.every((word) => typeof word === "string") &&
    Number.isInteger(exit) &&
    typeof stdout === "string" &&
    typeof stderr === "string" &&
    hasOnly(record, 4)
  );
}

/** True for no more properties than those that were looked at. */
function hasOnly(record: object, count: number): boolean {
  let properties = 0;
  for (const _ in record) properties += 1;
  return properties === count;
}
