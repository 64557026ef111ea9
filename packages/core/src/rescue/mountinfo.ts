import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import { known, type Parsed, unexpected } from "../host/probed.js";

/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface MountEntry {
  /** `major:minor` of the filesystem's device; major 0 where it has none of its own (tmpfs, overlay, btrfs). */
  readonly numbers: string;
  /** The directory of the filesystem that is seen here, `/` unless it is a bind mount or a subvolume. */
  readonly root: string;
  /** The mount point. */
  readonly at: string;
  readonly type: string;
  /** What was mounted, as mount(2) was told; a device path for most filesystems on a disk. */
  readonly source: string;
  /** The options of the filesystem itself, `upperdir=/run/rw` … */
  readonly superOptions: readonly string[];
}

/** Mounts in the order of mounting: of two at one place, the later one is seen. */
export function parseMountInfo(text: string): Parsed<readonly MountEntry[]> {
  const entries: MountEntry[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [left, right] = splitOnce(line, " - ");
    const front = left.split(" ");
    const [type, source, options] = (right ?? "").split(" ");
    const [, , numbers, root, at] = front;
    if (at === undefined || root === undefined || type === undefined || source === undefined) {
      return { is: "unknown", failure: unexpected("/proc/self/mountinfo", line, "10 fields and a hyphen") };
    }
    if (!/^\d+:\d+$/.test(numbers ?? "")) {
      return { is: "unknown", failure: unexpected("/proc/self/mountinfo", line, "major:minor in field 3") };
    }
    entries.push({
      numbers: numbers as string,
      root: unescapeOctal(root),
      at: unescapeOctal(at),
      type,
      source: unescapeOctal(source),
      superOptions: (options ?? "").split(",").map(unescapeOctal),
    });
  }
  return known(entries);
}

/** The devices and files of /proc/swaps (swapon(8)). */
export function parseSwaps(text: string): Parsed<readonly string[]> {
  const [head, ...lines] = text.split("\n");
  if (head !== undefined && head !== "" && !head.startsWith("Filename")) {
    return { is: "unknown", failure: unexpected("/proc/swaps", head, "a header that begins with Filename") };
  }
  const paths: string[] = [];
  for (const line of lines) {
    if (line === "") continue;
    const path = /^(\S+)\s+(?:partition|file)\s/.exec(line)?.[1];
    if (path === undefined) {
      return { is: "unknown", failure: unexpected("/proc/swaps", line, "a path, then partition or file") };
    }
    paths.push(unescapeOctal(path));
  }
  return known(paths);
}

/**
 * What is mounted.
 *
 * @throws BmrError `host-unusable`: without it nobody knows what is in use, so nothing may be written
 */
export async function readMounts(host: ProbeHost): Promise<readonly MountEntry[]> {
  return required("/proc/self/mountinfo", parseMountInfo, host);
}

/**
 * What is swapped on. A kernel without swap has no /proc/swaps: nothing is.
 *
 * @throws BmrError `host-unusable`
 */
export async function readSwaps(host: ProbeHost): Promise<readonly string[]> {
  if ((await host.read("/proc/swaps")).is === "absent") return [];
  return required("/proc/swaps", parseSwaps, host);
}

async function required<F>(path: string, parse: (text: string) => Parsed<F>, host: ProbeHost): Promise<F> {
  const read = await host.read(path);
  if (read.is !== "file") {
    const reason = "reason" in read ? read.reason : read.is;
    throw new BmrError(
      "host-unusable",
      `${path} can't be read (${reason}), so what is in use isn't known; mount -t proc proc /proc`,
      {
        details: { path },
      },
    );
  }
  const parsed = parse(read.content);
  if (parsed.is === "known") return parsed.facts;
  throw new BmrError("host-unusable", parsed.failure.message, { details: { path, failure: parsed.failure } });
}

/** The mount that a path lies in: the longest mount point above it, the last one mounted there. */
export function mountOf(path: string, mounts: readonly MountEntry[]): MountEntry | undefined {
  let best: MountEntry | undefined;
  for (const mount of mounts) {
    if (isBelow(path, mount.at) && (best === undefined || mount.at.length >= best.at.length)) best = mount;
  }
  return best;
}

/** True for the directory itself and all below it. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** The kernel writes blank, tab, newline, backslash and `#` as three octal digits (fs/proc_namespace.c, mangle()). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
