import { type DiskName, wholeName } from "./disk-name.js";
import { type NamedDisk, namesOf } from "./names-of.js";

/** What a disk was called, and what the one in its place is called. */
export interface Rename {
  readonly old: DiskName;
  readonly now: DiskName;
}

/** A name that is gone, and what to write instead of it isn't known. */
export interface OpenName {
  readonly old: DiskName;
  /** For people. */
  readonly why: string;
}

/** How the names of the recorded disks translate into those of the disks in their places. */
export interface Renames {
  readonly pairs: readonly Rename[];
  readonly open: readonly OpenName[];
  /** Words that only the disks that aren't there any more were called by: what is searched for in the end. */
  readonly gone: readonly string[];
}

/** A recorded disk and the one that takes its place. */
export interface Replaced {
  readonly old: NamedDisk;
  readonly now: NamedDisk;
  /** It is the recorded volume itself, come back at another place perhaps. */
  readonly sameVolume: boolean;
}

/** No disk is called otherwise than it was. */
export const NO_RENAMES: Renames = { pairs: [], open: [], gone: [] };

/**
 * Compares what the disks were called with what those in their places are called. A name is translated only where it
 * named one disk and there is one that stands for it: the same sort of name, or, for a link below /dev/disk/by-id,
 * another such link to the same disk. Pure; nothing is guessed.
 */
export function renamesOf(replaced: readonly Replaced[]): Renames {
  const changes = replaced.flatMap(changesOf);
  const here = new Set(replaced.flatMap(({ now }) => namesOf(now).map(wholeName)));
  const byName = new Map<string, Change[]>();
  for (const change of changes) {
    const whole = wholeName(change.old);
    byName.set(whole, [...(byName.get(whole) ?? []), change]);
  }
  const pairs: Rename[] = [];
  const open: OpenName[] = [];
  for (const [whole, same] of byName) {
    const [first] = same as [Change, ...Change[]];
    const answers = new Set(same.map(({ now }) => (now === null ? null : wholeName(now))));
    if (answers.size > 1) open.push({ old: first.old, why: `${whole} was a name of more than one disk` });
    else if (first.now === null) open.push({ old: first.old, why: first.why });
    else pairs.push({ old: first.old, now: first.now });
  }
  const gone = changes.flatMap(({ old, word }) => (word && !here.has(wholeName(old)) ? [wholeName(old)] : []));
  return { pairs, open, gone: [...new Set(gone)].sort() };
}

/** One name of a recorded disk that the disk in its place hasn't. */
interface Change {
  readonly old: DiskName;
  readonly now: DiskName | null;
  readonly why: string;
  /** False for a name that is part of a path, and not one of its words. */
  readonly word: boolean;
}

function changesOf({ old, now, sameVolume }: Replaced): Change[] {
  // in the restored system a map keeps its alias, which stands beside its WWID in files of its own
  const named = old.role === "map" && now.role === "map" ? { ...now, name: aliasOf(old, now) } : now;
  const [was, is] = [namesOf(old), namesOf(named)];
  const still = new Set(is.map(wholeName));
  const atOldPlace = was.some((name) => isPlace(name) && still.has(wholeName(name)));
  return was
    .filter((name) => !still.has(wholeName(name)))
    .filter((name) => (isPlace(name) ? !atOldPlace && !(sameVolume && old.role === "map") : !sameVolume))
    .flatMap((name) => changeOf(name, was, is));
}

/** A map that was called by its WWID is called by its new one. */
function aliasOf(old: NamedDisk, now: NamedDisk): string {
  const isWwid = old.identities.some(({ type, value }) => type === "wwid" && value === old.name);
  return isWwid ? now.name : old.name;
}

function isPlace({ sort }: DiskName): boolean {
  return sort.startsWith("by-path ");
}

function isById({ sort }: DiskName): boolean {
  return sort.startsWith("by-id ");
}

function changeOf(old: DiskName, was: readonly DiskName[], is: readonly DiskName[]): Change[] {
  const whole = wholeName(old);
  const word = !/[/=]/.test(whole);
  const candidates = is.filter(({ sort }) => sort === old.sort);
  const [now] = candidates;
  if (now !== undefined && candidates.length === 1 && was.filter(({ sort }) => sort === old.sort).length === 1) {
    return [{ old, now, why: "", word }];
  }
  const why =
    candidates.length === 0
      ? `the disk in its place has no name of that sort`
      : `${candidates.length} names of that sort lead to the disk in its place: ${candidates.map(wholeName).join(", ")}`;
  const link = isById(old) ? is.find(isById) : undefined;
  return [
    { old, now: null, why, word },
    // any link to the disk is as good as the old one was, where it stands as a link
    ...(link === undefined ? [] : [{ old: below(old), now: below(link), why: "", word: false }]),
  ];
}

function below(name: DiskName): DiskName {
  return { sort: `link ${name.sort}`, head: `by-id/${name.head}`, tail: name.tail };
}
