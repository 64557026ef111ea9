import type { BmrError, BmrErrorCode } from "@bmr/core";

/** The exit codes of bmr; 128+n when a signal ended it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but with findings of severity loss, or with drift. */
  findings: 3,
  /** Refused: a problem at resolve, or a safety check. */
  refused: 4,
  toolMissing: 5,
  locked: 75,
} as const;

const BY_CODE: Partial<Record<BmrErrorCode, number>> = {
  usage: EXIT.usage,
  "options-invalid": EXIT.usage,
  "adapter-unknown": EXIT.usage,
  "confirmation-missing": EXIT.refused,
  "guard-refused": EXIT.refused,
  "signature-invalid": EXIT.refused,
  "set-held-back": EXIT.findings,
  "tool-missing": EXIT.toolMissing,
  locked: EXIT.locked,
};

/** The exit code of an error. */
export function exitOf(error: BmrError): number {
  const signal = error.details.signal;
  if (error.code === "interrupted" && typeof signal === "number") return 128 + signal;
  return BY_CODE[error.code] ?? EXIT.failed;
}
