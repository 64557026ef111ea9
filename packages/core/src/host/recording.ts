import type { CommandRecord, Evidence, EvidenceHost, FileRecord, LinkRecord } from "./evidence.js";
import type { LinkResult, ListResult, ProbeHost, ReadResult } from "./host.js";

/** A host that is listened to, and what it has said so far. */
export interface Recording {
  readonly host: ProbeHost;
  /** The answers so far, in the order of the questions' text, so that two scans of one machine can be compared. */
  evidence(about: EvidenceHost): Evidence;
}

/**
 * Records all answers of a host. Of a question that is asked several times the first answer is kept; to record
 * what a scan really used, put `askOnce` around it. What the host doesn't know (`not-recorded`) isn't recorded.
 */
export function recordingHost(inner: ProbeHost): Recording {
  const commands = new Map<string, CommandRecord>();
  const files = new Map<string, FileRecord>();
  const links = new Map<string, LinkRecord>();
  const keep = <R>(records: Map<string, R>, key: string, record: R | undefined) => {
    if (record !== undefined && !records.has(key)) records.set(key, record);
  };
  const host: ProbeHost = {
    run: async (argv, options) => {
      const result = await inner.run(argv, options);
      const { outcome, stdout, stderr } = result;
      if (outcome.is !== "not-recorded") keep(commands, argv.join("\0"), { argv, outcome, stdout, stderr });
      return result;
    },
    read: async (path, options) => {
      const result = await inner.read(path, options);
      // a part from the middle, and whether somebody holds it now, are no part of what a scan sees
      if (options?.offset || options?.exclusive) return result;
      keep(files, `${path}\0read ${options?.bytes ?? ""}`, fileRecord(path, result, options?.bytes));
      return result;
    },
    list: async (path) => {
      const result = await inner.list(path);
      keep(files, `${path}\0list`, listRecord(path, result));
      return result;
    },
    readlink: async (path) => {
      const result = await inner.readlink(path);
      keep(links, path, linkRecord(path, result));
      return result;
    },
  };
  return {
    host,
    evidence: (about) => ({
      format: "bmr-evidence",
      version: 1,
      host: about,
      commands: sorted(commands),
      files: withoutRepeats(sorted(files)),
      links: sorted(links),
    }),
  };
}

function fileRecord(path: string, result: ReadResult, bytes: number | undefined): FileRecord | undefined {
  switch (result.is) {
    case "file":
      return bytes === undefined ? { path, content: result.content } : { path, content: result.content, bytes };
    case "directory":
    case "absent":
      return { path, state: result.is };
    case "denied":
    case "failed":
      return { path, state: result.is, reason: result.reason };
    case "not-recorded":
      return undefined;
  }
}

function listRecord(path: string, result: ListResult): FileRecord | undefined {
  return result.is === "directory" ? { path, names: result.names } : listFailure(path, result);
}

function listFailure(path: string, result: Exclude<ListResult, { is: "directory" }>): FileRecord | undefined {
  return result.is === "not-a-directory" ? { path, state: result.is } : fileRecord(path, result, undefined);
}

function linkRecord(path: string, result: LinkResult): LinkRecord | undefined {
  switch (result.is) {
    case "link":
      return { path, target: result.target };
    case "absent":
    case "not-a-link":
      return { path, state: result.is };
    case "denied":
    case "failed":
      return { path, state: result.is, reason: result.reason };
    case "not-recorded":
      return undefined;
  }
}

function sorted<R>(records: ReadonlyMap<string, R>): R[] {
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/** `read` and `list` of one path often say the same (absent); records of one path stand side by side here. */
function withoutRepeats(records: readonly FileRecord[]): FileRecord[] {
  return records.filter((record, index) => {
    const before = records[index - 1];
    return before?.path !== record.path || JSON.stringify(before) !== JSON.stringify(record);
  });
}
