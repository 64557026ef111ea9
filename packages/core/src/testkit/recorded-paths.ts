import { posix } from "node:path";
import type { Evidence, FileRecord, LinkRecord } from "../host/evidence.js";

/** What a recording knows of paths, also under other names that lead to the same place. */
export interface RecordedPaths {
  filesAt(path: string): readonly FileRecord[];
  linkAt(path: string): LinkRecord | undefined;
  /** The names that are proven to be in a directory; undefined where none is. There may have been more. */
  namesIn(path: string): readonly string[] | undefined;
}

/** Every kernel has it like this, so no recording says it. */
const ALWAYS: readonly (readonly [string, string])[] = [["/proc/mounts", "self/mounts"]];

/** An index of a recording's paths: as they were written first, through its links after. */
export function recordedPaths(evidence: Evidence): RecordedPaths {
  const targets = new Map(ALWAYS);
  for (const link of evidence.links) if ("target" in link) targets.set(link.path, link.target);
  const files = new Map<string, FileRecord[]>();
  const links = new Map<string, LinkRecord>();
  const names = new Map<string, Set<string>>();
  const real = (path: string) => realPath(path, targets);
  const place = (path: string) => posix.join(real(posix.dirname(path)), posix.basename(path));
  for (const record of evidence.files) {
    addTo(files, record.path, record);
    if (real(record.path) !== record.path) addTo(files, real(record.path), record);
    if (!("state" in record)) addName(names, real(record.path));
  }
  for (const record of evidence.links) {
    if (!links.has(record.path)) links.set(record.path, record);
    if (!links.has(place(record.path))) links.set(place(record.path), record);
    if ("target" in record) addName(names, place(record.path));
  }
  return {
    filesAt: (path) => files.get(path) ?? files.get(real(path)) ?? [],
    linkAt: (path) => links.get(path) ?? links.get(place(path)),
    namesIn: (path) => {
      const found = names.get(real(path));
      return found === undefined ? undefined : [...found].sort();
    },
  };
}

/**
 * The path with its recorded links followed. The longest part that is a link goes first: the recorded targets of
 * `slaves` and `holders` are relative to the path as it is written there.
 */
function realPath(path: string, targets: ReadonlyMap<string, string>): string {
  let at = posix.normalize(path).replace(/(?<=.)\/$/, "");
  // as many links as the kernel follows before it says ELOOP
  for (let followed = 0; followed < 40; followed++) {
    const link = longestLink(at, targets);
    if (link === undefined) return at;
    const target = targets.get(link) as string;
    at = posix.join(posix.resolve(posix.dirname(link), target), at.slice(link.length));
  }
  return at;
}

function longestLink(path: string, targets: ReadonlyMap<string, string>): string | undefined {
  for (let part = path; part.length > 1; part = posix.dirname(part)) if (targets.has(part)) return part;
  return undefined;
}

/** A path proves that its name is in its directory, that one in its own, and so on. */
function addName(names: Map<string, Set<string>>, path: string): void {
  for (let part = path; part.length > 1; part = posix.dirname(part)) {
    const parent = posix.dirname(part);
    const known = names.get(parent);
    if (known?.has(posix.basename(part))) return;
    if (known === undefined) names.set(parent, new Set([posix.basename(part)]));
    else known.add(posix.basename(part));
  }
}

function addTo<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
