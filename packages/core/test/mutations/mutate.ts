import * as fc from "fast-check";

/** One change: what, where (parts of a million), with what. Places are relative, so that a change fits any text. */
export interface Mutation {
  readonly how: number;
  readonly at: number;
  readonly to: number;
  readonly what: number;
}

const part = fc.nat({ max: 999_999 });

/** A few changes to one thing. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({ how: part, at: part, to: part, what: part }),
  { minLength: 1, maxLength: 4 },
);

function pick<T>(list: readonly T[], by: number): T {
  return list[by % list.length] as T;
}

function place(length: number, by: number): number {
  return Math.floor((by / 1_000_000) * length);
}

/** Pieces of text that parsers have stumbled over. */
const PIECES: readonly string[] = [
  ...[
    "\0",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "-",
    "/",
    "../",
    "#",
    "$(x)",
  ],
  ...["\udcff", "\udc80\udcfe", "ä", "💾", "\u202e", "-1", "0", "00", "1e400", "18446744073709551616"],
  ...["9007199254740993", "NaN", "Infinity", "0x", "null", "undefined", "__proto__", "constructor", "toString"],
  "a".repeat(5000),
];

/** A text, changed as bytes on a disk or lines of a program are. */
export function mutateText(text: string, changes: readonly Mutation[]): string {
  return changes.reduce((changed, { how, at, to, what }) => {
    const [a, b] = [place(changed.length + 1, at), place(changed.length + 1, to)];
    const [from, end] = a < b ? [a, b] : [b, a];
    const near = Math.min(end, from + 1 + (what % 40));
    const [head, tail] = [changed.slice(0, from), changed.slice(from)];
    switch (how % 9) {
      case 0:
        return head;
      case 1:
        return head + pick(PIECES, what) + tail;
      case 2:
        return head + changed.slice(near);
      case 3:
        return head + pick(PIECES, what) + changed.slice(near);
      case 4:
        return head + String.fromCharCode(tail.charCodeAt(0) ^ (1 << (what % 7))) + tail.slice(1);
      case 5:
        return head + changed.slice(from, near) + tail;
      case 6:
        return otherLine(changed, at, to, what);
      case 7:
        return otherNumber(changed, at, what);
      default:
        return changed.slice(0, from) + changed.slice(end, end + (end - from)) + tail;
    }
  }, text);
}

/** Takes a line away, has it twice, or puts it elsewhere. */
function otherLine(text: string, at: number, to: number, what: number): string {
  const lines = text.split("\n");
  const [line] = lines.splice(place(lines.length, at), 1) as [string];
  if (what % 3 > 0) lines.splice(place(lines.length + 1, to), 0, line);
  if (what % 3 > 1) lines.splice(place(lines.length + 1, to), 0, line);
  return lines.join("\n");
}

const NUMBERS: readonly string[] = [
  ...["0", "1", "-1", "511", "65536", "4294967296", "9007199254740993", "18446744073709551616", "1e99", "0.5", ""],
];

function otherNumber(text: string, at: number, what: number): string {
  const from = place(text.length, at);
  const next = /\d+/.exec(text.slice(from, from + 2000));
  if (next === null) return text;
  const start = from + next.index;
  return text.slice(0, start) + pick(NUMBERS, what) + text.slice(start + next[0].length);
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const VALUES: readonly Json[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 512, 2 ** 53, -(2 ** 63), 1e300],
  ...["", "\0", "\n", "x", "/", "../..", "/dev/sda", "lun:x", "part:lun:x/1", "\udcff", "__proto__", "a".repeat(5000)],
  ...[[], [null], [[]], {}, { is: "x" }],
];

/** Data, changed as a tool or a person with an editor may have done it: it stays JSON. */
export function mutateData(data: unknown, changes: readonly Mutation[]): unknown {
  const holder: { data: Json } = { data: copy(data as Json) };
  for (const { how, at, to, what } of changes) {
    const spots = spotsIn(holder);
    const { container, key } = pick(spots, place(spots.length, at));
    const other = pick(spots, place(spots.length, to));
    const value = copy(other.container[other.key] as Json);
    const before = container[key];
    const isInside = container !== (holder as unknown as Container);
    switch (how % 7) {
      case 0:
        container[key] = copy(pick(VALUES, what));
        break;
      case 1:
        if (Array.isArray(container)) container.splice(Number(key), 1);
        else if (isInside) delete container[key];
        break;
      case 2:
        container[key] = value;
        break;
      case 3:
        if (Array.isArray(container)) container.push(copy(before as Json));
        else if (isInside) rename(container, key, pick(PIECES, what));
        break;
      case 4:
        if (Array.isArray(container)) container.reverse();
        else container[key] = value;
        break;
      case 5:
        if (typeof before === "string") container[key] = mutateText(before, [{ how: to, at: what, to: at, what }]);
        break;
      default:
        if (typeof before === "number") container[key] = pick([0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 1e300], what);
    }
  }
  return holder.data;
}

type Container = { [key: string]: Json };

/** Every place in the data where a value stands. */
function spotsIn(holder: { data: Json }): { readonly container: Container; readonly key: string }[] {
  const spots: { container: Container; key: string }[] = [];
  const look = (container: Container): void => {
    for (const key of Object.keys(container)) {
      spots.push({ container, key });
      const value = container[key];
      if (typeof value === "object" && value !== null) look(value as Container);
    }
  };
  look(holder as unknown as Container);
  return spots;
}

/** By its definition: `__proto__` too becomes a key of the object's own, as it does where JSON is read. */
function rename(container: Container, key: string, name: string): void {
  const value = container[key] as Json;
  delete container[key];
  Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
}

function copy(value: Json): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
