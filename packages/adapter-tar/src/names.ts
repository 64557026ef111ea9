/** The directory of the members that aren't files of the server: what the stream says of itself. */
export const OWN = "./.bmr-backup";

/** The list of all members of the backup, with where each one begins. */
export const INDEX: string = `${OWN}/index`;

/** Says what the stream is, for a person who finds it without bmr. */
export const README: string = `${OWN}/README`;

/** The completion mark: written last, and only once everything before it ended well. It names the host. */
export function markOf(hostname: string): string {
  return `${OWN}/complete-${hostname.replace(/[^A-Za-z0-9._-]/g, "_")}`;
}

/** A path of the server as the member's name that it has in the archive, `./srv`; `./` for the root. */
export function memberOf(path: string): string {
  return `.${path}`;
}

/** A pattern for `--exclude` that matches just this text (fnmatch(3)). */
export function literalPattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

/** A regular expression that matches just this text, in ECMAScript as in POSIX ERE. */
export function literalExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const LETTERS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  ":": "\\:",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

/** A name as tar's messages show it in the C locale: quotearg's style `escape`, with colons (gnulib, quotearg.c). */
export function asTarSays(name: string): string {
  return [...Buffer.from(name, "utf8")]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const letter = LETTERS[character];
      if (letter !== undefined) return letter;
      return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, "0")}`;
    })
    .join("");
}

const FROM_LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** The bytes of a name that tar shows with {@link asTarSays}. */
export function fromTar(shown: string): Uint8Array {
  const parts = shown.match(/\\[0-7]{3}|\\[\s\S]|[^\\]+|\\$/g) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (/^\\[0-7]{3}$/.test(part)) return Buffer.of(Number.parseInt(part.slice(1), 8) & 0xff);
      if (!part.startsWith("\\") || part.length === 1) return Buffer.from(part, "utf8");
      const letter = FROM_LETTERS[part[1] as string];
      return letter === undefined ? Buffer.from(part.slice(1), "utf8") : Buffer.of(letter);
    }),
  );
}
