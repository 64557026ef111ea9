import { bytesOf, textOf } from "../host/bytes.js";

/** What udev's database says of one block device. */
export interface UdevRecord {
  /** The kernel name, the last part of `P:`: `sda`, `cciss!c0d0`. */
  readonly name: string;
  /** Where the device is below /sys, `/devices/…/block/sda/sda1`; `/block/sda/sda1` before kernel 2.6.26. */
  readonly devpath: string;
  /** The device node, `/dev/cciss/c0d0`; null where udev made none. */
  readonly node: string | null;
  /** The links to it, whole paths. */
  readonly links: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * The block devices in the output of `udevadm info --export-db` (or the older `udevinfo --export-db`).
 *
 * The text has a record for every device of the machine, up to 60 MB of it; only block devices are taken apart.
 * NVMe namespaces have no `/block/` in their path, and records of before udev 0.98 have no SUBSYSTEM, so both
 * are looked at. Lines other than P, N, S and E say nothing about storage.
 */
export function parseUdevDb(text: string): UdevRecord[] {
  const records: UdevRecord[] = [];
  let subsystem = -1;
  for (let at = 0; at < text.length; ) {
    const blank = text.indexOf("\n\n", at);
    const end = blank === -1 ? text.length : blank;
    if (subsystem < at) subsystem = indexFrom(text, SUBSYSTEM, at);
    const isBlock = subsystem < end ? isBlockAt(text, subsystem) : isOldBlock(text.slice(at, end));
    if (isBlock) records.push(parseRecord(text.slice(at, end)));
    at = end + 2;
  }
  return records;
}

const SUBSYSTEM = "\nE: SUBSYSTEM=";

/** Where it is next; behind all text when it isn't there any more, so that it is never looked for again. */
function indexFrom(text: string, what: string, at: number): number {
  const found = text.indexOf(what, at);
  return found === -1 ? Number.POSITIVE_INFINITY : found;
}

function isBlockAt(text: string, subsystem: number): boolean {
  const value = subsystem + SUBSYSTEM.length;
  return text.startsWith("block", value) && (text[value + 5] ?? "\n") === "\n";
}

function isOldBlock(record: string): boolean {
  return /^\n*P: (.*)/.exec(record)?.[1]?.includes("/block/") === true;
}

function parseRecord(record: string): UdevRecord {
  const properties: Record<string, string> = {};
  const links: string[] = [];
  let devpath = "";
  let node: string | null = null;
  // line by line without an array of them: half of a large machine's scan would be the making of such arrays
  for (let at = 0; at < record.length; ) {
    const newline = record.indexOf("\n", at);
    const end = newline === -1 ? record.length : newline;
    const value = at + 3;
    switch (record.slice(at, value)) {
      case "E: ": {
        const equals = record.indexOf("=", value);
        if (equals > value && equals < end) properties[record.slice(value, equals)] = record.slice(equals + 1, end);
        break;
      }
      case "S: ":
        links.push(`/dev/${record.slice(value, end)}`);
        break;
      case "N: ":
        node = `/dev/${record.slice(value, end)}`;
        break;
      case "P: ":
        devpath = record.slice(value, end);
    }
    at = end + 1;
  }
  return { name: devpath.slice(devpath.lastIndexOf("/") + 1), devpath, node, links, properties };
}

/**
 * The text behind udev's and blkid's `_ENC` values: unsafe bytes stand as `\x20` (systemd, encode_devnode_string();
 * util-linux, blkid_encode_string()).
 */
export function decodeUdev(value: string): string {
  if (!value.includes("\\x")) return value;
  // ASCII, as a vendor's blanks are: nothing that could be a piece of a longer character
  if (!/[^ -~]|\\x[89a-fA-F]/.test(value)) {
    return value.replaceAll(/\\x([0-7][0-9a-fA-F])/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  const bytes = bytesOf(value);
  const decoded: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const hex = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (/^\\x[0-9a-fA-F]{2}$/.test(hex)) {
      decoded.push(Number.parseInt(hex.slice(2), 16));
      at += 3;
    } else decoded.push(bytes[at] as number);
  }
  return textOf(Uint8Array.from(decoded));
}

/** A property that udev keeps twice: decoded from `NAME_ENC`, else as it is; null where it is absent or empty. */
export function encodedProperty(properties: Readonly<Record<string, string>>, name: string): string | null {
  const encoded = properties[`${name}_ENC`];
  const value = encoded === undefined ? properties[name] : decodeUdev(encoded);
  return value === undefined || value === "" ? null : value;
}
