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
  // the u flag keeps the halves of a surrogate pair together, so only lone ones are found
  for (const lone of text.matchAll(/[\udc80-\udcff]+/gu)) {
    length += bytes.write(text.slice(clean, lone.index), length, "utf8");
    clean = lone.index + lone[0].length;
    for (let at = lone.index; at < clean; at++) bytes[length++] = text.charCodeAt(at) - 0xdc00;
  }
  return bytes.subarray(0, length + bytes.write(text.slice(clean), length, "utf8"));
}

function decodeMixed(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return latin1.replace(/[\x80-\xff]+/g, decodeRun);
}

/** Text of a run of bytes from 0x80 on, given as Latin-1. */
function decodeRun(run: string): string {
  let text = "";
  let done = 0;
  for (let at = 0; at < run.length; ) {
    const length = sequenceLength(run, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += utf8(run.slice(done, at)) + String.fromCharCode(0xdc00 + run.charCodeAt(at));
    at += 1;
    done = at;
  }
  return text + utf8(run.slice(done));
}

function utf8(latin1: string): string {
  return latin1 === "" ? "" : Buffer.from(latin1, "latin1").toString("utf8");
}

/** Length of the valid UTF-8 sequence of several bytes at this place, 0 where there is none (Unicode 15, table 3-7). */
function sequenceLength(run: string, at: number): number {
  const first = run.charCodeAt(at);
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (at + length > run.length) return 0;
  const second = run.charCodeAt(at + 1);
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) if ((run.charCodeAt(next) & 0xc0) !== 0x80) return 0;
  return length;
}
