import { setTimeout as sleep } from "node:timers/promises";

/** How often a process that was told to end is looked at, in ms. */
const LOOK_EVERY = 50;
/** How long a killed process may take to vanish, in ms; longer than that it hangs in the kernel. */
const KILL_TAKES = 2000;

/**
 * Ends a process: SIGTERM, after `graceSeconds` SIGKILL. A negative number names a whole process group, as in kill(2).
 * Returns once it is gone, or when it doesn't vanish even so (uninterruptible sleep in the kernel).
 */
export async function endProcess(target: number, graceSeconds: number): Promise<void> {
  if (!sendSignal(target, "SIGTERM")) return;
  if (await isGone(target, graceSeconds * 1000)) return;
  sendSignal(target, "SIGKILL");
  await isGone(target, KILL_TAKES);
}

async function isGone(target: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (sendSignal(target, 0)) {
    if (Date.now() >= deadline) return false;
    await sleep(LOOK_EVERY);
  }
  return true;
}

/** False when there is no such process any more. */
function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
