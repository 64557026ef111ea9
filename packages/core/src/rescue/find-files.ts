import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import { canonicalPath } from "./canonical-path.js";

/** A file that was found, with no link on its way. */
export interface FoundFile {
  /** Where it is here: `/mnt/a/etc/fstab`. */
  readonly path: string;
  /** Where it is in its own file tree: `/etc/fstab`. */
  readonly name: string;
}

/**
 * The files that a path with `*` for any part of a name leads to, each once. Links are followed inside of the tree only:
 * in a server's tree below a target, an absolute one would lead into the rescue system.
 *
 * @param root where the tree begins, `/mnt/a`; empty for this system's own
 * @throws BmrError `host-unusable` where a directory can't be read
 */
export async function findFiles(host: ProbeHost, pattern: string, root: string): Promise<readonly FoundFile[]> {
  let found = [""];
  for (const part of pattern.split("/").filter(Boolean)) {
    const next: string[] = [];
    for (const directory of found) {
      const names = part.includes("*")
        ? await namesLike(host, part, await canonicalPath(host, directory, root))
        : [part];
      next.push(...names.map((name) => `${directory}/${name}`));
    }
    found = next;
  }
  const paths = new Set<string>();
  for (const name of found) {
    const path = await canonicalPath(host, name, root);
    if ((await host.read(path, { bytes: 1 })).is !== "absent") paths.add(path);
  }
  return [...paths].map((path) => ({ path, name: path.slice(root.length) }));
}

/** Names that begin with a dot are meant only where the pattern says so, as in a shell. */
async function namesLike(host: ProbeHost, pattern: string, directory: string): Promise<readonly string[]> {
  const listed = await host.list(directory);
  if (listed.is === "denied" || listed.is === "failed") throw unreadable(directory, listed.reason);
  if (listed.is !== "directory") return [];
  const expression = new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
  return listed.names.filter((name) => expression.test(name) && (pattern.startsWith(".") || !name.startsWith(".")));
}

/** The error of a file or directory that is there and can't be read. */
export function unreadable(path: string, reason: string): BmrError {
  return new BmrError("host-unusable", `${path} can't be read: ${reason}`, { details: { path } });
}
