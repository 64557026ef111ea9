import { type Identity, normalWwid } from "../layout/identity.js";
import type { Machine } from "../layout/layout.js";

/** How the identities of a recorded disk and of one that is here compare, for one strength. */
export type Match = "same" | "different" | "silent";

/**
 * Compares identities of one strength. `same`: one is equal, and none of that type is contradicted; `different`: both
 * sides name the same type and no value is equal, whatever another type says; `silent`: nothing to compare.
 */
export function compareIdentities(
  recorded: readonly Identity[],
  here: readonly Identity[],
  strength: Identity["strength"],
): Match | "conflict" {
  const wanted = valuesByType(recorded, strength);
  const found = valuesByType(here, strength);
  let [same, different] = [false, false];
  for (const [type, values] of wanted) {
    const others = found.get(type);
    if (others === undefined) continue;
    if ([...values].some((value) => others.has(value))) same = true;
    else different = true;
  }
  if (same && different) return "conflict";
  return same ? "same" : different ? "different" : "silent";
}

/** True where one value of one type of this strength is equal. */
export function sharesIdentity(
  recorded: readonly Identity[],
  here: readonly Identity[],
  strength: Identity["strength"],
): boolean {
  return recorded.some((a) => a.strength === strength && here.some((b) => isSame(a, b) && b.strength === strength));
}

/** Hints that tell one piece of hardware from another. What is written on a disk (a volser) isn't among them: it comes and goes with the content. */
const HARDWARE_HINTS: readonly string[] = ["serial", "model"];

/**
 * The hint that rules a candidate out, for people.
 *
 * @param types what is compared: of a volume that is known by its identity, only the unit's serial number
 */
export function rejectingHint(
  recorded: readonly Identity[],
  here: readonly Identity[],
  types: readonly string[] = HARDWARE_HINTS,
): string | undefined {
  for (const type of types) {
    const [wanted, found] = [hintsOf(recorded, type), hintsOf(here, type)];
    if (wanted.length === 0 || found.length === 0 || wanted.some((value) => found.includes(value))) continue;
    return `${type} is ${found.join(", ")}, recorded was ${wanted.join(", ")}`;
  }
  return undefined;
}

/**
 * The values of a hint, blanks as udev writes them. A serial number that is a piece of the volume's identity tells
 * nothing more than that: where scsi_id has no page 0x80, udev's ID_SERIAL_SHORT is the WWID without its first digit.
 */
export function hintsOf(identities: readonly Identity[], type: string): string[] {
  const volumes = identities.filter(({ strength }) => strength === "volume").map(({ value }) => value);
  return identities
    .filter((identity) => identity.strength === "hint" && identity.type === type)
    .map(({ value }) => normalWwid(value))
    .filter((value) => !volumes.some((volume) => volume.includes(value)));
}

/** Hints by right. Any other is the identity of a volume that several disks here show, so that it names none of them. */
const PLAIN_HINTS: readonly string[] = ["serial", "model", "by-id", "volser", "dasd-uid"];

/** The identities that other disks here show too: something is wrong, and it may be any of them. */
export function sharedIdentities(here: readonly Identity[]): readonly Identity[] {
  return here.filter(({ strength, type }) => strength === "hint" && !PLAIN_HINTS.includes(type));
}

/** True where one of them is that of a recorded disk. */
export function showsShared(recorded: readonly Identity[], here: readonly Identity[]): boolean {
  const shared = sharedIdentities(here);
  return recorded.some((wanted) => wanted.strength === "volume" && shared.some((found) => isSame(wanted, found)));
}

function isSame(a: Identity, b: Identity): boolean {
  return a.type === b.type && a.value === b.value;
}

function valuesByType(identities: readonly Identity[], strength: Identity["strength"]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  for (const identity of identities) {
    if (identity.strength !== strength) continue;
    const set = values.get(identity.type);
    if (set === undefined) values.set(identity.type, new Set([identity.value]));
    else set.add(identity.value);
  }
  return values;
}

/**
 * True when the rescue system runs on the recorded machine itself, so that a place there means the same place here.
 * One name must be equal and none contradicted; a z/VM guest and the LPAR that z/VM runs in share the LPAR's name and
 * are two machines, so both sides must know of the guest or neither.
 */
export function isSameMachine(recorded: Machine, here: Machine): boolean {
  const [wanted, found] = [placesByPrefix(recorded.places), placesByPrefix(here.places)];
  if (wanted.has("zvm") !== found.has("zvm")) return false;
  const shared = [...wanted].filter(([prefix]) => found.has(prefix));
  return shared.length > 0 && shared.every(([prefix, name]) => found.get(prefix) === name);
}

function placesByPrefix(places: readonly string[]): Map<string, string> {
  return new Map(places.map((place) => [place.slice(0, place.indexOf(":")), place]));
}
