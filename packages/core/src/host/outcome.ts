/** A program and its arguments. Never a shell string. */
export type Argv = readonly [string, ...string[]];

/**
 * How a command ended. A missing tool, a failing tool, a refusal and an empty answer are four different things.
 *
 * - `exited`: it ran to its end; `code` is its exit status
 * - `signalled`: a signal ended it
 * - `timed-out`: it was stopped after `seconds`
 * - `missing`: there is no such program (ENOENT)
 * - `overflowed`: it was stopped after it had printed more than `bytes` bytes on one stream
 * - `denied`: it may not be run (EACCES, EPERM), or couldn't be started (E2BIG, ENOMEM …)
 * - `not-recorded`: only in a replay: the recording has no answer to this argv, which says nothing of the machine
 */
export type Outcome =
  | { readonly is: "exited"; readonly code: number }
  | { readonly is: "signalled"; readonly signal: string }
  | { readonly is: "timed-out"; readonly seconds: number }
  | { readonly is: "overflowed"; readonly bytes: number }
  | { readonly is: "missing" }
  | { readonly is: "denied"; readonly reason: string }
  | { readonly is: "not-recorded" };

/**
 * What a command said. Output is text in which each byte that isn't UTF-8 stands as a lone surrogate
 * (U+DC80…U+DCFF, see `host/bytes.ts`), so nothing is lost and nothing is guessed.
 */
export interface CommandResult {
  readonly argv: Argv;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes that were printed before what stands in `stdout` and `stderr`; only where an output was cut. */
  readonly cut?: { readonly stdout: number; readonly stderr: number };
}

/** True when the command ran to its end with exit status 0. */
export function succeeded(result: CommandResult): boolean {
  return result.outcome.is === "exited" && result.outcome.code === 0;
}

/** One line for people: how the command ended, with the last line of its stderr. */
export function describeOutcome(result: CommandResult): string {
  const last = result.stderr.trimEnd().split("\n").at(-1)?.trim();
  const said = last ? `: ${last}` : "";
  const { outcome } = result;
  switch (outcome.is) {
    case "exited":
      return `exited with ${outcome.code}${said}`;
    case "signalled":
      return `was ended by ${outcome.signal}${said}`;
    case "timed-out":
      return `was stopped after ${outcome.seconds} s without an end${said}`;
    case "overflowed":
      return `was stopped after more than ${outcome.bytes} bytes of output${said}`;
    case "missing":
      return "is not installed";
    case "denied":
      return `may not be run: ${outcome.reason}`;
    case "not-recorded":
      return "is not in the recording";
  }
}
