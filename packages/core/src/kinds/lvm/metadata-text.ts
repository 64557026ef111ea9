import { known, type Parsed, type ProbeFailure } from "../../host/probed.js";

/** A value in LVM's metadata: `"text"`, `2048`, or a list of both. */
export type MetadataValue = string | number | readonly (string | number)[];

/** A section of LVM's metadata, with its place in the text. */
export interface MetadataSection {
  readonly name: string;
  /** From the first character of its name to behind its closing brace. */
  readonly from: number;
  readonly to: number;
  readonly values: ReadonlyMap<string, MetadataValue>;
  /** Where each value stands, without what is before and behind it. */
  readonly spans: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
  readonly sections: readonly MetadataSection[];
}

/**
 * Reads the text that `vgcfgbackup` writes (libdm/libdm-config.c: sections in braces, assignments, comments from `#` to
 * the line's end). The outermost section has no name.
 */
export function parseMetadata(text: string, source: string): Parsed<MetadataSection> {
  const reader = new Reader(text);
  try {
    return known(reader.section("", 0));
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    return { is: "unknown", failure: refusal(text, source, error) };
  }
}

class MetadataError extends Error {
  override readonly name = "MetadataError";
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** One token and the white space and comments before it. */
const TOKEN = /(?:\s|#[^\n]*)*(?:([{}[\],=])|"((?:[^"\\]|\\.)*)"|([^\s{}[\],="#]+)|$)/suy;

type Token =
  | { readonly is: "mark"; readonly value: string; readonly at: number }
  | { readonly is: "text" | "word"; readonly value: string; readonly at: number }
  | { readonly is: "end"; readonly value: ""; readonly at: number };

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  section(name: string, from: number): MetadataSection {
    const values = new Map<string, MetadataValue>();
    const spans = new Map<string, { from: number; to: number }>();
    const sections: MetadataSection[] = [];
    for (;;) {
      const token = this.next();
      if (token.is === "end" && name === "") return { name, from, to: this.at, values, spans, sections };
      if (token.is === "mark" && token.value === "}" && name !== "") {
        return { name, from, to: this.at, values, spans, sections };
      }
      if (token.is !== "word") throw new MetadataError("a name was expected", token.at);
      const mark = this.next();
      if (mark.value === "{") sections.push(this.section(token.value, token.at));
      else if (mark.value === "=") {
        const value = this.value();
        values.set(token.value, value.is);
        spans.set(token.value, { from: value.from, to: this.at });
      } else throw new MetadataError("{ or = was expected", mark.at);
    }
  }

  private value(): { readonly is: MetadataValue; readonly from: number } {
    const first = this.next();
    if (first.value !== "[" || first.is !== "mark") return { is: scalar(first), from: first.at };
    const list: (string | number)[] = [];
    for (;;) {
      const token = this.next();
      if (token.is === "mark" && token.value === "]") return { is: list, from: first.at };
      if (token.is === "mark" && token.value === ",") continue;
      list.push(scalar(token));
    }
  }

  private next(): Token {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) throw new MetadataError("a token was expected", this.at);
    this.at = TOKEN.lastIndex;
    const [whole, mark, text, word] = match;
    const at = match.index + whole.length - (mark ?? word ?? (text === undefined ? "" : `"${text}"`)).length;
    if (mark !== undefined) return { is: "mark", value: mark, at };
    if (text !== undefined) return { is: "text", value: text.replace(/\\(.)/gsu, "$1"), at };
    if (word !== undefined) return { is: "word", value: word, at };
    return { is: "end", value: "", at };
  }
}

function scalar(token: Token): string | number {
  if (token.is === "text") return token.value;
  if (token.is === "word" && /^-?\d+(\.\d+)?$/.test(token.value)) return Number(token.value);
  throw new MetadataError("a value was expected", token.at);
}

function refusal(text: string, source: string, error: MetadataError): ProbeFailure {
  const before = text.slice(0, error.at).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  return {
    reason: "unexpected-output",
    source,
    line,
    message: `${source}, line ${before.length}, isn't understood (${error.message}): ${JSON.stringify(line.trim())}`,
  };
}
