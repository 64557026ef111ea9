import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BmrError } from "../error.js";
import { type BoundPlan, bindingDigest } from "./bound-plan.js";
import { type JournalRecord, JournalRecordSchema } from "./journal-record.js";

/** The journal of the runs on one machine. Each record is on the disk before anything else happens. */
export interface Journal {
  readonly path: string;
  /** What was written before it was opened. */
  readonly records: readonly JournalRecord[];
  /** @throws BmrError `journal-invalid` where it can't be written: nothing more may be done then */
  append(record: JournalRecord): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** The journal's name in its directory. */
export const JOURNAL_FILE = "journal.ndjson";

/**
 * Opens the journal in a directory, which is made where it isn't there. A last line that was cut short by a crash is
 * taken away: what it would have said hadn't been told to anyone.
 *
 * @throws BmrError `journal-invalid` where it can't be opened, or holds anything else that isn't a record
 */
export async function openJournal(directory: string): Promise<Journal> {
  const path = join(directory, JOURNAL_FILE);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = await open(path, "a+", 0o600);
    try {
      const text = await file.readFile("utf8");
      const { records, kept } = parseJournal(text, path);
      await mendEnd(file, text, kept);
      await syncDirectory(directory);
      return journalOver(file, path, records);
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw error instanceof BmrError ? error : unusable(path, error);
  }
}

/**
 * The records of the journal in a directory, without opening it for writing: for a dry run. None where there is no
 * journal.
 *
 * @throws BmrError `journal-invalid` where it can't be read, or holds anything but records
 */
export async function readJournal(directory: string): Promise<readonly JournalRecord[]> {
  const path = join(directory, JOURNAL_FILE);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new BmrError("journal-invalid", `the journal ${path} can't be read: ${(cause as Error).message}`, {
      details: { path },
      cause,
    });
  }
  return parseJournal(text, path).records;
}

/**
 * The records of a journal's text.
 *
 * @returns `kept`: how many characters of it are whole records
 * @throws BmrError `journal-invalid` with `details.line`
 */
export function parseJournal(
  text: string,
  path: string,
): { readonly records: readonly JournalRecord[]; readonly kept: number } {
  const lines = text.split("\n");
  const last = lines.pop() as string;
  const records = lines.map((line, at) => {
    const record = parseRecord(line);
    if (record !== undefined) return record;
    throw new BmrError(
      "journal-invalid",
      `line ${at + 1} of ${path} isn't a record of a run; move the journal away to start anew`,
      { details: { path, line: at + 1 } },
    );
  });
  const unended = parseRecord(last);
  return unended === undefined
    ? { records, kept: text.length - last.length }
    : { records: [...records, unended], kept: text.length };
}

function parseRecord(line: string): JournalRecord | undefined {
  try {
    return JournalRecordSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Lets the next record begin on a line of its own. */
async function mendEnd(file: FileHandle, text: string, kept: number): Promise<void> {
  if (kept < text.length) await file.truncate(Buffer.byteLength(text.slice(0, kept)));
  if (kept > 0 && text[kept - 1] !== "\n") await file.write("\n");
  await file.sync();
}

/**
 * Steps that run side by side write here: one record after another, each on the disk before the next. After one that
 * couldn't be written none is any more, since half a line may stand at the end.
 */
function journalOver(file: FileHandle, path: string, records: readonly JournalRecord[]): Journal {
  let last: Promise<void> = Promise.resolve();
  const write = async (record: JournalRecord) => {
    try {
      const line = `${JSON.stringify(record)}\n`;
      const { bytesWritten } = await file.write(line);
      if (bytesWritten !== Buffer.byteLength(line)) throw new Error("the disk is full");
      await file.sync();
    } catch (error) {
      throw unusable(path, error);
    }
  };
  return {
    path,
    records,
    append: (record) => {
      last = last.then(() => write(record));
      // who appended hears of it; the next one does so again
      last.catch(() => {});
      return last;
    },
    close: () => file.close(),
  };
}

async function syncDirectory(directory: string): Promise<void> {
  for (const path of [directory, dirname(directory)]) {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function unusable(path: string, cause: unknown): BmrError {
  return new BmrError(
    "journal-invalid",
    `the journal ${path} can't be written: ${(cause as Error).message}; name another directory by --journal`,
    { details: { path }, cause },
  );
}

/** The head of a run, for the journal. */
export function runRecord(bound: BoundPlan, resumes: boolean): JournalRecord {
  return {
    record: "run",
    version: 1,
    at: new Date().toISOString(),
    mode: bound.mode,
    plan: bound.planDigest,
    binding: bindingDigest(bound),
    disks: bound.disks.map(({ node, key, path, erasedUnder }) => ({ node, key, path, erasedUnder })),
    params: bound.params,
    target: bound.target,
    resumes,
  };
}
