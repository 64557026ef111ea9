import { bytesOf, textOf } from "../host/bytes.js";

/** What is read of udev's properties; a record has twice as many, and a large machine tens of thousands of records. */
export const UDEV_PROPERTIES = [
  "DEVPATH",
  "DEVTYPE",
  "MAJOR",
  "MINOR",
  "PARTN",
  "SYSTEMD_READY",
  "USEC_INITIALIZED",
  "DM_NAME",
  "DM_NOSCAN",
  "DM_SUSPENDED",
  "DM_UUID",
  "DM_UDEV_DISABLE_DISK_RULES_FLAG",
  "DM_UDEV_DISABLE_OTHER_RULES_FLAG",
  "ID_BUS",
  "ID_CDROM",
  "ID_MODEL",
  "ID_MODEL_ENC",
  "ID_REVISION",
  "ID_TYPE",
  "ID_VENDOR",
  "ID_VENDOR_ENC",
  "ID_PATH",
  "ID_PATH_ATA_COMPAT",
  "ID_PATH_COMPAT",
  "ID_SCSI_SERIAL",
  "ID_SERIAL",
  "ID_SERIAL_SHORT",
  "ID_UID",
  "ID_WWN",
  "ID_WWN_WITH_EXTENSION",
  "ID_FS_AMBIVALENT",
  "ID_FS_TYPE",
  "ID_FS_USAGE",
  "ID_FS_LABEL",
  "ID_FS_LABEL_ENC",
  "ID_FS_UUID",
  "ID_FS_UUID_ENC",
  "ID_PART_TABLE_TYPE",
  "ID_PART_TABLE_UUID",
  "ID_PART_ENTRY_DISK",
  "ID_PART_ENTRY_FLAGS",
  "ID_PART_ENTRY_NAME",
  "ID_PART_ENTRY_OFFSET",
  "ID_PART_ENTRY_SIZE",
  "ID_PART_ENTRY_TYPE",
  "ID_PART_ENTRY_UUID",
  "SCSI_IDENT_SERIAL",
] as const;

/** A property of udev's that is read. */
export type UdevProperty = (typeof UDEV_PROPERTIES)[number];

/** Those properties of a device that udev has. */
export type UdevProperties = Readonly<Partial<Record<UdevProperty, string>>>;

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
  readonly properties: UdevProperties;
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

const [E, N, P, S] = ["E", "N", "P", "S"].map((letter) => letter.charCodeAt(0));
const NAMES: ReadonlyMap<string, UdevProperty> = new Map(UDEV_PROPERTIES.map((name) => [name, name]));

function parseRecord(record: string): UdevRecord {
  const properties: Partial<Record<UdevProperty, string>> = {};
  const links: string[] = [];
  let devpath = "";
  let node: string | null = null;
  // line by line without an array of them: half of a large machine's scan would be the making of such arrays
  for (let at = 0; at < record.length; ) {
    const newline = record.indexOf("\n", at);
    const end = newline === -1 ? record.length : newline;
    const value = at + 3;
    switch (record.charCodeAt(at)) {
      case E: {
        const equals = record.indexOf("=", value);
        const name = NAMES.get(record.slice(value, equals));
        if (name !== undefined) properties[name] = record.slice(equals + 1, end);
        break;
      }
      case S:
        links.push(`/dev/${record.slice(value, end)}`);
        break;
      case N:
        node = `/dev/${record.slice(value, end)}`;
        break;
      case P:
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
  const spaced = value.replaceAll("\\x20", " ");
  if (!spaced.includes("\\x")) return spaced;
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
export function encodedProperty(properties: UdevProperties, name: "ID_FS_LABEL" | "ID_FS_UUID"): string | null {
  const encoded = properties[`${name}_ENC`];
  const value = encoded === undefined ? properties[name] : decodeUdev(encoded);
  return value === undefined || value === "" ? null : value;
}
