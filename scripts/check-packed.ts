/**
 * Packs the packages, installs the tarballs with plain npm into an empty project, type-checks a small program there
 * in strict mode without skipping declarations, and runs it. Prints what it did; exits with 1 when a step fails.
 */
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";

const root = resolve(import.meta.dirname, "..");
const project = await mkdtemp(join(tmpdir(), "bmr-packed-"));

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  console.log(`$ ${command} ${args.join(" ")}`);
  const result = await execa(command, args, { cwd, reject: false, all: true });
  if (result.exitCode === 0) return;
  console.error(result.all);
  throw new Error(`${command} exited with ${result.exitCode ?? result.signal ?? result.code}`);
}

try {
  const tarballs = join(project, "tarballs");
  await run("npx", ["-y", "pnpm@10.34.9", "-r", "pack", "--pack-destination", tarballs], root);
  const files = (await readdir(tarballs)).map((name) => join(tarballs, name));
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--silent", ...files, "typescript@5.9.3", "@types/node@20"],
    project,
  );
  await cp(join(root, "examples/probe-and-plan.ts"), join(project, "probe-and-plan.ts"));
  const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck", "false"];
  await run("npx", ["tsc", ...options, "--outDir", "out", "probe-and-plan.ts"], project);
  await run("node", ["out/probe-and-plan.js"], project);
  await run("npx", ["bmr", "--version"], project);
  console.log("packed tarballs: installed, type-checked, ran");
} finally {
  await rm(project, { recursive: true, force: true });
}
