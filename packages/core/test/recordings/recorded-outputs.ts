import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { recordings } from "./recorded-systems.js";

/** The outputs of a tool that other projects recorded, by file; none where there are no recordings. */
export function recordedOutputs(file: string): string[] {
  const path = join(recordings, "outputs", file);
  if (!existsSync(path)) return [];
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: readonly { stdout: string }[] };
  return cases.map(({ stdout }) => stdout);
}
