/** Disks as their identities are recorded; typed by hand. */
import type { Identity } from "../../src/layout/identity.js";
import type { NamedDisk } from "../../src/references/names-of.js";
import { type Renames, renamesOf } from "../../src/references/renames.js";

/** A multipathed LUN with these paths. */
export function lun(wwid: string, name: string, paths: readonly string[], serial?: string): NamedDisk {
  return { role: "map", name, identities: [volume("wwid", wwid), ...paths.map(place), ...hints(serial)] };
}

/** A disk with one path. */
export function disk(name: string, identities: readonly Identity[]): NamedDisk {
  return { role: "disk", name, identities };
}

export function volume(type: string, value: string): Identity {
  return { type, value, strength: "volume" };
}

export function place(value: string): Identity {
  return { type: "by-path", value, strength: "place" };
}

export function link(value: string): Identity {
  return { type: "by-id", value, strength: "hint" };
}

function hints(serial: string | undefined): Identity[] {
  return serial === undefined ? [] : [{ type: "serial", value: serial, strength: "hint" }];
}

export const OLD_LUN: NamedDisk = lun(
  "3600507680181807628000000000002a9",
  "mpatha",
  [
    "ccw-0.0.fd00-fc-0x500507630300c562-lun-0x4010400000000000",
    "ccw-0.0.fe00-fc-0x500507630308c562-lun-0x4010400000000000",
  ],
  "75BALB11234",
);

export const NEW_LUN: NamedDisk = lun(
  "36005076801918140900000000000017f",
  "mpathc",
  [
    "ccw-0.0.1a00-fc-0x500507630300d111-lun-0x4011400000000000",
    "ccw-0.0.1b00-fc-0x500507630308d111-lun-0x4011400000000000",
  ],
  "75CXY991234",
);

export function renamesBetween(...pairs: readonly (readonly [NamedDisk, NamedDisk])[]): Renames {
  return renamesOf(pairs.map(([old, now]) => ({ old, now, sameVolume: false })));
}
