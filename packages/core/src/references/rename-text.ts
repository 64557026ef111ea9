import { type DiskName, SPELLINGS, type Spelling, wholeName } from "./disk-name.js";
import type { Renames } from "./renames.js";

/** A name that was found and can't be translated. */
export interface LeftName {
  readonly name: string;
  /** For people. */
  readonly why: string;
}

/** A text with its names translated, and the old ones that stayed in it. */
export interface Renamed {
  readonly text: string;
  readonly left: readonly LeftName[];
}

/**
 * Writes what disks are called now in place of what they were called. A name counts only as a whole word, with the
 * number of a partition or without: never inside a longer identifier. All are replaced at once, so that two disks may
 * have changed their names with each other.
 */
export function renameText(text: string, renames: Renames): Renamed {
  const rules = [
    ...renames.pairs.flatMap(({ old, now }) =>
      rulesFor(text, old, (partition, spelling) => write(now, partition, spelling)),
    ),
    ...renames.open.flatMap(({ old, why }) => rulesFor(text, old, () => ({ name: wholeName(old), why }))),
  ];
  if (rules.length === 0) return { text, left: [] };
  // the longest first: of `dm-uuid-mpath-3600…` and `3600…` the one that is all of the word
  rules.sort((a, b) => b.length - a.length);
  const expression = new RegExp(rules.map(({ source }) => source).join("|"), "g");
  const left = new Map<string, LeftName>();
  const renamed = text.replace(expression, (word, ...groups: (string | undefined)[]) => {
    const at = rules.findIndex((_, index) => groups[2 * index] !== undefined);
    const answer = (rules[at] as Rule).write(groups[2 * at + 1]);
    if (typeof answer === "string") return answer;
    left.set(answer.name, answer);
    return word;
  });
  return { text: renamed, left: [...left.values()] };
}

/**
 * What makes the name of a whole disk that of a partition: by udev, kpartx with its `-p`, device-mapper. In a regular
 * expression what stands for the number follows: `-part[0-9]+`.
 */
const LAST = "(?:-|_|\\\\-|\\\\x2d)?part\\d*|p\\d*";

type Write = (partition: string | undefined, spelling: Spelling) => string | LeftName;

interface Rule {
  /** Two groups: the whole name, and of it the partition. */
  readonly source: string;
  readonly length: number;
  readonly write: (partition: string | undefined) => string | LeftName;
}

/** The rules for one name in all its spellings, as far as the text can hold it. */
function rulesFor(text: string, { head, tail }: DiskName, write: Write): Rule[] {
  const seen = new Set<string>();
  return SPELLINGS.flatMap((spelling): Rule[] => {
    const [first, last] = [spelling.spell(head), spelling.spell(tail)];
    const whole = first + last;
    if (seen.has(whole) || !text.includes(first) || !text.includes(last)) return [];
    seen.add(whole);
    const partition = tail === "" ? `(${LAST})?` : `(part\\d+${quoted(spelling.spell("-"))})?`;
    const source = `${spelling.before}(${quoted(first)}${partition}${quoted(last)})${spelling.after}`;
    return [{ source, length: whole.length, write: (number) => write(number, spelling) }];
  });
}

function write({ head, tail }: DiskName, partition: string | undefined, { spell }: Spelling): string {
  if (partition === undefined) return spell(head + tail);
  const number = /\d+/.exec(partition.replaceAll("\\x2d", ""))?.[0] ?? "";
  if (tail !== "") return spell(`${head}part${number}-${tail}`);
  const isLast = !/\d(?:-|\\-|\\x2d)$/.test(partition);
  return spell(head) + (isLast ? partition : spell(`-part${number}`));
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
