/**
 * The attribute bits of a GPT partition, as sfdisk writes them: `RequiredPartition NoBlockIOProtocol
 * LegacyBIOSBootable GUID:48,63` (libfdisk/src/gpt.c gpt_entry_attrs_to_string()). Bits 3 to 47 are reserved; sfdisk
 * neither shows nor sets them.
 */

const NAMES = ["RequiredPartition", "NoBlockIOProtocol", "LegacyBIOSBootable"] as const;

/** The bits of an `attrs` text; null where a word in it isn't known. `RequiredPartiton` is how util-linux before 2.29 wrote it. */
export function parseAttributes(text: string): readonly number[] | null {
  const bits: number[] = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const named = NAMES.indexOf(word.replace(/^RequiredPartiton$/, NAMES[0]) as (typeof NAMES)[number]);
    if (named >= 0) bits.push(named);
    else if (/^GUID:\d+(,\d+)*$/.test(word)) bits.push(...word.slice(5).split(",").map(Number));
    else return null;
  }
  return [...new Set(bits)].sort((a, b) => a - b);
}

/** The bits of blkid's hexadecimal flags (`ID_PART_ENTRY_FLAGS`); null where it isn't such a number. */
export function bitsOfFlags(flags: string): readonly number[] | null {
  if (!/^0x[0-9a-f]{1,16}$/i.test(flags)) return null;
  const value = BigInt(flags);
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (value >> BigInt(bit)) & 1n);
}

/** The `attrs` text of these bits, empty where there is none that sfdisk can set. */
export function writeAttributes(bits: readonly number[]): string {
  const guid = bits.filter((bit) => bit >= 48);
  const words = NAMES.filter((_, bit) => bits.includes(bit)) as string[];
  return [...words, ...(guid.length > 0 ? [`GUID:${guid.join(",")}`] : [])].join(" ");
}

/** The bits that sfdisk can't set. */
export function reservedBits(bits: readonly number[]): readonly number[] {
  return bits.filter((bit) => bit >= NAMES.length && bit < 48);
}
