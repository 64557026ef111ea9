import { bytesOf, textOf } from "../../host/bytes.js";

/**
 * A GPT partition's name in sfdisk's scripts. Since util-linux 2.33 unsafe bytes stand there as `\xNN` in both
 * directions (lib/carefulputc.h fputs_quoted(), libfdisk/src/script.c unhexmangle_string(); bug util-linux #656);
 * in the locale C these are all bytes but printable ASCII.
 */

/** The name behind sfdisk's writing of it. */
export function decodeName(written: string): string {
  if (!written.includes("\\x")) return written;
  const bytes: number[] = [];
  for (const [, hex, plain] of written.matchAll(/\\x([0-9a-fA-F]{2})|([\s\S])/gu)) {
    if (hex === undefined) bytes.push(...bytesOf(plain as string));
    else bytes.push(Number.parseInt(hex, 16));
  }
  return textOf(Uint8Array.from(bytes));
}

/** A name as sfdisk reads it between double quotes. */
export function encodeName(name: string): string {
  const bytes = [...Buffer.from(name, "utf8")];
  return bytes
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`))
    .join("");
}

/**
 * True for a name that sfdisk can write: libfdisk/src/gpt.c gpt_entry_set_name() knows UTF-8 of up to three bytes and
 * drops the whole name without an error at anything beyond the BMP (seen with 2.38.1), though it reads such names.
 */
export function isWritableName(name: string): boolean {
  return name.length <= 36 && !/\p{Surrogate}|[\u{10000}-\u{10ffff}]|\0/u.test(name);
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && !'"\\`$'.includes(String.fromCharCode(byte));
}
