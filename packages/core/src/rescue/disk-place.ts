import type { Identity } from "../layout/identity.js";

/**
 * The LUN's number as the storage system gave it, where all paths agree on one: from udev's by-path names
 * (`…-fc-0x5005…-lun-3`, `…-lun-0x4011400300000000`, `…-scsi-0:0:1:3`). Two-level numbers stay as they are, since only
 * equality and order count.
 */
export function lunNumber(identities: readonly Identity[]): bigint | undefined {
  const found = new Set<bigint>();
  for (const { value, strength } of identities) {
    if (strength !== "place") continue;
    const number = /-lun-(\d+|0x[0-9a-f]{1,16})$/i.exec(value)?.[1] ?? /-scsi-\d+:\d+:\d+:(\d+)$/.exec(value)?.[1];
    if (number !== undefined) found.add(BigInt(number));
  }
  const [only, ...more] = found;
  return more.length === 0 ? only : undefined;
}

/** Sorts disks by where they are attached: by LUN number where each has one of its own, else by their place's name. */
export function byPlace<T>(
  items: readonly T[],
  identitiesOf: (item: T) => readonly Identity[],
): readonly T[] | undefined {
  const numbers = items.map((item) => lunNumber(identitiesOf(item)));
  if (new Set(numbers).size === items.length && !numbers.includes(undefined)) {
    return sortedBy(items, numbers as readonly bigint[], (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
  const names = items.map((item) => placesOf(identitiesOf(item))[0]);
  if (names.includes(undefined) || new Set(names).size < items.length) return undefined;
  return sortedBy(items, names as readonly string[], COLLATOR.compare);
}

/** Names of places, in an order that is the same from boot to boot. */
function placesOf(identities: readonly Identity[]): readonly string[] {
  const names = identities.filter(({ strength }) => strength === "place").map(({ value }) => value);
  return names.sort(COLLATOR.compare);
}

/** `scsi-0:0:10:0` comes after `scsi-0:0:2:0`. */
const COLLATOR: Intl.Collator = new Intl.Collator("en", { numeric: true });

function sortedBy<T, K>(items: readonly T[], keys: readonly K[], compare: (a: K, b: K) => number): readonly T[] {
  return items
    .map((item, at) => ({ item, key: keys[at] as K }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item);
}
