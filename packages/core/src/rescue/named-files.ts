import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import type { Arg } from "../plan/arg.js";
import type { NamedIn } from "../plan/step.js";
import type { Rewrite } from "../references/reference-source.js";
import { type LeftName, renameText } from "../references/rename-text.js";
import { bindArg } from "./bind-args.js";
import type { Surroundings } from "./bound-plan.js";
import { type FoundFile, findFiles, unreadable } from "./find-files.js";
import type { Renaming } from "./renaming.js";

/** A file in which disks are named, as it is and as it is to be. */
export interface NamedFile extends FoundFile {
  readonly was: string;
  /** With what the disks are called now; equal to `was` where nothing is to be done, or where it was done before. */
  readonly now: string;
  /** Old names that stay in it, since nobody knows what to write instead. */
  readonly left: readonly LeftName[];
  /** Where it is kept as it was; null: nowhere. */
  readonly keep: string | null;
}

/**
 * Reads the files and works out what is to be written. Two disks may have changed their names with each other, so that
 * a file that was written already looks as if it were still to be done: what was kept of it tells.
 *
 * @throws BmrError `host-unusable` where a file can't be read; `plan-invalid` for a syntax that isn't known
 */
export async function namedFiles(
  named: NamedIn,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<readonly NamedFile[]> {
  const { renaming } = surroundings;
  if (renaming === undefined || renaming.renames.pairs.length + renaming.renames.open.length === 0) return [];
  const rename = renamer(named.syntax, renaming);
  const keep = named.keep === undefined ? null : bindArg(named.keep, surroundings);
  const files = new Map<string, NamedFile>();
  for (const arg of named.files) {
    const root = rootOf(arg, surroundings);
    for (const file of await findFiles(host, bindArg(arg, surroundings).slice(root.length), root)) {
      if (files.has(file.path)) continue;
      const read = await readText(host, file, keep === null ? null : `${keep}${file.name}`, rename);
      if (read !== undefined) files.set(file.path, read);
    }
  }
  return [...files.values()];
}

type Rename = (text: string) => { readonly text: string; readonly left: readonly LeftName[] };

function renamer(syntax: string | undefined, { renames, rewriters }: Renaming): Rename {
  if (syntax === undefined) return (text) => renameText(text, renames);
  const rewrite: Rewrite | undefined = rewriters.get(syntax);
  if (rewrite === undefined) {
    throw new BmrError("plan-invalid", `the plan has files in the syntax ${syntax}, which this bmr doesn't know`, {
      details: { syntax },
    });
  }
  return (text) => {
    const left = new Map<string, LeftName>();
    const written = rewrite(text, (part) => {
      const renamed = renameText(part, renames);
      for (const one of renamed.left) left.set(one.name, one);
      return renamed.text;
    });
    return { text: written, left: [...left.values()] };
  };
}

function rootOf(arg: Arg, { target }: Surroundings): string {
  return typeof arg === "object" && "target" in arg ? target : "";
}

async function readText(
  host: ProbeHost,
  file: FoundFile,
  keep: string | null,
  rename: Rename,
): Promise<NamedFile | undefined> {
  const was = await contentOf(host, file.path);
  if (was === null) return undefined;
  const kept = keep === null ? null : await contentOf(host, keep);
  const before = kept === null ? null : rename(kept);
  const { text, left } = before !== null && before.text === was ? before : rename(was);
  return { ...file, was, now: text, left, keep };
}

async function contentOf(host: ProbeHost, path: string): Promise<string | null> {
  const read = await host.read(path);
  if (read.is === "denied" || read.is === "failed") throw unreadable(path, read.reason);
  return read.is === "file" ? read.content : null;
}

/** So many places are named one by one. */
const MOST_PLACES = 30;

/** Where old names stand in the files, one line each for people: what will be changed, and what can't be. */
export function placesOf(files: readonly NamedFile[]): readonly string[] {
  const places = files.flatMap(({ name, was, now, left }) => {
    const after = new Set(now.split("\n"));
    const lines = was.split("\n").map((line, at) => ({ line: line.trim(), number: at + 1, stays: after.has(line) }));
    const changed = lines.filter(({ stays }) => !stays).map(({ line, number }) => `${name}:${number}: ${line}`);
    const open = left.map(({ name: old, why }) => {
      const at = lines.find(({ line }) => line.includes(old));
      return `${name}:${at?.number ?? 1}: ${old}, for which nothing can be written: ${why}`;
    });
    return [...changed, ...open];
  });
  const more = places.length - MOST_PLACES;
  return more > 0 ? [...places.slice(0, MOST_PLACES), `and ${more} more`] : places;
}
