import { isCleanText } from "../host/bytes.js";
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
  const state: State = {
    filesystems: [],
    leftOut: [...PASSING.map((path) => ({ path, contentsOnly: true, why: "temporary files" })), ...leftOut],
    chosen: new Set(leftOut),
    seen: new Map(),
    findings: [],
  };
  for (const mount of topmost(layout.mounts)) {
    if (mount.source.is === "node") takeFilesystem(mount, mount.source.node, state);
    else leaveOther(mount, mount.source.is, state);
  }
  return {
    filesystems: state.filesystems,
    leftOut: state.leftOut,
    findings: [...state.findings, ...unmounted(layout, state.seen)],
  };
}

interface State {
  readonly filesystems: SavedFilesystem[];
  readonly leftOut: LeftOut[];
  /** Those that somebody chose to leave out. */
  readonly chosen: ReadonlySet<LeftOut>;
  /** Where each filesystem was met first. */
  readonly seen: Map<NodeId, string>;
  readonly findings: Finding[];
}

/** A filesystem of the layout: saved where it is met first, unless that place is left out or can't be named. */
function takeFilesystem(mount: Mount, node: NodeId, { filesystems, leftOut, chosen, seen, findings }: State): void {
  const first = seen.get(node);
  if (first !== undefined) {
    leftOut.push({ path: mount.at, contentsOnly: true, why: `mounted at ${first} too, and saved there` });
    return;
  }
  seen.set(node, mount.at);
  const inside = leftOut.find((entry) => covers(entry, mount.at));
  if (!isCleanText(mount.at)) {
    findings.push(notSaved(node, "loss", "its mount point's name is no UTF-8, and no command can be told it"));
  } else if (inside !== undefined) {
    const why = `it is mounted at ${mount.at}, inside ${inside.path}: ${inside.why}`;
    findings.push(notSaved(node, chosen.has(inside) ? "warning" : "loss", why));
  } else filesystems.push({ at: mount.at, node, type: mount.type });
}

/** What isn't a filesystem of the layout: its mount point stays, as an empty directory. */
function leaveOther(mount: Mount, is: keyof typeof WHY, { leftOut, findings }: State): void {
  if (mount.at === "/") findings.push(notSaved(undefined, "loss", `the root filesystem is ${WHY[is]}`));
  // one that can't be named is another filesystem all the same, which no backup goes into by itself
  else if (isCleanText(mount.at)) leftOut.push({ path: mount.at, contentsOnly: true, why: WHY[is] });
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

/** True where a mount point is left out with what it is in: below it, or the very directory. */
function covers({ path, contentsOnly }: LeftOut, at: string): boolean {
  return at.startsWith(`${path}/`) || (at === path && !contentsOnly);
}

function unmounted(layout: Layout, seen: ReadonlyMap<NodeId, string>): Finding[] {
  return layout.nodes
    .filter(isBlockNode)
    .filter((node) => node.content.is === "filesystem" && !seen.has(node.id))
    .map((node) => notSaved(node.id, "loss", "it isn't mounted"));
}

function notSaved(node: NodeId | undefined, severity: Finding["severity"], why: string): Finding {
  return {
    code: "backup/not-saved",
    severity,
    node,
    message: `the files of ${node ?? "/"} aren't in the backup: ${why}`,
    remedy: "mount it elsewhere before the backup, save it by other means, or leave it out knowingly",
  };
}
