import { known, type Parsed, unexpected } from "../../host/probed.js";

/** What stands in the label block of a volume. */
export interface VolumeLabel {
  /** `VOL1` (CDL), `LNX1` (LDL), `CMS1` (CMS); null where there is no label. */
  readonly identifier: string | null;
  /** The volume's serial number, without the blanks behind it; null where there is none. */
  readonly volser: string | null;
}

/** Reads `dasdview -l`. The hex values are taken: the others depend on a converter. */
export function parseLabel(text: string): Parsed<VolumeLabel> {
  const hexOf = (name: string) =>
    new RegExp(`^${name} *:[^\\n]*\\n[^\\n]*\\n *: hex +([0-9a-f]+)`, "m").exec(text)?.[1];
  const identifier = hexOf("volume label identifier");
  const volser = hexOf("volume identifier");
  if (identifier === undefined || volser === undefined) {
    return { is: "unknown", failure: unexpected("dasdview -l", text.trim().split("\n")[0] ?? "", "no volume label") };
  }
  return known({ identifier: fromEbcdic(identifier), volser: fromEbcdic(volser) });
}

/**
 * EBCDIC (code page 037) of what a label may hold: letters, digits, `$#@%` and blanks. Anything else is no label.
 */
export function fromEbcdic(hex: string): string | null {
  const letters = [...Buffer.from(hex, "hex")].map((byte) => CHARACTERS.get(byte));
  if (letters.includes(undefined)) return null;
  const text = letters.join("").trimEnd();
  return text === "" ? null : text;
}

const CHARACTERS: ReadonlyMap<number, string> = new Map([
  ...range(0xc1, "ABCDEFGHI"),
  ...range(0xd1, "JKLMNOPQR"),
  ...range(0xe2, "STUVWXYZ"),
  ...range(0xf0, "0123456789"),
  ...range(0x40, " "),
  ...range(0x5b, "$"),
  ...range(0x7b, "#@"),
  ...range(0x6c, "%"),
]);

function range(first: number, letters: string): [number, string][] {
  return [...letters].map((letter, index) => [first + index, letter]);
}
