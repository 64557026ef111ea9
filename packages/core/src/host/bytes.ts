/**
 * Bytes as text without loss: valid UTF-8 becomes what it says, each other byte becomes the lone surrogate
 * U+DC00 + byte (the scheme of Python's PEP 383).
 */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** False where a text holds bytes that aren't UTF-8: it can't become an argument of a command then. */
export function isCleanText(text: string): boolean {
  // the first test costs next to nothing on text that is all Latin-1, as nearly all is
  return !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text);
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
  // the u flag keeps the halves of a surrogate pair together, so only lone ones are cut out
  const parts = text.split(/([\udc80-\udcff]+)/u);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part, "utf8") : loneBytes(part))));
}

function loneBytes(surrogates: string): Uint8Array {
  return Uint8Array.from({ length: surrogates.length }, (_, at) => surrogates.charCodeAt(at) - 0xdc00);
}

function decodeMixed(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  let done = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += buffer.toString("utf8", done, at) + String.fromCharCode(0xdc00 + (bytes[at] as number));
    at += 1;
    done = at;
  }
  return text + buffer.toString("utf8", done);
}

/** Length of the valid UTF-8 sequence at this place, 0 where there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
