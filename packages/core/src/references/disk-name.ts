/**
 * One way in which configuration files call a disk, and its partitions: `wwn-0x6005…` and `wwn-0x6005…-part2`,
 * `dm-uuid-mpath-36005…` and `dm-uuid-part2-mpath-36005…`.
 */
export interface DiskName {
  /** What sort of name it is. Names of one sort, of the old disk and of the new one, stand for each other. */
  readonly sort: string;
  /** The name, or what of it stands before the partition. */
  readonly head: string;
  /** What stands behind the partition: empty where the partition comes last. */
  readonly tail: string;
}

/** A name in which the partition comes last: `scsi-36005…`, `scsi-36005…-part2`. */
export function plainName(sort: string, name: string): DiskName {
  return { sort, head: name, tail: "" };
}

/** The name of the whole disk. */
export function wholeName({ head, tail }: DiskName): string {
  return `${head}${tail}`;
}

/** How a name is written in a text, and by what it ends there. */
export interface Spelling {
  spell(text: string): string;
  /** Regular expressions: what must be true of the text before the name, and after it. */
  readonly before: string;
  readonly after: string;
}

/** Neither a letter or digit beside it, nor one with a mark between that joins words. */
const WORD = {
  before: "(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_.:@+])",
  after: "(?![A-Za-z0-9])(?![-_.:@+][A-Za-z0-9])",
};

/**
 * How names are written where some characters mean something: as they are; with a backslash before a `.`, or also before
 * a `-`, in regular expressions (lvm.conf's filters); and in names of systemd's units, where `-` is a slash and `\x2d`
 * is a hyphen (systemd-escape(1)).
 */
export const SPELLINGS: readonly Spelling[] = [
  { spell: (text) => text, ...WORD },
  { spell: (text) => text.replaceAll(".", "\\."), ...WORD },
  { spell: (text) => text.replaceAll(/[-.]/g, "\\$&"), ...WORD },
  {
    spell: (text) => text.replaceAll("-", "\\x2d").replaceAll("/", "-"),
    before: "(?<![A-Za-z0-9])(?<!\\\\x2d)",
    after: "(?![A-Za-z0-9])(?!\\\\x2d)",
  },
];
