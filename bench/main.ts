/**
 * `pnpm bench [--json] [--runs R] [N …]`: how long it takes from a recorded server of N LUNs to its plan, and how much
 * memory. See bench/README.md.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { build } from "tsup";

interface Measurement {
  readonly luns: number;
  /** From opening the evidence file to the plan's bytes. */
  readonly seconds: number;
  /** Resident memory at most, of a process that did nothing else. */
  readonly peakBytes: number;
  /** Programs that a scan of the machine starts. */
  readonly processes: number;
}

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "3" } },
  allowPositionals: true,
});
const sizes = positionals.length === 0 ? [200, 1000, 10_000] : positionals.map(Number);
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) refuse(`--runs takes a number, not ${values.runs}`);
for (const size of sizes) {
  if (!Number.isInteger(size) || size <= 0 || size % 4 !== 0) {
    refuse("the number of LUNs is a multiple of 4: every four of them are one volume group");
  }
}

const folder = await mkdtemp(join(tmpdir(), "bmr-bench-"));
try {
  const program = await bundle("measure.ts");
  if (!values.json) console.log("   LUNs   seconds   peak memory   processes   evidence");
  for (const size of sizes) {
    const file = join(folder, `evidence-${size}.json`);
    await run([...process.execArgv, source("make-evidence.ts"), String(size), file]);
    const { size: evidenceBytes } = await stat(file);
    report(await median(program, size, file), evidenceBytes);
    await rm(file);
  }
} finally {
  await rm(folder, { recursive: true });
}

function refuse(why: string): never {
  console.error(`bench: ${why}`);
  process.exit(2);
}

/** Built as the CLI's single file is: what runs TypeScript from source slows it down. */
async function bundle(script: string): Promise<string> {
  await build({
    config: false,
    silent: true,
    entry: { measure: source(script) },
    outDir: folder,
    format: "cjs",
    target: "node20",
    platform: "node",
    noExternal: [/.*/],
    splitting: false,
    esbuildOptions: (options) => {
      options.conditions = ["@bmr/source"];
    },
  });
  return join(folder, "measure.cjs");
}

function source(script: string): string {
  return new URL(script, import.meta.url).pathname;
}

/** The run of the middle time: one run's time says more of the machine's other work than of ours. */
async function median(program: string, size: number, file: string): Promise<Measurement> {
  const measured: Measurement[] = [];
  for (let at = 0; at < runs; at++) measured.push(JSON.parse(await run([program, String(size), file])));
  return measured.sort((a, b) => a.seconds - b.seconds)[runs >> 1] as Measurement;
}

function report({ luns, seconds, peakBytes, processes }: Measurement, evidenceBytes: number): void {
  if (values.json) {
    console.log(JSON.stringify({ luns, seconds, peakBytes, processes, evidenceBytes }));
    return;
  }
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  console.log(
    [
      String(luns).padStart(7),
      seconds.toFixed(3).padStart(10),
      megabytes(peakBytes).padStart(14),
      String(processes).padStart(12),
      megabytes(evidenceBytes).padStart(11),
    ].join(""),
  );
}

async function run(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...args]);
  return stdout;
}
