/**
 * Writes what a server's files are, one JSON line for each: everything that a restore has to bring back, and nothing that
 * depends on where the blocks lie. Usage: `node manifest.mjs ROOT...`, each the root of a mounted filesystem. Needs
 * `getfattr` and `filefrag`; runs as root.
 *
 * It walks each filesystem by itself and does not enter others, so a directory under a mount point is described once,
 * as the root of the filesystem mounted there.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  writeFileSync,
} from "node:fs";

/** One file. Names and link targets are bytes: all but printable ASCII, and `%`, is written as `%XX`. */
export interface ManifestEntry {
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "block" | "char" | "fifo" | "socket";
  /** Permission bits, in octal. */
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  /** Nanoseconds since 1970. */
  readonly mtime: string;
  /** Of a file only: directories differ in size with the order in which they were filled. */
  readonly size?: string;
  readonly sha256?: string;
  /**
   * Byte ranges that are allocated, as `start-end`; only of files with holes. In units of the filesystem's blocks, since
   * nothing else can be allocated.
   */
  readonly data?: string;
  readonly target?: string;
  /** Major and minor number of a device node. */
  readonly device?: string;
  /** Extended attributes in hex, ACLs (`system.posix_acl_*`) and capabilities (`security.capability`) among them. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** The first (in the order of bytes) of all names of a file with several hard links. */
  readonly linkedTo?: string;
}

type Mutable = { -readonly [Key in keyof ManifestEntry]: ManifestEntry[Key] };

const types: Readonly<Record<string, ManifestEntry["type"]>> = {
  "32768": "file",
  "16384": "directory",
  "40960": "symlink",
  "24576": "block",
  "8192": "char",
  "4096": "fifo",
  "49152": "socket",
};

function encode(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/[^!-$&-~ ]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** All extended attributes of one filesystem, by encoded path. */
function readXattrs(root: string): Map<string, Record<string, string>> {
  const argv = ["--recursive", "--physical", "--no-dereference", "--one-file-system", "--absolute-names"];
  const out = execFileSync("getfattr", [...argv, "--match=-", "--dump", "--encoding=hex", "--", root], {
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const all = new Map<string, Record<string, string>>();
  let attributes: Record<string, string> = {};
  for (const line of out.toString("latin1").split("\n")) {
    if (line.startsWith("# file: ")) {
      attributes = {};
      all.set(encode(unquote(line.slice(8))), attributes);
    } else if (line !== "") {
      const at = line.indexOf("=");
      attributes[at < 0 ? line : line.slice(0, at)] = at < 0 ? "" : line.slice(at + 1);
    }
  }
  return all;
}

/** Undoes getfattr's `\ooo` for bytes that would break its line format (attr: libmisc/quote.c). */
function unquote(text: string): Buffer {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    "latin1",
  );
}

const chunk = Buffer.alloc(1 << 20);

function describeContent(path: Buffer, stat: BigIntStats): Pick<ManifestEntry, "sha256" | "data"> {
  const fd = openSync(path, "r");
  try {
    const data = stat.blocks * 512n < stat.size ? allocatedRanges(fd) : undefined;
    const hash = createHash("sha256");
    if (data === undefined) hashRange(hash, fd, 0, Number(stat.size));
    else {
      // a file of 5 GB with one block in it is not to be read as 5 GB of zeros: hash where its data is
      for (const [start, end] of data) {
        hash.update(`${start}:`);
        hashRange(hash, fd, start, Math.min(end, Number(stat.size)));
      }
    }
    const sha256 = hash.digest("hex");
    return data === undefined ? { sha256 } : { sha256, data: data.map((range) => range.join("-")).join(" ") };
  } finally {
    closeSync(fd);
  }
}

function hashRange(hash: ReturnType<typeof createHash>, fd: number, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const count = readSync(fd, chunk, 0, Math.min(chunk.length, end - at), at);
    if (count === 0) throw new Error(`file shrank while it was read (at ${at} of ${end})`);
    hash.update(chunk.subarray(0, count));
    at += count;
  }
}

function allocatedRanges(fd: number): [number, number][] {
  // by descriptor: an argument of Node's spawn can't hold a name that isn't UTF-8
  const answer = spawnSync("filefrag", ["-v", "-b512", "-s", "/proc/self/fd/3"], {
    stdio: ["ignore", "pipe", "pipe", fd],
    encoding: "utf8",
  });
  if (answer.status !== 0) throw new Error(`filefrag: ${answer.stderr}${answer.stdout}`);
  const ranges: [number, number][] = [];
  for (const match of answer.stdout.matchAll(/^\s*\d+:\s*(\d+)\.\.\s*(\d+):/gm)) {
    const start = Number(match[1]) * 512;
    const end = (Number(match[2]) + 1) * 512;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === start) last[1] = end;
    else ranges.push([start, end]);
  }
  return ranges;
}

function describe(path: Buffer, stat: BigIntStats, xattrs: Record<string, string> | undefined): Mutable {
  const type = types[String(stat.mode & 0o170000n)];
  if (type === undefined) throw new Error(`${encode(path)}: unknown type in mode ${stat.mode}`);
  const entry: Mutable = {
    path: encode(path),
    type,
    mode: (stat.mode & 0o7777n).toString(8).padStart(4, "0"),
    uid: String(stat.uid),
    gid: String(stat.gid),
    mtime: String(stat.mtimeNs),
  };
  if (type === "file") Object.assign(entry, { size: String(stat.size) }, describeContent(path, stat));
  if (type === "symlink") entry.target = encode(readlinkSync(path, { encoding: "buffer" }));
  if (type === "block" || type === "char") entry.device = deviceNumber(stat.rdev);
  if (xattrs !== undefined)
    entry.xattrs = Object.fromEntries(Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return entry;
}

/** glibc's encoding of dev_t, see gnu_dev_major(3). */
function deviceNumber(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

function walkFilesystem(root: string): Mutable[] {
  const xattrs = readXattrs(root);
  const entries: Mutable[] = [];
  const linkGroups = new Map<bigint, Mutable[]>();
  const device = lstatSync(root, { bigint: true }).dev;
  const visit = (path: Buffer): void => {
    const stat = lstatSync(path, { bigint: true });
    if (stat.dev !== device) return;
    const entry = describe(path, stat, xattrs.get(encode(path)));
    entries.push(entry);
    if (entry.type === "directory") {
      const prefix = path.toString("latin1") === "/" ? path : Buffer.concat([path, Buffer.from("/")]);
      for (const name of readdirSync(path, { encoding: "buffer" })) visit(Buffer.concat([prefix, name]));
    } else if (stat.nlink > 1n) linkGroups.set(stat.ino, [...(linkGroups.get(stat.ino) ?? []), entry]);
  };
  visit(Buffer.from(root));
  for (const group of linkGroups.values()) {
    const first = group.map((entry) => entry.path).sort()[0];
    if (first === undefined) continue;
    for (const entry of group) entry.linkedTo = first;
  }
  return entries;
}

for (const root of process.argv.slice(2)) {
  // one write for each filesystem: over 9p each write is a round trip
  writeFileSync(
    1,
    walkFilesystem(root)
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join(""),
  );
}
