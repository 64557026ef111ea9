import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./paths.js";
import { progress } from "./progress.js";

/** One input of a cached piece of work: a text, or a file or folder (by its names and contents). */
export type CacheInput = string | { readonly path: string };

/** SHA-256, in hex, over all inputs. The same inputs in another order give another hash. */
export function hashOf(inputs: readonly CacheInput[]): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    if (typeof input === "string") hash.update(`text ${input.length}\n`).update(input);
    else hashPath(hash, input.path, "");
  }
  return hash.digest("hex");
}

function hashPath(hash: ReturnType<typeof createHash>, path: string, name: string): void {
  if (statSync(path).isDirectory()) {
    hash.update(`dir ${name}\n`);
    for (const entry of readdirSync(path).sort()) hashPath(hash, join(path, entry), `${name}/${entry}`);
  } else {
    const content = readFileSync(path);
    hash.update(`file ${name} ${content.length}\n`).update(content);
  }
}

/** A folder in the cache that was built once from the inputs that its `key` stands for. */
export interface Artifact {
  readonly key: string;
  readonly dir: string;
}

/** Artifacts that nobody has asked for in this time (ms) are removed when another one of the same name is built. */
const artifactLifetime = 6 * 3600_000;

/**
 * Gives the artifact `name` as built from `inputs`, building it when it isn't there. `build` gets an empty folder, which
 * becomes the artifact only when it returns: a build that fails or is killed leaves nothing that could be taken for one.
 * Several processes may build at the same time.
 */
export async function artifact(
  name: string,
  inputs: readonly CacheInput[],
  build: (dir: string) => Promise<void>,
): Promise<Artifact> {
  const key = hashOf(inputs).slice(0, 16);
  const home = join(cacheDir, "artifacts");
  const dir = join(home, `${name}-${key}`);
  if (!existsSync(dir)) {
    progress(`${name}: building (not in the cache)`);
    const begin = Date.now();
    mkdirSync(home, { recursive: true });
    removeUnused(home, name);
    const partial = mkdtempSync(join(home, `${name}-partial-`));
    // mkdtemp's 0700 would shut out the users to which package tools drop
    chmodSync(partial, 0o755);
    await build(partial);
    if (existsSync(dir)) rmSync(partial, { recursive: true });
    else renameSync(partial, dir);
    progress(`${name}: built in ${Math.round((Date.now() - begin) / 1000)} s`);
  }
  utimesSync(dir, new Date(), new Date());
  return { key, dir };
}

function removeUnused(home: string, name: string): void {
  for (const entry of readdirSync(home)) {
    const path = join(home, entry);
    if (entry.startsWith(`${name}-`) && Date.now() - statSync(path).mtimeMs > artifactLifetime)
      rmSync(path, { recursive: true, force: true });
  }
}

/** The outcome of a scenario that passed, as it is kept for the next run. */
export interface CachedResult {
  /** Hash of everything that could change the outcome. */
  readonly key: string;
  readonly seconds: number;
  /** ISO time at which it passed. */
  readonly at: string;
  /** What the scenario had to say. */
  readonly report: readonly string[];
}

const resultFile = (scenario: string): string => join(cacheDir, "results", `${scenario}.json`);

/** The kept result of a scenario, if it passed with the same inputs. Failures are never kept. */
export function readResult(scenario: string, key: string): CachedResult | undefined {
  const file = resultFile(scenario);
  if (!existsSync(file)) return undefined;
  const result = JSON.parse(readFileSync(file, "utf8")) as CachedResult;
  return result.key === key ? result : undefined;
}

/** Keeps the result of a scenario that passed. */
export function writeResult(scenario: string, result: CachedResult): void {
  const file = resultFile(scenario);
  mkdirSync(join(cacheDir, "results"), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
