import { isUtf8 } from "node:buffer";

/**
 * Bytes as text without loss: valid UTF-8 becomes what it says, each other byte becomes the lone surrogate
 * U+DC00 + byte (the scheme of Python's PEP 383).
 */

/** False where a text holds bytes that aren't UTF-8: it can't become an argument of a command then. */
export function isCleanText(text: string): boolean {
  // the first test costs next to nothing on text that is all Latin-1, as nearly all is
  return !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text);
}

/** Text of the bytes; bytes that aren't UTF-8 become U+DC80…U+DCFF. */
export function textOf(bytes: Uint8Array): string {
  return isUtf8(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")
    : decodeMixed(bytes);
}

/** The bytes that {@link textOf} was given. */
export function bytesOf(text: string): Uint8Array {
  if (isCleanText(text)) return Buffer.from(text, "utf8");
  const bytes = Buffer.allocUnsafe(3 * text.length);
  let length = 0;
  let clean = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((unit & 0xfc00) === 0xd800) at += 1;
    else if (unit >= 0xdc80 && unit <= 0xdcff) {
      length += bytes.write(text.slice(clean, at), length, "utf8");
      bytes[length++] = unit - 0xdc00;
      clean = at + 1;
    }
  }
  return bytes.subarray(0, length + bytes.write(text.slice(clean), length, "utf8"));
}

function decodeMixed(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const length = first < 0x80 ? 1 : sequenceLength(bytes, at);
    if (length === 1) units[count++] = first;
    else if (length === 0) units[count++] = 0xdc00 + first;
    else count += putCharacter(units, count, codePoint(bytes, at, length));
    at += length || 1;
  }
  let text = "";
  // not by Buffer, whose UTF-16 is little-endian only; in pieces, since a call takes so many arguments only
  for (let at = 0; at < count; at += 8192) {
    text += String.fromCharCode(...units.subarray(at, Math.min(count, at + 8192)));
  }
  return text;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let code = (bytes[at] as number) & (0xff >> (length + 1));
  for (let next = at + 1; next < at + length; next++) code = (code << 6) | ((bytes[next] as number) & 0x3f);
  return code;
}

/** Puts one character, and says how many units it takes. */
function putCharacter(units: Uint16Array, at: number, code: number): number {
  if (code < 0x10000) {
    units[at] = code;
    return 1;
  }
  units[at] = 0xd800 + ((code - 0x10000) >> 10);
  units[at + 1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
  return 2;
}

/** Length of the valid UTF-8 sequence of several bytes at this place, 0 where there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
