import { availableParallelism } from "node:os";
import { execa } from "execa";
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

async function runLocal(argv: Argv, settings: RunSettings): Promise<CommandResult> {
  const refused = refusedArgv(argv);
  if (refused !== undefined) return { argv, outcome: refused, stdout: "", stderr: "" };
  const [program, ...rest] = argv;
  const running = execa(program, rest, {
    env: settings.env,
    extendEnv: false,
    cwd: "/",
    stdin: "ignore",
    encoding: "buffer",
    stripFinalNewline: false,
    reject: false,
    maxBuffer: settings.mostBytes,
    // its own process group, so that what it starts ends with it, and a Ctrl-C doesn't garble its answer
    detached: true,
    cleanup: false,
  });
  letGoOfOutput(running);
  const limit = timeLimit(running.pid, settings.seconds);
  running.once("exit", limit.cancel);
  const result = await Promise.race([running, limit.givenUp]);
  limit.cancel();
  if (result?.isMaxBuffer && running.pid !== undefined) await endProcess(-running.pid, GRACE_SECONDS);
  if (result === null) {
    return { argv, outcome: { is: "timed-out", seconds: settings.seconds }, stdout: "", stderr: "" };
  }
  const outcome: Outcome = limit.passed()
    ? { is: "timed-out", seconds: settings.seconds }
    : outcomeOf(result, settings);
  return { argv, outcome, stdout: outputOf(result.stdout), stderr: outputOf(result.stderr) };
}

/** A command that didn't start has no output, whatever execa's types say. */
function outputOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : textOf(bytes);
}

function outcomeOf(
  result: {
    readonly exitCode?: number | undefined;
    readonly signal?: string | undefined;
    readonly isMaxBuffer: boolean;
    readonly code?: string | undefined;
    readonly originalMessage?: string | undefined;
  },
  settings: RunSettings,
): Outcome {
  if (result.isMaxBuffer) return { is: "overflowed", bytes: settings.mostBytes };
  if (result.signal !== undefined) return { is: "signalled", signal: result.signal };
  if (result.exitCode !== undefined) return { is: "exited", code: result.exitCode };
  return notStarted({ code: result.code, message: result.originalMessage ?? result.code ?? "it didn't start" });
}

/** Ends the command's group when time is up; `givenUp` resolves when not even SIGKILL brings the command's end. */
function timeLimit(pid: number | undefined, seconds: number) {
  let passed = false;
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<null>((resolve) => {
    timer = setTimeout(async () => {
      passed = true;
      if (pid !== undefined) await endProcess(-pid, GRACE_SECONDS);
      timer = setTimeout(resolve, ANSWER_TAKES, null);
    }, seconds * 1000);
  });
  return { givenUp, passed: () => passed, cancel: () => clearTimeout(timer) };
}
