import type { Difference, Layout } from "@bmr/core";
import type { Io } from "./io.js";

/** How much of a value is shown on a line; `--json` shows all of it. */
const WIDTH = 160;

/** A difference on one line: whose, which field, what it was and what it is. */
export function describeDifference({ subject, field, title, was, is }: Difference): string {
  const [before, after] = shortened(text(was), text(is));
  return `${subject} ${field} (${title}): was ${before}, is ${after}`;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** Two long values from shortly before where they part. */
function shortened(was: string, is: string): [string, string] {
  if (was.length <= WIDTH && is.length <= WIDTH) return [was, is];
  let same = 0;
  while (same < was.length && was[same] === is[same]) same += 1;
  const from = Math.max(0, same - 40);
  const cut = (value: string) =>
    `${from === 0 ? "" : "…"}${value.slice(from, from + WIDTH)}${value.length > from + WIDTH ? "…" : ""}`;
  return [cut(was), cut(is)];
}

/** Prints differences: for programs as one document, else a line each; stated ones are said, and don't count. */
export function tellDifferences(io: Io, differences: readonly Difference[], json: boolean): readonly Difference[] {
  const counted = differences.filter(({ stated }) => stated === undefined);
  if (json) io.out(`${JSON.stringify({ schemaVersion: 1, differences }, null, 2)}\n`);
  else for (const difference of counted) io.out(`${describeDifference(difference)}\n`);
  for (const difference of differences) {
    if (difference.stated === undefined) continue;
    io.say(`as the scan said (${difference.stated}): ${describeDifference(difference)}`);
  }
  return counted;
}

/** Says what the scan that found differences has to say of the same things: a tool that failed explains a missing value. */
export function tellRemarks(io: Io, differences: readonly Difference[], now: Layout): void {
  const subjects: ReadonlySet<string> = new Set(differences.map(({ subject }) => subject));
  for (const { node, message, remedy } of now.findings) {
    if (node === undefined || !subjects.has(node)) continue;
    io.say(`of ${node} this scan says: ${[message, remedy].filter((text) => text !== undefined).join("; ")}`);
  }
}
