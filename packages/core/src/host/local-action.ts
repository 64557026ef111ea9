import { closeSync, constants, openSync } from "node:fs";
import { BmrError } from "../error.js";
import { cleanEnvironment } from "./environment.js";
import type { ActionHost, ExecRequest, ExecWatcher } from "./host.js";
import { type LocalHostOptions, localHost } from "./local.js";
import type { CommandResult, Outcome } from "./outcome.js";
import { type Stage, startStage, type Wiring } from "./stage.js";
import { writeAttribute, writeWholeFile } from "./write-file.js";

/** The machine that this program runs on, to be changed. */
export function localActionHost(options: LocalHostOptions = {}): ActionHost {
  const environment = (request: ExecRequest) => {
    const terminal = request.terminal === true ? { TERM: process.env.TERM ?? "dumb" } : {};
    return cleanEnvironment(options.searchPath, { ...terminal, ...request.env });
  };
  return {
    ...localHost(options),
    exec: async (request, watcher) => {
      const [result] = await runStages([request], environment, watcher);
      return result as CommandResult;
    },
    pipe: (stages, watcher) => {
      refuseLooseEnds(stages);
      return runStages(stages, environment, watcher);
    },
    write: (path, content, { mode = 0o600, like, sysfs = false } = {}) => {
      if (sysfs) return writeAttribute(path, content);
      return writeWholeFile(path, content, like === undefined ? { mode } : { like });
    },
  };
}

/** Only the ends of a pipe can be connected elsewhere. */
function refuseLooseEnds(stages: readonly ExecRequest[]): void {
  for (const [index, { argv, stdin, stdout, terminal }] of stages.entries()) {
    const loose =
      (index > 0 && stdin !== undefined && "stdin") ||
      (index < stages.length - 1 && stdout !== undefined && "stdout") ||
      (index < stages.length - 1 && terminal === true && "terminal");
    if (loose) {
      throw new BmrError("plan-invalid", `${argv[0]} stands inside a pipe and has a ${loose} of its own`, {
        details: { argv, option: loose },
      });
    }
  }
}

/**
 * Runs commands joined by pipes, all at once. Each stage's output is handed to the next one as a file descriptor
 * within one turn of the event loop, so Node never gets to read from it: the data goes from process to process.
 * These pipes are sockets (Node has no pipe(2)): a writer whose reader is gone may see ECONNRESET instead of SIGPIPE.
 */
async function runStages(
  requests: readonly ExecRequest[],
  environment: (request: ExecRequest) => Record<string, string>,
  watcher: ExecWatcher | undefined,
): Promise<CommandResult[]> {
  const ends = openEnds(requests);
  if ("refused" in ends) return requests.map(({ argv }) => ({ argv, outcome: ends.refused, stdout: "", stderr: "" }));
  const stages: Stage[] = [];
  for (const [index, request] of requests.entries()) {
    const before = stages[index - 1];
    const stdin = before === undefined ? ends.stdin : (before.output ?? "ignore");
    const stdout = index < requests.length - 1 ? "next" : ends.stdout;
    stages.push(startStage(request, { stdin, stdout }, environment(request), watcher));
    // our copy would keep the pipe open after its reader's death
    before?.output?.destroy();
  }
  ends.close();
  return Promise.all(stages.map((stage) => stage.result));
}

interface Ends extends Wiring {
  close(): void;
}

/** Opens what the first command reads and the last one writes; when that can't be, none of them is started. */
function openEnds(requests: readonly ExecRequest[]): Ends | { readonly refused: Outcome } {
  const opened: number[] = [];
  const close = () => {
    for (const descriptor of opened.splice(0)) closeSync(descriptor);
  };
  const open = (path: string, flags: number) => {
    const descriptor = openSync(path, flags, 0o600);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const stdin = inputOf(requests[0]?.stdin, open);
    return { stdin, stdout: outputOf(requests.at(-1)?.stdout, open), close };
  } catch (error) {
    close();
    return { refused: { is: "denied", reason: (error as Error).message } };
  }
}

type Open = (path: string, flags: number) => number;

function inputOf(stdin: ExecRequest["stdin"], open: Open): Wiring["stdin"] {
  if (stdin === undefined) return "ignore";
  return "file" in stdin ? open(stdin.file, constants.O_RDONLY) : stdin;
}

function outputOf(stdout: ExecRequest["stdout"], open: Open): Wiring["stdout"] {
  if (stdout === undefined) return "capture";
  if (stdout === "inherit") return stdout;
  return open(stdout.file, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
}
