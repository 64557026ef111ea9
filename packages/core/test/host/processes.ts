import { readdirSync, readFileSync } from "node:fs";

/** Whether a process with exactly this command line is running, as /proc tells it. */
export function isRunning(...argv: readonly string[]): boolean {
  const wanted = argv.map((word) => `${word}\0`).join("");
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && commandLine(name) === wanted);
}

function commandLine(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // it ended in the meantime
    return undefined;
  }
}
