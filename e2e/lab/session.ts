import { spawnSync } from "node:child_process";
import { closeSync, lchownSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "./error.js";

/** Whether this process is root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether this runs on a CI system, where nobody can be asked. */
export function isCi(): boolean {
  return process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";
}

/** Whether sudo is installed, which Debian leaves out where root was given a password. */
export function hasSudo(): boolean {
  return spawnSync("sudo", ["--version"], { stdio: "ignore" }).error === undefined;
}

/** Starts this very program anew as root by sudo, waits for it and exits with its status. */
export function becomeRoot(): never {
  const again = spawnSync("sudo", ["--preserve-env", process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
  });
  if (again.error !== undefined) process.stderr.write(`sudo can't be started: ${again.error.message}\n`);
  process.exit(again.status ?? 1);
}

/** Gives a folder of the checkout in which root has written to the user who called sudo, who may want to write there too. */
export function giveToCaller(dir: string): void {
  const [uid, gid] = [Number(process.env.SUDO_UID ?? Number.NaN), Number(process.env.SUDO_GID ?? Number.NaN)];
  if (!isRoot() || Number.isNaN(uid) || Number.isNaN(gid)) return;
  for (const name of ["", ...readdirSync(dir, { recursive: true, encoding: "utf8" })])
    lchownSync(join(dir, name), uid, gid);
}

/** Makes SIGINT and SIGTERM end the program in the ordinary way, so that its VMs are ended with it. */
export function exitOnSignals(): void {
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
}

/**
 * Takes a folder of the cache for this process until it ends.
 * @throws {@link LabError} when another run is using it.
 */
export function lockFolder(dir: string): void {
  mkdirSync(dirname(dir), { recursive: true });
  const lock = `${dir}.lock`;
  if (!tryLock(lock)) {
    const owner = Number(readFileSync(lock, "utf8"));
    if (isRunning(owner)) throw new LabError(`${dir} is in use by process ${owner}`);
    rmSync(lock, { force: true });
    if (!tryLock(lock)) throw new LabError(`${dir} was taken by another process just now`);
  }
  process.once("exit", () => rmSync(lock, { force: true }));
}

function tryLock(lock: string): boolean {
  try {
    const fd = openSync(lock, "wx");
    writeSync(fd, String(process.pid));
    closeSync(fd);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
