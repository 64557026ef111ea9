import { type ProbeFailure, unexpected } from "../../host/probed.js";
import { splitOptions } from "../../layout/mount-options.js";
import { decodeOctal } from "../../layout/octal.js";

/** One line of fstab. */
export interface FstabLine {
  /** Its number, from 1. */
  readonly line: number;
  readonly spec: string;
  /** The mount point as it is written, without doubled or trailing slashes; `none` or `swap` for swap. */
  readonly at: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly dump: number;
  readonly pass: number;
}

/** What fstab says, and the lines of it that mount(8) wouldn't understand either. */
export interface Fstab {
  readonly lines: readonly FstabLine[];
  readonly odd: readonly ProbeFailure[];
}

/**
 * Reads fstab(5). As libmount does (libmount/src/tab_parse.c mnt_parse_table_line()): a line with an error is left
 * out and the rest counts; fields from the fourth on may be missing; what follows the sixth isn't looked at.
 */
export function parseFstab(text: string, source: string): Fstab {
  const lines: FstabLine[] = [];
  const odd: ProbeFailure[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const parsed = readLine(trimmed, index + 1);
    if (parsed !== null) lines.push(parsed);
    else odd.push(unexpected(`${source}, line ${index + 1}`, line, "device, mount point, type, options, two numbers"));
  }
  return { lines, odd };
}

function readLine(text: string, line: number): FstabLine | null {
  const [spec, at, type, options, ...numbers] = text.split(/[ \t]+/);
  if (spec === undefined || at === undefined || type === undefined) return null;
  const comment = numbers.findIndex((field) => field.startsWith("#"));
  const [dump, pass] = comment === -1 ? numbers : numbers.slice(0, comment);
  if (!/^\d+$/.test(dump ?? "0") || !/^\d+$/.test(pass ?? "0")) return null;
  const place = decodeOctal(at);
  return {
    line,
    spec: withoutSecret(decodeOctal(spec)),
    at: place.startsWith("/") ? tidyPath(place) : place,
    type: decodeOctal(type),
    options: splitOptions(decodeOctal(options ?? "defaults")).map(withoutSecret),
    dump: Number(dump ?? 0),
    pass: Number(pass ?? 0),
  };
}

/**
 * A field without the password that mount.cifs(8) (`password=`, `user=ann%…`), mount.ceph(8) (`secret=`) and FUSE's
 * URLs (`ann:…@host`) let stand in it: none of them is mounted for a restore, and a recovery set goes into every backup.
 */
function withoutSecret(field: string): string {
  return field
    .replace(/^((?:pass(?:word|wd)?2?|secret)=).+$/i, "$1…")
    .replace(/^(user(?:name)?=[^%]*%).+$/i, "$1…")
    .replace(/^([^/]*(?:\/\/|#)[^/@:]+:)[^/@]+@/, "$1…@");
}

/** A path without doubled slashes, `.`, or a slash at its end. */
export function tidyPath(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
}

/** True for a line that the swap kind reads. */
export function isSwapLine(line: FstabLine): boolean {
  return line.type === "swap" || !line.at.startsWith("/");
}

/** True where the system mounts it by itself: at boot, or on the first access to it. */
export function isMountedByItself(options: readonly string[]): boolean {
  return !options.includes("noauto") || options.some((option) => /^(x-|comment=)systemd\.automount$/.test(option));
}
