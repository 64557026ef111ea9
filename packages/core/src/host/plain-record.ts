/**
 * The forms that nearly all records of a large machine's evidence have, told without a schema: it would take as long
 * over them as JSON.parse takes for the whole file. What isn't of these forms goes through its schema.
 */

/** A file's content, whole or its first bytes. */
export interface PlainFile {
  readonly path: string;
  readonly content: string;
  readonly encoding?: "base64";
  readonly bytes?: number;
}

export function isPlainFile(record: unknown): record is PlainFile {
  if (typeof record !== "object" || record === null) return false;
  const { path, content, encoding, bytes } = record as Readonly<Record<string, unknown>>;
  if (typeof path !== "string" || typeof content !== "string") return false;
  if (encoding !== undefined && encoding !== "base64") return false;
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && (bytes as number) >= 0)) return false;
  return hasOnly(record, 2 + (encoding === undefined ? 0 : 1) + (bytes === undefined ? 0 : 1));
}

/** A link's target. */
export interface PlainLink {
  readonly path: string;
  readonly target: string;
}

export function isPlainLink(record: unknown): record is PlainLink {
  if (typeof record !== "object" || record === null) return false;
  const { path, target } = record as Readonly<Record<string, unknown>>;
  return typeof path === "string" && typeof target === "string" && hasOnly(record, 2);
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
