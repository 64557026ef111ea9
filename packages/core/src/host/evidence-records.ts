import * as z from "zod";
import { BmrError } from "../error.js";
import { bytesOf, isCleanText, textOf } from "./bytes.js";
import type { CommandRecord, FileRecord, LinkRecord } from "./evidence.js";
import type { Argv } from "./outcome.js";
import { isPlainCommand, isPlainFile, isPlainLink } from "./plain-record.js";

/** `base64`: `stdout` and `stderr`, or `content`, are, since they hold bytes that aren't UTF-8. A file is too that has zeros. */
const encoding = z.literal("base64").optional();
const provenance = { origin: z.enum(["recorded", "derived"]).optional(), note: z.string().optional() };
const trouble = { state: z.enum(["denied", "failed"]), reason: z.string() };

const OutcomeOnDisk = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("signalled"), signal: z.string() }),
  z.strictObject({ is: z.literal("timed-out"), seconds: z.number() }),
  z.strictObject({ is: z.literal("overflowed"), bytes: z.number() }),
  z.strictObject({ is: z.literal("missing") }),
  z.strictObject({ is: z.literal("denied"), reason: z.string() }),
]);

const said = {
  argv: z.tuple([z.string()], z.string()),
  stdout: z.string(),
  stderr: z.string(),
  encoding,
  context: z.strictObject({ device: z.string(), path: z.string().optional() }).optional(),
  ...provenance,
};

/** A command that ran to its end has `exit`, any other an `outcome`. */
const CommandSchema = z.union([
  z.strictObject({ ...said, exit: z.int() }),
  z.strictObject({ ...said, outcome: OutcomeOnDisk }),
]);

const FileSchema = z.union([
  z.strictObject({
    path: z.string(),
    content: z.string(),
    encoding,
    bytes: z.int().nonnegative().optional(),
    ...provenance,
  }),
  z.strictObject({ path: z.string(), names: z.array(z.string()), ...provenance }),
  z.strictObject({ path: z.string(), state: z.enum(["absent", "directory", "not-a-directory"]), ...provenance }),
  z.strictObject({ path: z.string(), ...trouble, ...provenance }),
]);

const LinkSchema = z.union([
  z.strictObject({ path: z.string(), target: z.string(), ...provenance }),
  z.strictObject({ path: z.string(), state: z.enum(["absent", "not-a-link"]), ...provenance }),
  z.strictObject({ path: z.string(), ...trouble, ...provenance }),
]);

/** The records of evidence from their form on disk, by the list that they stand in; `at` is the place in that list. */
export const recordFromDisk: {
  commands(record: unknown, at: number): CommandRecord;
  files(record: unknown, at: number): FileRecord;
  links(record: unknown, at: number): LinkRecord;
} = {
  commands: commandFromDisk,
  files: fileFromDisk,
  links: (record: unknown, at: number): LinkRecord =>
    isPlainLink(record) ? record : checked(LinkSchema, record, `links[${at}]`),
};

/** The records of evidence in their form on disk. A link's is the record itself. */
export const recordToDisk: {
  commands(record: CommandRecord): unknown;
  files(record: FileRecord): unknown;
} = { commands: commandToDisk, files: fileToDisk };

function commandFromDisk(record: unknown, at: number): CommandRecord {
  const onDisk = isPlainCommand(record) ? record : checked(CommandSchema, record, `commands[${at}]`);
  const { encoding, argv, stdout, stderr, exit, outcome, ...rest } = onDisk as z.infer<typeof CommandSchema> & {
    readonly exit?: number;
    readonly outcome?: CommandRecord["outcome"];
  };
  return {
    argv: argv as unknown as Argv,
    outcome: outcome ?? { is: "exited", code: exit as number },
    stdout: encoding === undefined ? stdout : fromBase64(stdout),
    stderr: encoding === undefined ? stderr : fromBase64(stderr),
    ...rest,
  };
}

function commandToDisk({ outcome, stdout, stderr, argv, ...rest }: CommandRecord): unknown {
  const clean = isCleanText(stdout) && isCleanText(stderr);
  return {
    argv,
    ...(outcome.is === "exited" ? { exit: outcome.code } : { outcome }),
    ...(clean ? { stdout, stderr } : { stdout: toBase64(stdout), stderr: toBase64(stderr), encoding: "base64" }),
    ...rest,
  };
}

function fileFromDisk(record: unknown, at: number): FileRecord {
  const onDisk = isPlainFile(record) ? record : checked(FileSchema, record, `files[${at}]`);
  if (!("encoding" in onDisk)) return onDisk;
  const { encoding, ...rest } = onDisk;
  return encoding === undefined ? rest : { ...rest, content: fromBase64(rest.content) };
}

function fileToDisk(record: FileRecord): unknown {
  if (!("content" in record)) return record;
  // zeros are the larger part of a boot sector, and in JSON six characters each
  if (isCleanText(record.content) && !record.content.includes("\0")) return record;
  return { ...record, content: toBase64(record.content), encoding: "base64" };
}

function fromBase64(base64: string): string {
  return textOf(Buffer.from(base64, "base64"));
}

function toBase64(text: string): string {
  return Buffer.from(bytesOf(text)).toString("base64");
}

/**
 * What a schema makes of a value.
 *
 * @throws BmrError `evidence-invalid`; `details.path` is the place of the first problem, below `at`
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = firstProblem(result.error, at);
  throw new BmrError("evidence-invalid", `this evidence isn't of the form that it claims: ${path}: ${message}`, {
    details: { path },
  });
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The first problem; in a union that of the form with the fewest problems, which comes nearest to what was meant. */
function firstProblem(error: { readonly issues: readonly z.core.$ZodIssue[] }, base: string): Problem {
  const issue = error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.reduce<string>(
    (place, key) =>
      typeof key === "number" ? `${place}[${key}]` : place === "" ? String(key) : `${place}.${String(key)}`,
    base,
  );
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return { path, message: issue.message };
  const nearest = issue.errors.reduce((best, next) => (next.length <= best.length ? next : best));
  return firstProblem({ issues: nearest }, path);
}
