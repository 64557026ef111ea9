import { type CommandResult, describeOutcome } from "./outcome.js";

/**
 * Why a probe couldn't know. `reason` keeps apart what must never be mixed up: a tool that is missing, one that
 * fails, one that may not run, one that hangs, and one whose answer isn't understood.
 */
export interface ProbeFailure {
  readonly reason: "missing" | "denied" | "failed" | "timed-out" | "signalled" | "unexpected-output" | "not-recorded";
  /** The command or the file that was asked. */
  readonly source: string;
  /** For people: what was said, and where. */
  readonly message: string;
  /** The line that wasn't understood, with `unexpected-output`. */
  readonly line?: string;
}

/** What a probe found out. A missing tool with nothing to look at is an empty `known`, not a failure. */
export type Probed<F> =
  | { readonly is: "known"; readonly facts: F }
  | { readonly is: "unknown"; readonly failure: ProbeFailure };

/** What a parser made of a text. */
export type Parsed<F> = Probed<F>;

/** A result that is known. */
export function known<F>(facts: F): Probed<F> {
  return { is: "known", facts };
}

/** A failure made of a command that didn't succeed. */
export function failedCommand(result: CommandResult): ProbeFailure {
  const reasons = {
    exited: "failed",
    signalled: "signalled",
    "timed-out": "timed-out",
    overflowed: "unexpected-output",
    missing: "missing",
    denied: "denied",
    "not-recorded": "not-recorded",
  } as const;
  const source = result.argv.join(" ");
  return { reason: reasons[result.outcome.is], source, message: `${source} ${describeOutcome(result)}` };
}

/** A failure made of a line that a parser doesn't understand. */
export function unexpected(source: string, line: string, expectation: string): ProbeFailure {
  const shown = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return {
    reason: "unexpected-output",
    source,
    line,
    message: `${source} printed a line that isn't understood (${expectation}): ${JSON.stringify(shown)}`,
  };
}
