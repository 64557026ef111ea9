import { readdirSync, readFileSync } from "node:fs";
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
  const deadline = performance.now() + milliseconds;
  while (lives(target)) {
    if (performance.now() >= deadline) return false;
    await sleep(LOOK_EVERY);
  }
  return true;
}

function lives(target: number): boolean {
  return sendSignal(target, 0) && (target > 0 || hasLivingMember(-target));
}

/**
 * kill(2) also counts the dead that nobody has waited for, and where process 1 is no real init (a container, a
 * rescue shell) nobody ever does. Fields of /proc/PID/stat by proc(5): after the name in brackets state, ppid, pgrp.
 */
function hasLivingMember(group: number): boolean {
  return readdirSync("/proc").some((entry) => {
    if (!/^\d/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(pgrp) === group && state !== "Z" && state !== "X";
    } catch {
      return false; // it ended meanwhile
    }
  });
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
