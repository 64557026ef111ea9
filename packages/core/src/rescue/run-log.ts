import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BmrError } from "../error.js";
import { describeOutcome } from "../host/outcome.js";
import { quotePosix } from "../render/quote.js";
import { printable } from "../render/text.js";
import type { RunEvent, RunListener } from "./events.js";
import type { StepLabel } from "./step-labels.js";
import type { Tally } from "./tally.js";

/** The log's name beside the journal. */
export const RUN_LOG_FILE = "run.log";

/** All that happens, on plain lines with their time: to be followed from another login, and kept. */
export interface RunLog {
  readonly path: string;
  readonly listen: RunListener;
  /** A line that is no step's. */
  say(text: string): void;
  /** Why it isn't written any more; the run doesn't end because of it. */
  failure(): Error | undefined;
  /** Writes what is left, and lets go of the file. */
  close(): void;
}

/** Output of commands is written at the latest so many ms after it came; what a command is, before it starts. */
const WRITTEN_WITHIN = 200;
const MOST_PENDING = 64 * 1024;

/**
 * Opens the log in the journal's directory; runs that go on with one another write into the same one.
 *
 * @throws BmrError `journal-invalid` where it can't be opened
 */
export function openRunLog(directory: string, label: StepLabel, tally: Tally): RunLog {
  const path = join(directory, RUN_LOG_FILE);
  const file = lineFile(open(directory, path));
  const listen: RunListener = (event) => {
    for (const line of linesOf(event, label, tally)) file.add(line);
    if (event.is !== "line") file.write();
  };
  const say = (text: string) => {
    file.add(text);
    file.write();
  };
  return { path, listen, say, failure: file.failure, close: file.close };
}

function open(directory: string, path: string): number {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw new BmrError(
      "journal-invalid",
      `the log ${path} can't be written: ${(cause as Error).message}; name another directory by --journal`,
      { details: { path }, cause },
    );
  }
}

/** Lines are put down together: a restore may print a million of them. */
function lineFile(descriptor: number) {
  let pending = "";
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = pending;
    pending = "";
    if (text === "" || failure !== undefined) return;
    try {
      for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      failure = error as Error;
    }
  };
  return {
    add: (line: string) => {
      pending += `${new Date().toISOString()} ${printable(line)}\n`;
      if (pending.length > MOST_PENDING) write();
      else timer ??= setTimeout(write, WRITTEN_WITHIN).unref();
    },
    write,
    failure: () => failure,
    close: () => {
      write();
      closeSync(descriptor);
    },
  };
}

function linesOf(event: RunEvent, label: StepLabel, tally: Tally): readonly string[] {
  const { step } = event;
  const at = label(step);
  const command = `${at} #${tally.commandOf(step.id)}`;
  switch (event.is) {
    case "step-started":
      return [`${at} ${step.id} begins: ${step.title}, since ${step.why}`];
    case "step-skipped":
      return [`${at} ${step.id} skipped: ${event.why}`];
    case "command":
      return [`${command} $ ${event.argvs.map((argv) => argv.map(quotePosix).join(" ")).join(" | ")}`];
    case "line":
      return [
        `${command} ${lineMark(event)} ${event.text}${event.harmless === undefined ? "" : ` [harmless: ${event.harmless}]`}`,
      ];
    case "command-ended": {
      const ends = event.results.map((result) => describeOutcome({ ...result, stderr: "" })).join(" | ");
      const failure = event.failed ? `, failure ${tally.failures()}` : "";
      return [`${command} ${ends}, ${event.seconds.toFixed(1)} s${failure}`];
    }
    case "write":
      return [`${at} writes ${event.path}`];
    case "attempt-failed":
      return [`${at} try ${event.attempt} of ${event.of} failed (${event.why}); again, since ${event.race}`];
    case "step-done":
      return [
        ...event.warnings.map(({ message }) => `${at} warning: ${message}`),
        `${at} ${step.id} done, ${event.seconds.toFixed(1)} s`,
      ];
    case "step-failed":
      return [`${at} ${step.id} FAILED: ${event.error.message}`];
    case "stopping":
      return [`${at} ${step.id} ${event.ends ? "is ended" : "is the last one"}, as the operator wants`];
  }
}

/** What came on the error output, and whether it is known. */
function lineMark({ stream, harmless }: Extract<RunEvent, { is: "line" }>): "|" | "!" | "~" {
  if (harmless !== undefined) return "~";
  return stream === "stderr" ? "!" : "|";
}
