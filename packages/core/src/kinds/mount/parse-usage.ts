import { known, type Parsed, unexpected } from "../../host/probed.js";
import type { FilesystemUsage } from "../../layout/layout.js";

/**
 * Asks how full the filesystems at these mount points are (stat(1): `%S` is the unit in which blocks are counted); each
 * answer ends in a NUL byte.
 */
export function usageArgv(paths: readonly string[]): readonly [string, ...string[]] {
  return ["stat", "--file-system", "--printf=%S %b %f %c %d %n\\0", "--", ...paths];
}

/** Reads the answer to {@link usageArgv}: by mount point. */
export function parseUsage(text: string, source: string): Parsed<ReadonlyMap<string, FilesystemUsage>> {
  const found = new Map<string, FilesystemUsage>();
  for (const record of text.split("\0").slice(0, -1)) {
    const match = /^(\d+) (\d+) (\d+) (\d+) (\d+) (.+)$/s.exec(record);
    if (match === null)
      return { is: "unknown", failure: unexpected(source, record, "unit blocks free inodes free name") };
    const [unit, blocks, free, inodes, freeInodes] = match.slice(1, 6).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const usage = { bytes: unit * blocks, freeBytes: unit * free, inodes, freeInodes };
    if (!Object.values(usage).every(Number.isSafeInteger)) {
      return { is: "unknown", failure: unexpected(source, record, "sizes below 8 PiB") };
    }
    found.set(match[6] as string, usage);
  }
  return known(found);
}
