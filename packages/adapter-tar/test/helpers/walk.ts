import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * All that a file tree is, read without tar: the oracle of the tests. One entry for each path (in latin1, so that
 * every byte of a name counts), with xattrs and capabilities as getfattr and getcap tell them.
 */
export function walk(root: string): Map<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  const groups = new Map<string, string>();
  const visit = (path: Buffer) => {
    const stats = lstatSync(path, { bigint: true });
    const name = path.subarray(Buffer.byteLength(root)).toString("latin1") || "/";
    const entry = { ...describe(path, stats), links: group(groups, name, stats) };
    // the root's own time moves when the completion mark is removed after a restore
    found.set(name, name === "/" ? { ...entry, mtime: null } : entry);
    if (!stats.isDirectory()) return;
    for (const child of readdirSync(path, { encoding: "buffer" }).sort(Buffer.compare)) {
      visit(Buffer.concat([path, Buffer.from("/"), child]));
    }
  };
  visit(Buffer.from(root));
  return found;
}

function describe(path: Buffer, stats: BigIntStats): Record<string, unknown> {
  const common = {
    type: Number(stats.mode & 0o170000n).toString(8),
    mode: Number(stats.mode & 0o7777n).toString(8),
    owner: `${stats.uid}:${stats.gid}`,
    mtime: stats.mtimeNs as bigint | null,
  };
  if (stats.isSymbolicLink()) return { ...common, target: readlinkSync(path, { encoding: "latin1" }) };
  if (stats.isFile()) {
    const content = createHash("sha256").update(readFileSync(path)).digest("hex");
    // blocks depend on the filesystem; whether there is a hole of a megabyte doesn't
    return { ...common, size: stats.size, content, holed: stats.blocks * 512n + 1_048_576n < stats.size };
  }
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return { ...common, device: stats.rdev };
  return common;
}

/** The first name of the same file, where it has several. */
function group(groups: Map<string, string>, name: string, stats: BigIntStats): string | null {
  if (stats.isDirectory() || stats.nlink === 1n) return null;
  const key = `${stats.dev}:${stats.ino}`;
  if (!groups.has(key)) groups.set(key, name);
  return groups.get(key) as string;
}

/** Xattrs of all files (ACLs and capabilities are among them), as getfattr tells them, sorted by file. */
export function xattrs(root: string): string[] {
  const out = execFileSync("getfattr", ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  return out.toString("latin1").split("\n\n").sort();
}

/** File capabilities by name. */
export function capabilities(root: string): string[] {
  return execFileSync("getcap", ["-r", "."], { cwd: root, encoding: "latin1" }).split("\n").sort();
}

/** ACLs by name, owners by number. */
export function acls(root: string): string[] {
  const out = execFileSync("getfacl", ["-R", "-P", "-n", "-s", "."], { cwd: root });
  return out.toString("latin1").split("\n\n").sort();
}
