import { type ChildProcessByStdio, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Readable } from "node:stream";
import { textOf } from "./bytes.js";
import { cleanEnvironment, notStarted, refusedArgv } from "./environment.js";
import type { ProbeHost } from "./host.js";
import { limiter } from "./limit.js";
import { listLocal, readLocal, readlinkLocal } from "./local-files.js";
import type { Argv, CommandResult, Outcome } from "./outcome.js";
import { letGoOfOutput } from "./output-grace.js";
import { endProcess } from "./process-group.js";

/** How this machine is asked. */
export interface LocalHostOptions {
  /** Seconds after which a probing command is stopped. @default 60 */
  readonly timeLimitSeconds?: number;
  /** The most bytes that a probing command may print on one stream; one that prints more is stopped. @default 256 MiB */
  readonly mostBytes?: number;
  /** How many commands run at once; others wait. @default twice the number of processors, 4 at least */
  readonly width?: number;
  /** The commands' PATH. @default the six standard directories, sbin first */
  readonly searchPath?: string;
}

/** From SIGTERM to SIGKILL, for a command that only looks. */
const GRACE_SECONDS = 2;
/** How long the answer of a killed command is awaited, in ms: one that hangs in the kernel never gives one. */
const ANSWER_TAKES = 5000;

/** The machine that this program runs on. */
export function localHost(options: LocalHostOptions = {}): ProbeHost {
  const limited = limiter(options.width ?? Math.max(4, 2 * availableParallelism()));
  const settings = {
    mostBytes: options.mostBytes ?? 256 * 1024 * 1024,
    env: cleanEnvironment(options.searchPath),
  };
  return {
    run: (argv, run) =>
      limited(() => runLocal(argv, { ...settings, seconds: run?.timeLimitSeconds ?? options.timeLimitSeconds ?? 60 })),
    read: readLocal,
    list: listLocal,
    readlink: readlinkLocal,
  };
}

interface RunSettings {
  readonly seconds: number;
  readonly mostBytes: number;
  readonly env: Record<string, string>;
}

/**
 * By Node's own spawn: a scan runs hundreds of commands, and execa makes the program itself work 2.4 times as long for
 * each (200 times `true`: 1.1 s beside 0.5 s). What it would do better, a time limit of a whole group, is done here anyway.
 */
async function runLocal(argv: Argv, settings: RunSettings): Promise<CommandResult> {
  const refused = refusedArgv(argv);
  if (refused !== undefined) return { argv, outcome: refused, stdout: "", stderr: "" };
  const [program, ...rest] = argv;
  let child: Child;
  try {
    // its own process group, so that what it starts ends with it, and a Ctrl-C doesn't garble its answer
    child = spawn(program, rest, { env: settings.env, cwd: "/", stdio: ["ignore", "pipe", "pipe"], detached: true });
  } catch (error) {
    return { argv, outcome: notStarted(error as NodeJS.ErrnoException), stdout: "", stderr: "" };
  }
  const end = ending(child, settings);
  const stdout = capture(child.stdout, settings.mostBytes, end.overflowed);
  const stderr = capture(child.stderr, settings.mostBytes, end.overflowed);
  letGoOfOutput(child);
  return { argv, outcome: await end.outcome, stdout: stdout(), stderr: stderr() };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Keeps what a stream says, at most so many bytes of it; `overflowed` is called when it says more. */
function capture(stream: Readable | undefined, mostBytes: number, overflowed: () => void): () => string {
  const kept: Buffer[] = [];
  let room = mostBytes;
  // where the process has no descriptor left (EMFILE), Node gives no streams
  stream?.on("data", (chunk: Buffer) => {
    if (chunk.length > room) overflowed();
    kept.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    room -= kept.at(-1)?.length ?? 0;
  });
  return () => textOf(kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept));
}

/**
 * How a command ends: by itself, or with its whole group when its time is up or it prints too much. The outcome comes
 * once its output is read, and where it was stopped once the group is gone.
 */
function ending(child: Child, { seconds, mostBytes }: RunSettings) {
  let stopped: Outcome | undefined;
  let gone: Promise<void> | undefined;
  let giveUp: (why: Outcome) => void;
  const stop = (why: Outcome) => {
    if (stopped !== undefined || child.pid === undefined) return;
    stopped = why;
    gone = endProcess(-child.pid, GRACE_SECONDS);
    void gone.then(() => {
      timer = setTimeout(giveUp, ANSWER_TAKES, why);
    });
  };
  let timer = setTimeout(stop, seconds * 1000, { is: "timed-out", seconds });
  const outcome = new Promise<Outcome>((resolve) => {
    giveUp = resolve;
    child.once("error", (error) => {
      clearTimeout(timer);
      resolve(notStarted(error));
    });
    child.once("exit", () => clearTimeout(timer));
    child.once("close", async (code, signal) => {
      await gone;
      clearTimeout(timer);
      resolve(stopped ?? (signal === null ? { is: "exited", code: code as number } : { is: "signalled", signal }));
    });
  });
  return { outcome, overflowed: () => stop({ is: "overflowed", bytes: mostBytes }) };
}
