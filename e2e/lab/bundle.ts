import { join } from "node:path";
import { command } from "./command.js";
import { cacheDir, repoRoot } from "./paths.js";
import { giveToCaller } from "./session.js";

/** Builds the CLI as one file from the sources as they are now. */
export async function buildBundle(): Promise<string> {
  const log = join(cacheDir, "bundle.txt");
  await command(["npx", "-y", "pnpm@10.34.9", "--filter", "@bmr/cli", "build"], log, repoRoot);
  const dist = join(repoRoot, "packages/cli/dist");
  giveToCaller(dist);
  return join(dist, "bmr.cjs");
}
