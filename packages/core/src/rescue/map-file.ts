import * as z from "zod";
import type { NodeId } from "../layout/ids.js";
import type { MappingEntry } from "./mapping.js";
import type { Problem } from "./problem.js";

/** What a map file says, and every line in it that says nothing. */
export interface MapFile {
  readonly entries: readonly MappingEntry[];
  readonly problems: readonly Problem[];
}

/** What stands before a proposal that nobody has confirmed. */
export const UNREAD = "?";

/**
 * Reads a map file: lines `OLD = NEW  # why`, or JSON (a list of `{ "old", "new", "why", "read" }`). Line ends of other
 * systems, a byte order mark, blank lines and comments are fine. A line that still begins with `?`, and an entry with
 * `"read": false`, is a proposal that nobody has confirmed: it is a problem, and maps nothing.
 *
 * @param name the file's name, for messages
 */
export function readMapFile(text: string, name: string): MapFile {
  const plain = text.replace(/^\uFEFF/, "");
  return plain.trimStart().startsWith("[") ? readJson(plain, name) : readLines(plain, name);
}

function readLines(text: string, name: string): MapFile {
  const entries: MappingEntry[] = [];
  const problems: Problem[] = [];
  for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
    // no id, path or identity holds a blank before a hash
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const place = `${name}, line ${at + 1}`;
    const entry = splitLine(line.startsWith(UNREAD) ? line.slice(UNREAD.length) : line, place);
    if (entry === undefined) problems.push(invalid(place, `${JSON.stringify(line)} isn't OLD = NEW`));
    else if (line.startsWith(UNREAD)) problems.push(unread(place, entry));
    else entries.push(entry);
  }
  return { entries, problems };
}

function splitLine(line: string, origin: string): MappingEntry | undefined {
  const at = line.indexOf("=");
  const [from, to] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
  return at < 0 || from === "" || to === "" || /\s/.test(from) || /\s/.test(to) ? undefined : { from, to, origin };
}

interface JsonEntry {
  readonly old: string;
  readonly new: string;
  readonly why?: string | undefined;
  readonly read?: boolean | undefined;
}

const JsonEntrySchema: z.ZodType<JsonEntry> = z.strictObject({
  old: z.string().min(1),
  new: z.string().min(1),
  why: z.string().optional(),
  read: z.boolean().optional(),
});

function readJson(text: string, name: string): MapFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { entries: [], problems: [invalid(name, `it begins like JSON and is none: ${(error as Error).message}`)] };
  }
  const entries: MappingEntry[] = [];
  const problems: Problem[] = [];
  for (const [at, item] of (data as readonly unknown[]).entries()) {
    const place = `${name}, entry ${at + 1}`;
    const parsed = JsonEntrySchema.safeParse(item);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      problems.push(invalid(place, `${issue?.path.join(".") || "it"}: ${issue?.message}`));
      continue;
    }
    const entry: MappingEntry = { from: parsed.data.old, to: parsed.data.new, origin: place };
    if (parsed.data.read === false) problems.push(unread(place, entry));
    else entries.push(entry);
  }
  return { entries, problems };
}

function invalid(place: string, why: string): Problem {
  return {
    code: "map-file-invalid",
    node: null,
    device: null,
    message: `${place}: ${why}`,
    remedy: "a line is OLD = NEW, and may end in a comment: # why",
  };
}

function unread(place: string, { from, to }: MappingEntry): Problem {
  return {
    code: "map-unread",
    // as it was written: an id in what bmr proposes, perhaps a name or an identity
    node: from as NodeId,
    device: to,
    message: `${place}: nobody has confirmed that ${to} is to take the place of ${from}`,
    remedy: `look at both disks; if it is right, take the ${UNREAD} at the line's beginning away (in JSON: "read": true)`,
  };
}
