import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** How long output may stay silent after a command's end before it is let go of, in ms. */
const SILENCE = 2000;

/**
 * Lets go of a command's output some time after its end: a daemon that it started (dmeventd, multipathd) may hold
 * the pipe open for ever, and the answer would never come.
 */
export function letGoOfOutput(child: ChildProcess): void {
  child.once("exit", () => {
    let seen = bytesRead(child);
    const timer = setTimeout(() => {
      const now = bytesRead(child);
      if (now === seen) for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      else timer.refresh();
      seen = now;
    }, SILENCE).unref();
    child.once("close", () => clearTimeout(timer));
  });
}

function bytesRead(child: ChildProcess): number {
  return [child.stdout, child.stderr]
    .map((stream: (Readable & { readonly bytesRead?: number }) | null) => stream?.bytesRead ?? 0)
    .reduce((sum, bytes) => sum + bytes);
}
