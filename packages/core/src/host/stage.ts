import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { bytesOf } from "./bytes.js";
import { notStarted, refusedArgv } from "./environment.js";
import type { ExecRequest, ExecWatcher } from "./host.js";
import type { CommandResult, Outcome } from "./outcome.js";
import { letGoOfOutput } from "./output-grace.js";
import { lineSplitter, type OutputTail, outputTail } from "./output-lines.js";
import { endProcess } from "./process-group.js";

/** From SIGTERM to SIGKILL: a restore program gets time to close its session. */
const GRACE_SECONDS = 10;
/** What is kept of each stream; all of it goes through the watcher. */
export const KEPT_BYTES: number = 64 * 1024;

/** Where a command's standard input and output are connected. */
export interface Wiring {
  /** A file descriptor, the output of the stage before, text to be written into it, or nothing. */
  readonly stdin: number | Readable | { readonly text: string } | "ignore";
  /** `capture`: lines and tail. `next`: left unread for the next stage. A file descriptor, or our own output. */
  readonly stdout: "capture" | "next" | "inherit" | number;
}

/** A command that was started. */
export interface Stage {
  /** With `next`: our end of its output, unread; null when it didn't start. */
  readonly output: Readable | null;
  readonly result: Promise<CommandResult>;
}

/**
 * Starts a command in its own session, so that it and all that it starts can be ended together and no Ctrl-C or
 * hang-up of the console reaches it. One that talks to the operator stays on our terminal instead. The result comes
 * once it, and when it was stopped its whole process group, is gone.
 */
export function startStage(
  request: ExecRequest,
  wiring: Wiring,
  env: Record<string, string>,
  watcher: ExecWatcher = {},
): Stage {
  const { argv, terminal = false } = request;
  const refused = refusedArgv(argv) ?? (watcher.signal?.aborted ? abortedBefore : undefined);
  if (refused !== undefined) return notRunning(request, refused);
  try {
    const stdio = stdioOf(wiring, terminal);
    const child = spawn(argv[0], argv.slice(1), { env, cwd: "/", stdio, detached: !terminal });
    return {
      output: wiring.stdout === "next" ? child.stdout : null,
      result: resultOf(child, request, wiring, watcher),
    };
  } catch (error) {
    return notRunning(request, notStarted(error as NodeJS.ErrnoException));
  }
}

const abortedBefore: Outcome = { is: "signalled", signal: "SIGTERM" };

function notRunning({ argv }: ExecRequest, outcome: Outcome): Stage {
  return { output: null, result: Promise.resolve({ argv, outcome, stdout: "", stderr: "" }) };
}

function stdioOf({ stdin, stdout }: Wiring, terminal: boolean): StdioOptions {
  const input = typeof stdin === "object" && "text" in stdin ? "pipe" : stdin;
  const output = stdout === "capture" || stdout === "next" ? "pipe" : stdout;
  if (!terminal) return [input, output, "pipe"];
  return [input === "ignore" ? "inherit" : input, stdout === "capture" ? "inherit" : output, "inherit"];
}

async function resultOf(
  child: ChildProcess,
  request: ExecRequest,
  wiring: Wiring,
  watcher: ExecWatcher,
): Promise<CommandResult> {
  const stdout = collect(wiring.stdout === "capture" ? child.stdout : null, "stdout", watcher);
  const stderr = collect(child.stderr, "stderr", watcher);
  const stop = stopper(child, request, watcher);
  letGoOfOutput(child);
  feed(child, wiring);
  const outcome = await ended(child);
  const timedOut = await stop.finished();
  const cut = { stdout: stdout.cut(), stderr: stderr.cut() };
  return {
    argv: request.argv,
    outcome: timedOut ? { is: "timed-out", seconds: request.timeLimitSeconds as number } : outcome,
    stdout: stdout.text(),
    stderr: stderr.text(),
    ...(cut.stdout + cut.stderr === 0 ? {} : { cut }),
  };
}

function feed(child: ChildProcess, { stdin }: Wiring): void {
  if (child.stdin === null || typeof stdin !== "object" || !("text" in stdin)) return;
  // a command that reads only a part of it closes its end: EPIPE here, and its own business
  child.stdin.on("error", () => {});
  child.stdin.end(bytesOf(stdin.text));
}

function collect(stream: Readable | null, name: "stdout" | "stderr", watcher: ExecWatcher): OutputTail {
  const tail = outputTail(KEPT_BYTES);
  const lines = lineSplitter((line) => watcher.line?.(name, line));
  stream?.on("data", (chunk: Buffer) => {
    tail.push(chunk);
    lines.push(chunk);
  });
  stream?.once("close", () => lines.end());
  return tail;
}

/** Resolves once the command is gone and its output is read. */
function ended(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(notStarted(error));
    });
    child.once("close", (code, signal) => {
      resolve(signal === null ? { is: "exited", code: code as number } : { is: "signalled", signal });
    });
  });
}

/** Ends the command when the watcher's signal or its time limit says so. */
function stopper(child: ChildProcess, request: ExecRequest, { signal }: ExecWatcher) {
  const { pid } = child;
  let stopping: Promise<void> | undefined;
  let timedOut = false;
  const stop = () => {
    if (pid !== undefined) stopping ??= endProcess(request.terminal === true ? pid : -pid, GRACE_SECONDS);
  };
  const runOut = () => {
    timedOut = true;
    stop();
  };
  const limit = request.timeLimitSeconds;
  const timer = limit === undefined ? undefined : setTimeout(runOut, limit * 1000);
  signal?.addEventListener("abort", stop);
  child.once("exit", () => clearTimeout(timer));
  return {
    /** True when the time limit ended it; by then nothing of its process group is left. */
    finished: async (): Promise<boolean> => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      await stopping;
      return timedOut;
    },
  };
}
