import { randomBytes } from "node:crypto";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { BmrError } from "../error.js";

/** Where runs lock each other out: gone after a boot, as the processes are. */
export const LOCK_FILE = "/run/bmr.lock";

const HolderSchema: z.ZodType<Holder> = z.object({ pid: z.number(), started: z.string() });

/** How long someone else gets to remove a stale lock, in ms. */
const CLAIM_TAKES = 50;

/** A lock that is held. */
export interface Lock {
  /** Lets others run. */
  release(): Promise<void>;
}

/** Who holds a lock: a number is given anew once its process is gone, its time of start tells them apart. */
interface Holder {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks since boot. */
  readonly started: string;
}

/**
 * Takes the lock, so that two runs never change the same disks. What a run that was killed left behind is taken away.
 *
 * @throws BmrError `locked` with `details.pid` while another run holds it
 */
export async function takeLock(path: string = LOCK_FILE): Promise<Lock> {
  const mine: Holder = { pid: process.pid, started: (await startOf(process.pid)) ?? "" };
  const own = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(own, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
    for (let attempt = 0; attempt < 10; attempt++) {
      if (await linked(own, path)) return { release: () => releaseLock(path, mine) };
      const holder = await holderOf(path);
      if (holder === undefined) continue;
      if (await isAlive(holder)) throw locked(path, holder.pid);
      await takeAway(path, own, holder);
    }
    throw locked(path, null);
  } catch (error) {
    if (error instanceof BmrError) throw error;
    throw new BmrError("locked", `the lock ${path} can't be taken: ${(error as Error).message}`, {
      details: { path },
      cause: error,
    });
  } finally {
    await unlink(own).catch(() => {});
  }
}

/** link(2) makes the lock whole or not at all: nobody sees an empty one. */
async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes the lock of a run that is gone. Only who holds the claim for just that one may, and it looks again once it
 * has the claim: nobody takes away a lock that was taken in between.
 */
async function takeAway(path: string, own: string, stale: Holder): Promise<void> {
  const claim = `${path}.stale.${stale.pid}.${stale.started}`;
  if (!(await linked(own, claim))) {
    const claimant = await holderOf(claim);
    if (claimant === undefined || (await isAlive(claimant))) return sleep(CLAIM_TAKES);
    throw new BmrError("locked", `a run that ended while it removed ${path} has left ${claim}; remove both files`, {
      details: { path, claim },
    });
  }
  try {
    if (isSame(await holderOf(path), stale)) await unlink(path);
  } finally {
    await unlink(claim);
  }
}

function isSame(a: Holder | undefined, b: Holder): boolean {
  return a?.pid === b.pid && a.started === b.started;
}

async function releaseLock(path: string, mine: Holder): Promise<void> {
  if (isSame(await holderOf(path), mine)) await unlink(path);
}

/**
 * Who holds the lock; undefined where nobody does.
 *
 * @throws Error where the file isn't a lock: nobody knows then whether a run is at work
 */
async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = HolderSchema.safeParse(parsedJson(text));
  if (!parsed.success) throw new Error(`${path} isn't a lock of bmr; remove it if no run is at work`);
  return parsed.data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  return (await startOf(pid)) === started;
}

/** When a process was started; undefined where there is none. Its name, in parentheses, may hold anything (proc_pid_stat(5)). */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function locked(path: string, pid: number | null): BmrError {
  const who = pid === null ? "other runs" : `process ${pid}`;
  return new BmrError("locked", `${who} is at work already (${path}); wait for it, or end it`, {
    details: { path, pid },
  });
}
