import type { Finding } from "../layout/finding.js";
import type { NodeId } from "../layout/ids.js";
import { isBlockNode, type Layout, type Mount } from "../layout/layout.js";

/** A mounted filesystem whose files go into the backup. */
export interface SavedFilesystem {
  /** The mount point, `/`, `/srv`. */
  readonly at: string;
  readonly node: NodeId;
  /** `ext4`, `vfat`, as mount says. */
  readonly type: string;
}

/** Something that doesn't go into the backup, and why. */
export interface LeftOut {
  /** Absolute and literal: no pattern. */
  readonly path: string;
  /** The directory itself is kept, empty, with its owner and mode. */
  readonly contentsOnly: boolean;
  /** For people. */
  readonly why: string;
}

/** What a backup takes and what it leaves out: the same for all products. */
export interface BackupScope {
  /** In mount order, so that what stands later may be mounted below what stands earlier. */
  readonly filesystems: readonly SavedFilesystem[];
  readonly leftOut: readonly LeftOut[];
  readonly findings: readonly Finding[];
}

/** Directories whose contents are made anew by a running system, wherever they lie. */
const PASSING = ["/tmp", "/var/tmp", "/run", "/var/run"] as const;

/**
 * What a backup of this server takes: every filesystem of the layout that was mounted, each where it is seen; not the
 * contents of pseudo, remote and bind mounts, nor of temporary directories. Pure.
 *
 * @param leftOut more that stays out: the site's excludes, the backup's own files
 */
export function backupScope(layout: Layout, leftOut: readonly LeftOut[] = []): BackupScope {
  const filesystems: SavedFilesystem[] = [];
  const out: LeftOut[] = [...PASSING.map((path) => ({ path, contentsOnly: true, why: "temporary files" })), ...leftOut];
  const findings: Finding[] = [];
  const seen = new Map<NodeId, string>();
  for (const mount of topmost(layout.mounts)) {
    const { source } = mount;
    if (source.is !== "node") {
      out.push({ path: mount.at, contentsOnly: true, why: WHY[source.is] });
      continue;
    }
    const first = seen.get(source.node);
    if (first !== undefined) {
      out.push({ path: mount.at, contentsOnly: true, why: `mounted at ${first} too, and saved there` });
      continue;
    }
    const inside = out.find((entry) => isBelow(mount.at, entry.path));
    if (inside !== undefined) {
      findings.push(notSaved(source.node, `it is mounted at ${mount.at}, inside ${inside.path}: ${inside.why}`));
      seen.set(source.node, mount.at);
      continue;
    }
    seen.set(source.node, mount.at);
    filesystems.push({ at: mount.at, node: source.node, type: mount.type });
  }
  return { filesystems, leftOut: out, findings: [...findings, ...unmounted(layout, seen)] };
}

const WHY = {
  bind: "a bind mount, saved where the directory itself is",
  pseudo: "made by the kernel",
  remote: "on another machine",
  unresolved: "mounted from a device that the layout doesn't have",
} as const;

/** Mounted at the time of the scan, and of several at one place the last, which hides the others. */
function topmost(mounts: readonly Mount[]): Mount[] {
  const active = mounts.filter((mount) => mount.active && mount.at.startsWith("/"));
  return active.filter((mount, index) => !active.slice(index + 1).some((later) => later.at === mount.at));
}

/** True for the path itself being left out whole, and for all below it. */
function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === "/" ? "/" : `${directory}/`) && path !== directory;
}

function unmounted(layout: Layout, seen: ReadonlyMap<NodeId, string>): Finding[] {
  return layout.nodes
    .filter(isBlockNode)
    .filter((node) => node.content.is === "filesystem" && !seen.has(node.id))
    .map((node) => notSaved(node.id, "it isn't mounted"));
}

function notSaved(node: NodeId, why: string): Finding {
  return {
    code: "backup/not-saved",
    severity: "loss",
    node,
    message: `the files of ${node} aren't in the backup: ${why}`,
    remedy: "mount it elsewhere before the backup, save it by other means, or leave it out knowingly",
  };
}
