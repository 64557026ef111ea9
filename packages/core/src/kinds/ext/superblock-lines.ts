import { type ProbeFailure, unexpected } from "../../host/probed.js";

/**
 * The `Key:   value` lines of one `dumpe2fs -h`, taken one by one. The first line that is missing or isn't as it must
 * be is kept as the failure; what is never taken is what this version doesn't know.
 */
export interface SuperblockLines {
  /** The value, or null where there is no such line. */
  text(key: string): string | null;
  /** A whole number, in front of which nothing and behind which only a remark in brackets may stand; null without the line. */
  number(key: string): number | null;
  /** A number that must be there. */
  required(key: string): number;
  /** The words of a value; `(none)` is no word. */
  words(key: string): string[];
  /** The whole numbers of a value, between blanks or commas. */
  numbers(key: string): number[];
  /** The indented lines below a key. */
  below(key: string): readonly string[];
  /** Keeps this as the failure, unless there is one already. */
  fail(line: string, expectation: string): void;
  failure(): ProbeFailure | undefined;
  /** The lines that nobody took, word for word. */
  rest(): string[];
}

interface Entry {
  readonly line: string;
  readonly value: string;
  readonly below: string[];
  taken: boolean;
}

/** Reads lines of the form `Key:   value`; an indented line belongs to the one above it. */
export function superblockLines(source: string, text: string): SuperblockLines {
  const { entries, loose } = split(text);
  let failure: ProbeFailure | undefined;
  const fail = (line: string, expectation: string) => {
    failure ??= unexpected(source, line, expectation);
  };
  const take = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined) entry.taken = true;
    return entry;
  };
  const number = (key: string): number | null => {
    const entry = take(key);
    if (entry === undefined) return null;
    const match = /^(-?\d+)(?: \(.*\))?$/.exec(entry.value.trim());
    const value = Number(match?.[1]);
    if (!Number.isSafeInteger(value)) fail(entry.line, "a whole number");
    return value;
  };
  return {
    text: (key) => take(key)?.value.trim() ?? null,
    number,
    required: (key) => {
      const value = number(key);
      if (value === null) fail("", `a line "${key}:"`);
      return value ?? 0;
    },
    words: (key) => {
      const value = take(key)?.value.trim() ?? "";
      return value === "(none)" ? [] : value.split(/\s+/).filter(Boolean);
    },
    numbers: (key) => {
      const entry = take(key);
      const words = entry?.value.split(/[\s,]+/).filter(Boolean) ?? [];
      if (entry !== undefined && !words.every((word) => /^\d+$/.test(word))) fail(entry.line, "whole numbers");
      return words.map(Number);
    },
    below: (key) => take(key)?.below ?? [],
    fail,
    failure: () => failure,
    rest: () => [
      ...loose,
      ...[...entries.values()].filter((entry) => !entry.taken).flatMap((entry) => [entry.line, ...entry.below]),
    ],
  };
}

/** `Filesystem created:`, `First error line #:`, `MMP_block:`: a key is what stands before the first colon. */
function split(text: string): { entries: Map<string, Entry>; loose: string[] } {
  const entries = new Map<string, Entry>();
  const loose: string[] = [];
  let last: Entry | undefined;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    if (/^\s/.test(line) && last !== undefined) {
      last.below.push(line.trim());
      continue;
    }
    const [, key, value] = /^([^\s:][^:]*):(.*)$/s.exec(line) ?? [];
    if (key === undefined || value === undefined || entries.has(key)) {
      loose.push(line);
      continue;
    }
    last = { line, value, below: [], taken: false };
    entries.set(key, last);
  }
  return { entries, loose };
}
