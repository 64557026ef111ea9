/**
 * Bytes as text without loss: valid UTF-8 becomes what it says, each other byte becomes the lone surrogate
 * U+DC00 + byte (the scheme of Python's PEP 383).
 */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** False where a text holds bytes that aren't UTF-8: it can't become an argument of a command then. */
export function isCleanText(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Text of the bytes; bytes that aren't UTF-8 become U+DC80…U+DCFF. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
}

/** The bytes that {@link textOf} was given. */
export function bytesOf(text: string): Uint8Array {
  if (isCleanText(text)) return Buffer.from(text, "utf8");
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Uint8Array.of(code - 0xdc00) : Buffer.from(character, "utf8"));
  }
  return Buffer.concat(parts);
}

function decodeMixed(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[at] as number));
      at += 1;
    } else {
      text += strict.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at this place, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
