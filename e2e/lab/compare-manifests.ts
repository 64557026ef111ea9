import { readFileSync } from "node:fs";
import type { ManifestEntry } from "../guest/manifest.js";

/** How far one part of the server is compared, and why not further. */
export interface ComparisonRule {
  /** A path (with all below it, when it is a directory), or a pattern over whole paths. */
  readonly path: string | RegExp;
  /** `ignore`: not at all. `existence`: type, mode and owner, but neither content nor time. `no-mtime`: all but the time. */
  readonly compare: "ignore" | "existence" | "no-mtime";
  readonly why: string;
}

/** One difference, as a line for people. */
export type ManifestDifference = string;

/** Reads a manifest as `guest/manifest.ts` writes it. */
export function readManifest(file: string): ReadonlyMap<string, ManifestEntry> {
  const entries = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ManifestEntry);
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** All differences between two manifests that the rules don't except. The first rule that fits a path decides. */
export function compareManifests(
  before: ReadonlyMap<string, ManifestEntry>,
  after: ReadonlyMap<string, ManifestEntry>,
  rules: readonly ComparisonRule[],
): readonly ManifestDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => compareEntry(path, before.get(path), after.get(path), ruleFor(path, rules)));
}

/** How many files the rules leave out or compare in part: a comparison that skips everything must be seen to. */
export function countByRule(
  manifest: ReadonlyMap<string, ManifestEntry>,
  rules: readonly ComparisonRule[],
): Readonly<Record<"full" | ComparisonRule["compare"], number>> {
  const counts = { full: 0, "no-mtime": 0, existence: 0, ignore: 0 };
  for (const path of manifest.keys()) counts[ruleFor(path, rules)?.compare ?? "full"]++;
  return counts;
}

function ruleFor(path: string, rules: readonly ComparisonRule[]): ComparisonRule | undefined {
  return rules.find((rule) =>
    typeof rule.path === "string" ? path === rule.path || path.startsWith(`${rule.path}/`) : rule.path.test(path),
  );
}

const contentFields: readonly (keyof ManifestEntry)[] = ["size", "sha256", "data", "linkedTo"];

function compareEntry(
  path: string,
  before: ManifestEntry | undefined,
  after: ManifestEntry | undefined,
  rule: ComparisonRule | undefined,
): readonly ManifestDifference[] {
  if (rule?.compare === "ignore") return [];
  if (before === undefined) return [`${path}: only after`];
  if (after === undefined) return [`${path}: only before`];
  const skipped: readonly string[] =
    rule === undefined ? [] : rule.compare === "no-mtime" ? ["mtime"] : ["mtime", ...contentFields];
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof ManifestEntry>;
  return [...fields]
    .filter((field) => !skipped.includes(field) && show(before[field]) !== show(after[field]))
    .map((field) => `${path}: ${field} was ${show(before[field])}, is ${show(after[field])}`);
}

function show(value: ManifestEntry[keyof ManifestEntry]): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
