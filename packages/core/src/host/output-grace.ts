import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** How long output may stay silent after a command's end before it is let go of, in ms. */
const SILENCE = 2000;

/**
 * Lets go of a command's output some time after its end: a daemon that it started (dmeventd, multipathd) may hold
 * the pipe open for ever, and the answer would never come.
 */
export function letGoOfOutput(child: ChildProcess): void {
  child.once("exit", () => {
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) void letGo(stream);
  });
}

async function letGo(stream: Readable & { readonly bytesRead?: number }): Promise<void> {
  let seen = -1;
  while (!stream.closed && seen !== stream.bytesRead) {
    seen = stream.bytesRead ?? -1;
    await sleep(SILENCE, undefined, { ref: false });
  }
  stream.destroy();
}
