import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Scenario, ScenarioOutcome } from "../scenarios/scenario.js";
import { type CachedResult, type CacheInput, hashOf, readResult, writeResult } from "./cache.js";
import { LabError, lastLines } from "./error.js";
import { type LabImage, labImage } from "./image.js";
import { e2eRoot, repoRoot, scenarioDir } from "./paths.js";
import { clock, progress } from "./progress.js";
import { lockFolder } from "./session.js";

/** What became of a scenario. */
export type Verdict =
  | { readonly passed: true; readonly cached: boolean; readonly result: CachedResult }
  | { readonly passed: false; readonly error: unknown };

/**
 * Everything that a scenario's outcome depends on: the lab, and for one in VMs the operating system there, the sources of
 * the packages and what is bundled with them.
 */
export function scenarioKey(scenario: Scenario, image: LabImage | undefined): string {
  const lab: readonly CacheInput[] = [scenario.name, process.version, { path: e2eRoot }];
  if (image === undefined) return hashOf(lab);
  const packages = join(repoRoot, "packages");
  const sources = readdirSync(packages)
    .sort()
    .map((name) => ({ path: join(packages, name, "src") }));
  return hashOf([...lab, image.key, ...sources, { path: join(repoRoot, "pnpm-lock.yaml") }]);
}

/** Runs a scenario, or takes its result from the cache unless `force`. Prints what happens; never throws. */
export async function runScenario(scenario: Scenario, force: boolean): Promise<Verdict> {
  const begin = Date.now();
  progress(`== ${scenario.name}: ${scenario.summary}`);
  try {
    const image = scenario.kind === "vm" ? await labImage() : undefined;
    const key = scenarioKey(scenario, image);
    const kept = force ? undefined : readResult(scenario.name, key);
    if (kept !== undefined) {
      printReport(kept.report);
      progress(`${scenario.name}: passed (cached: ${kept.seconds} s at ${kept.at})`);
      return { passed: true, cached: true, result: kept };
    }
    const dir = scenarioDir(scenario.name);
    lockFolder(dir);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const { report } = await runIn(scenario, dir, image);
    const seconds = Math.round((Date.now() - begin) / 1000);
    const result = { key, seconds, at: new Date().toISOString(), report };
    writeResult(scenario.name, result);
    printReport(report);
    progress(`${scenario.name}: passed in ${clock(Date.now() - begin)}`);
    return { passed: true, cached: false, result };
  } catch (error) {
    printFailure(scenario.name, error);
    return { passed: false, error };
  }
}

function runIn(scenario: Scenario, dir: string, image: LabImage | undefined): Promise<ScenarioOutcome> {
  if (scenario.kind === "host") return scenario.run({ dir });
  if (image === undefined) throw new LabError(`${scenario.name} needs the lab image`);
  return scenario.run({ dir, image });
}

function printReport(report: readonly string[]): void {
  for (const line of report) process.stdout.write(`      ${line}\n`);
}

function printFailure(name: string, error: unknown): void {
  if (error instanceof LabError) {
    if (error.log !== undefined) {
      process.stdout.write(`---- last lines of ${error.log}\n`);
      for (const line of lastLines(error.log, 40)) process.stdout.write(`  ${line}\n`);
      process.stdout.write("----\n");
    }
    progress(`${name}: FAILED: ${error.message}`);
  } else progress(`${name}: FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
