import * as z from "zod";
import { BmrError } from "../error.js";
import { bytesOf, isCleanText, textOf } from "./bytes.js";
import type { CommandRecord, Evidence, FileRecord, LinkRecord } from "./evidence.js";
import type { Argv } from "./outcome.js";
import { isPlainCommand, isPlainPath, type PlainCommand } from "./plain-record.js";

/** `base64`: `stdout` and `stderr`, or `content`, are, since they hold bytes that aren't UTF-8. */
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

/** Each record is checked by itself: an array of unknowns would be gone through once more for nothing. */
const records = z.custom<readonly unknown[]>(Array.isArray, "expected an array of records");

const EvidenceOnDisk = z.strictObject({
  format: z.literal("bmr-evidence"),
  version: z.literal(1),
  host: z.strictObject({ name: z.string(), arch: z.string() }),
  commands: records,
  files: records,
  links: records,
});

type CommandOnDisk = z.infer<typeof CommandSchema>;
type FileOnDisk = z.infer<typeof FileSchema>;

/**
 * Evidence from its file.
 *
 * @throws BmrError `evidence-invalid`: it isn't whole JSON, of another version, or not of the shape; `details.path`
 * is the place of the first problem, `files[17].content`
 */
export function readEvidence(text: string): Evidence {
  const value = parseJson(text);
  refuseOthers(value);
  const { commands, files, links, ...rest } = checked(EvidenceOnDisk, value, "");
  return {
    ...rest,
    commands: commands.map((record, at) =>
      commandFromDisk(isPlainCommand(record) ? record : checked(CommandSchema, record, `commands[${at}]`)),
    ),
    files: files.map((record, at) =>
      isPlainPath(record, "content") ? record : fileFromDisk(checked(FileSchema, record, `files[${at}]`)),
    ),
    links: links.map((record, at) =>
      isPlainPath(record, "target") ? record : checked(LinkSchema, record, `links[${at}]`),
    ),
  };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = firstProblem(result.error, at);
  throw new BmrError("evidence-invalid", `this evidence isn't of the form that it claims: ${path}: ${message}`, {
    details: { path },
  });
}

/** Evidence as the text of its file, one record a line. */
export function writeEvidence(evidence: Evidence): string {
  const array = (records: readonly unknown[]) =>
    records.length === 0 ? "[]" : `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]`;
  return `{"format": "bmr-evidence", "version": 1,
"host": ${JSON.stringify(evidence.host)},
"commands": ${array(evidence.commands.map(commandToDisk))},
"files": ${array(evidence.files.map(fileToDisk))},
"links": ${array(evidence.links satisfies readonly LinkRecord[])}}
`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const end = text.trimEnd().endsWith("}") ? "" : "; it ends in the middle, so it was probably cut off";
    throw new BmrError("evidence-invalid", `this evidence isn't JSON${end}: ${(cause as Error).message}`, {
      details: { path: "" },
      cause,
    });
  }
}

/** The two mistakes that deserve their own words: another file altogether, and a newer bmr's. */
function refuseOthers(value: unknown): void {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== "bmr-evidence") {
    throw new BmrError("evidence-invalid", 'this is no evidence of bmr: it lacks "format": "bmr-evidence"', {
      details: { path: "format" },
    });
  }
  if (version !== 1) {
    throw new BmrError(
      "evidence-invalid",
      `this evidence is of version ${JSON.stringify(version)}, and this bmr reads version 1: use the bmr that wrote it`,
      { details: { path: "version" } },
    );
  }
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

function commandFromDisk(record: CommandOnDisk | PlainCommand): CommandRecord {
  const { encoding, argv, stdout, stderr, exit, outcome, ...rest } = record as CommandOnDisk & {
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

function fileFromDisk(record: FileOnDisk): FileRecord {
  if (!("encoding" in record)) return record;
  const { encoding, ...rest } = record;
  return encoding === undefined ? rest : { ...rest, content: fromBase64(rest.content) };
}

function fileToDisk(record: FileRecord): unknown {
  if (!("content" in record) || isCleanText(record.content)) return record;
  return { ...record, content: toBase64(record.content), encoding: "base64" };
}

function fromBase64(base64: string): string {
  return textOf(Buffer.from(base64, "base64"));
}

function toBase64(text: string): string {
  return Buffer.from(bytesOf(text)).toString("base64");
}
