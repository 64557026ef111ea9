/**
 * What went wrong, as a closed list. Each code has a line in `docs/errors.md`: what happened, what to do.
 */
export type BmrErrorCode =
  | "usage"
  | "evidence-invalid"
  | "set-invalid"
  | "plan-invalid"
  | "plan-cycle"
  | "plan-incomplete"
  | "layout-invalid"
  | "journal-invalid"
  | "host-unusable"
  | "tool-missing"
  | "step-failed"
  | "check-failed"
  | "guard-refused"
  | "confirmation-missing"
  | "adapter-invalid"
  | "adapter-unknown"
  | "options-invalid"
  | "backup-failed"
  | "set-write-failed"
  | "set-held-back"
  | "signing-failed"
  | "signature-invalid"
  | "locked"
  | "interrupted";

/**
 * The one error class of bmr. Expected trouble (a problem at resolve, a finding at scan) is a value, not this.
 *
 * `details` is plain data for programs; `message` is for people and says what, where and what to do.
 */
export class BmrError extends Error {
  override readonly name = "BmrError";
  /** What went wrong, from the closed list. */
  readonly code: BmrErrorCode;
  /** Plain data that belongs to the code: paths, argv, ids. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: BmrErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
