/** Runs beside a console that isn't read, hangs up, or is gone: real processes, terminals and pipes. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lacks } from "../../../scripts/test-tools.js";

const CHILD = fileURLToPath(new URL("run-child.ts", import.meta.url));
const RUN = [process.execPath, "--conditions=@bmr/source", "--import", "tsx", CHILD] as const;

let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-console-"));
  children = [];
});
afterEach(async () => {
  for (const { pid } of children) if (pid !== undefined) endGroup(pid);
  await rm(folder, { recursive: true, force: true });
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

/** Starts a run in a group of its own; it is ended with the test. */
function start(argv: readonly string[], stderr: number | "pipe" | "ignore" = "ignore"): ChildProcess {
  const [program, ...rest] = argv as [string, ...string[]];
  const child = spawn(program, rest, { stdio: ["ignore", "ignore", stderr], detached: true });
  children.push(child);
  return child;
}

const command = (steps: number, lines: number) => [...RUN, folder, String(steps), String(lines)];

/** How the run ended; fails where it doesn't. */
async function ended(): Promise<unknown> {
  await until(() => existsSync(join(folder, "report.json")));
  await sleep(50);
  return JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it doesn't come to it");
    await sleep(50);
  }
}

const journal = () => join(folder, "journal", "journal.ndjson");
const records = () => (existsSync(journal()) ? readFileSync(journal(), "utf8").trimEnd().split("\n").length : 0);
const log = () => readFileSync(join(folder, "journal", "run.log"), "utf8");

/** A named pipe that nobody reads yet: an open end for reading, which keeps its writer from waiting for one. */
function unread(): { readonly reader: number; readonly writer: number } {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

test("a pipe that nobody reads stalls no step; the log has all, and who reads later is told what he missed", async () => {
  const { reader, writer } = unread();
  start(command(5, 2000), writer);
  closeSync(writer);
  try {
    expect(await ended()).toEqual({ is: "done", steps: 5 });
    expect(log().match(/ \| step \d, line /g)).toHaveLength(10_000);
    // what fitted into the pipe; the rest was given up a second after the end
    const kept = Buffer.alloc(1024 * 1024);
    const shown = kept.subarray(0, readSync(reader, kept)).toString();
    expect(shown).toContain("[1/5] Talk, the 1. time");
    expect(shown.length).toBeLessThan(200_000);
  } finally {
    closeSync(reader);
  }
});

test("once it is read again, the newest lines come, and how many are missing", async () => {
  const { reader, writer } = unread();
  const child = start(command(8, 2000), writer);
  closeSync(writer);
  let shown = "";
  const read = () => {
    const kept = Buffer.alloc(1024 * 1024);
    try {
      for (let count = readSync(reader, kept); count > 0; count = readSync(reader, kept)) {
        shown += kept.subarray(0, count).toString();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  };
  try {
    await ended();
    await until(() => {
      read();
      return child.exitCode !== null;
    });
    read();
  } finally {
    closeSync(reader);
  }
  const missing = Number(/\((\d+) lines left out/.exec(shown)?.[1]);
  expect(missing).toBeGreaterThan(1000);
  expect(shown).toContain("step 7, line 2000,");
  const lines = shown.split("\n").filter((line) => /line \d+, as long/.test(line)).length;
  expect(lines).toBeLessThan(16_000);
});

test("a reader that goes away stalls nothing", async () => {
  const child = start(command(3, 2000), "pipe");
  await new Promise((resolve) => child.stderr?.once("data", resolve));
  child.stderr?.destroy();
  expect(await ended()).toEqual({ is: "done", steps: 3 });
});

test.skipIf(lacks("script"))("a terminal that is stopped stalls no step", async () => {
  // script(1) reads the terminal until it can't hand on what it has read: its own output is a pipe that nobody reads
  const { reader, writer } = unread();
  const typed = command(5, 2000).join(" ");
  const child = spawn("script", ["--quiet", "--command", typed, "/dev/null"], {
    stdio: ["ignore", writer, "ignore"],
    detached: true,
  });
  children.push(child);
  closeSync(writer);
  try {
    expect(await ended()).toEqual({ is: "done", steps: 5 });
  } finally {
    closeSync(reader);
  }
});

test.skipIf(lacks("script"))(
  "a terminal that hangs up ends nothing: neither the run nor the command at work",
  async () => {
    const child = spawn("script", ["--quiet", "--command", command(4, 3000).join(" "), "/dev/null"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    children.push(child);
    await until(() => records() >= 2);
    // the terminal's master is gone, so the kernel sends SIGHUP to its session
    process.kill(child.pid as number, "SIGKILL");
    expect(await ended()).toEqual({ is: "done", steps: 4 });
    expect(records()).toBe(1 + 2 * 4 + 1);
  },
);

test("SIGHUP and SIGPIPE end nothing; SIGINT lets the step at work come to its end", async () => {
  start(command(4, 20_000), "pipe").stderr?.resume();
  await until(() => records() >= 2);
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  process.kill(pid, "SIGHUP");
  process.kill(pid, "SIGPIPE");
  await until(() => records() >= 4);
  process.kill(pid, "SIGINT");
  const report = (await ended()) as { is: string };
  expect(report.is).toBe("interrupted");
  expect(log()).not.toContain("signal");
});
