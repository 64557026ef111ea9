/** Lines shown around each change, as diff -u does. */
const CONTEXT = 3;

/** One line of both texts, of the first alone, or of the second alone. */
interface Edit {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

/**
 * The changes from one text to another as `diff -u` shows them, with no time stamps; empty where there are none. A last
 * line without a newline is marked, as patch(1) needs it.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const edits = editsOf(linesOf(before), linesOf(after));
  const hunks = hunksOf(edits);
  return [`--- ${path}\n+++ ${path}\n`, ...hunks.map((hunk) => hunkText(edits, hunk))].join("");
}

/** With their newlines. */
function linesOf(text: string): string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) as string[]);
}

/** The shortest way from one to the other (Myers, "An O(ND) Difference Algorithm", 1986), found from the end. */
function editsOf(a: readonly string[], b: readonly string[]): Edit[] {
  const trace = furthest(a, b);
  const edits: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reached = trace[d] as ReadonlyMap<number, number>;
    const k = x - y;
    const down = d > 0 && (k === -d || (k !== d && at(reached, k - 1) < at(reached, k + 1)));
    const from = down ? k + 1 : k - 1;
    const [startX, startY] = d === 0 ? [0, 0] : [at(reached, from), at(reached, from) - from];
    while (x > startX && y > startY) {
      edits.push({ mark: " ", line: a[x - 1] as string });
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    edits.push(down ? { mark: "+", line: b[y - 1] as string } : { mark: "-", line: a[x - 1] as string });
    [x, y] = [startX, startY];
  }
  return edits.reverse();
}

/** For each number of changes, how far along the first text each diagonal was reached before the last of them. */
function furthest(a: readonly string[], b: readonly string[]): ReadonlyMap<number, number>[] {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  for (let d = 0; ; d++) {
    trace.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reached, k - 1) < at(reached, k + 1));
      let x = down ? at(reached, k + 1) : at(reached, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
}

function at(reached: ReadonlyMap<number, number>, diagonal: number): number {
  return reached.get(diagonal) ?? -1;
}

/** From the first edit of a hunk to the one after its last. */
type Hunk = readonly [number, number];

function hunksOf(edits: readonly Edit[]): Hunk[] {
  const hunks: [number, number][] = [];
  for (const [index, { mark }] of edits.entries()) {
    if (mark === " ") continue;
    const last = hunks.at(-1);
    const end = Math.min(edits.length, index + CONTEXT + 1);
    if (last !== undefined && index - CONTEXT <= last[1]) last[1] = end;
    else hunks.push([Math.max(0, index - CONTEXT), end]);
  }
  return hunks;
}

function hunkText(edits: readonly Edit[], [from, to]: Hunk): string {
  const count = (part: readonly Edit[], but: Edit["mark"]) => part.filter(({ mark }) => mark !== but).length;
  const [first, hunk] = [edits.slice(0, from), edits.slice(from, to)];
  const range = (but: Edit["mark"]) => {
    const lines = count(hunk, but);
    return `${count(first, but) + (lines === 0 ? 0 : 1)},${lines}`;
  };
  return `@@ -${range("+")} +${range("-")} @@\n${hunk.map(editText).join("")}`;
}

function editText({ mark, line }: Edit): string {
  return line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}
