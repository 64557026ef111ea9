import { known, type Parsed, unexpected } from "../../host/probed.js";
import type { DirectoryAttributes } from "../../layout/layout.js";

/** Asks for many paths at once; each answer ends in a NUL byte, since names may hold anything else (stat(1), `%f` is st_mode in hex). */
export function statArgv(paths: readonly string[]): readonly [string, ...string[]] {
  return ["stat", "--printf=%f %u %g %n\\0", "--", ...paths];
}

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

/** What lies at a path: the attributes of a directory, or null for anything else. */
export type PathAttributes = DirectoryAttributes | null;

/** Reads the answer to {@link statArgv}: by path, for the paths that exist. */
export function parseStat(text: string, source: string): Parsed<ReadonlyMap<string, PathAttributes>> {
  const found = new Map<string, PathAttributes>();
  const records = text.split("\0");
  const rest = records.pop();
  if (rest) return { is: "unknown", failure: unexpected(source, rest, "a name that ends") };
  for (const record of records) {
    const match = /^([0-9a-f]+) (\d+) (\d+) (.+)$/s.exec(record);
    if (match === null) return { is: "unknown", failure: unexpected(source, record, "mode uid gid name") };
    const raw = Number.parseInt(match[1] as string, 16);
    const isDirectory = (raw & S_IFMT) === S_IFDIR;
    found.set(
      match[4] as string,
      isDirectory ? { mode: raw & 0o7777, uid: Number(match[2]), gid: Number(match[3]) } : null,
    );
  }
  return known(found);
}
