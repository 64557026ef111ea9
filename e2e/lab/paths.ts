import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const repoRoot: string = fileURLToPath(new URL("../..", import.meta.url));

/** This folder, `e2e/`. */
export const e2eRoot: string = join(repoRoot, "e2e");

/** Scripts that run inside the VMs. */
export const guestDir: string = join(e2eRoot, "guest");

/** Everything that the lab leaves behind (ignored by git): artifacts, results and the logs of each scenario. */
export const cacheDir: string = join(repoRoot, ".cache", "e2e");

/** Folder of one scenario's VMs, with their serial logs and outputs; emptied when the scenario starts. */
export function scenarioDir(scenario: string): string {
  return join(cacheDir, scenario);
}
