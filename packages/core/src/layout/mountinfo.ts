import { known, type Parsed, unexpected } from "../host/probed.js";
import { splitOptions } from "./mount-options.js";
import { decodeOctal } from "./octal.js";

/** One line of the kernel's table of mounts, whichever of its two forms was there. */
export interface Mounted {
  /** Its number and its parent's; null where only /proc/mounts was there. */
  readonly id: number | null;
  readonly parent: number | null;
  /** `major:minor` as the kernel knows it, major 0 for what has no block device; null from /proc/mounts. */
  readonly device: string | null;
  /** The directory of the filesystem that is seen at the mount point; null from /proc/mounts. */
  readonly root: string | null;
  /** The mount point. */
  readonly at: string;
  readonly type: string;
  /** What was given to mount as the device: a path, a name, an export; may be empty. */
  readonly source: string;
  /** Options of this mount; from /proc/mounts those of the filesystem too. */
  readonly options: readonly string[];
  /** Options of the filesystem, the same at all its mounts. */
  readonly superOptions: readonly string[];
}

/** One line of /proc/self/mountinfo: nothing that it tells is left out. */
export interface MountinfoLine extends Mounted {
  readonly id: number;
  readonly parent: number;
  readonly device: string;
  readonly root: string;
}

/**
 * Reads /proc/self/mountinfo (proc_pid_mountinfo(5); fs/proc_namespace.c show_mountinfo()):
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
 *
 * Fields are separated by exactly one blank: an empty source (mount -t tmpfs "" /x) gives two in a row.
 */
export function parseMountinfo(text: string, source = "/proc/self/mountinfo"): Parsed<readonly MountinfoLine[]> {
  const mounted: MountinfoLine[] = [];
  for (const line of linesOf(text)) {
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const [id, parent, device, root, at, options] = fields;
    const [type, from, ...superOptions] = dash === -1 ? [] : fields.slice(dash + 1);
    const numbered = /^\d+$/.test(id ?? "") && /^\d+$/.test(parent ?? "") && /^\d+:\d+$/.test(device ?? "");
    if (!numbered || !at?.startsWith("/") || type === undefined || from === undefined || superOptions.length === 0) {
      return { is: "unknown", failure: unexpected(source, line, "mountinfo: 10 or more fields, one of them a dash") };
    }
    mounted.push({
      id: Number(id),
      parent: Number(parent),
      device: device as string,
      root: decodeOctal(root as string),
      at: decodeOctal(at),
      type: decodeOctal(type),
      source: decodeOctal(from),
      options: splitOptions(options as string),
      // some filesystems wrote blanks of their options as they are
      superOptions: splitOptions(decodeOctal(superOptions.join(" "))),
    });
  }
  return known(mounted);
}

/** Reads /proc/mounts (fs/proc_namespace.c show_vfsmnt()), for kernels before 2.6.26 and recordings: it says less. */
export function parseMounts(text: string, source: string): Parsed<readonly Mounted[]> {
  const mounted: Mounted[] = [];
  for (const line of linesOf(text)) {
    const fields = line.split(" ");
    const [from, at, type, ...rest] = fields;
    const [dump, pass] = rest.slice(-2);
    if (rest.length < 3 || !at?.startsWith("/") || !/^\d+$/.test(dump ?? "") || !/^\d+$/.test(pass ?? "")) {
      return { is: "unknown", failure: unexpected(source, line, "/proc/mounts: six fields") };
    }
    mounted.push({
      id: null,
      parent: null,
      device: null,
      root: null,
      at: decodeOctal(at),
      type: decodeOctal(type as string),
      source: decodeOctal(from as string),
      options: splitOptions(decodeOctal(rest.slice(0, -2).join(" "))),
      superOptions: [],
    });
  }
  return known(mounted);
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
