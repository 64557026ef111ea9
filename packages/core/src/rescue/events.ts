import type { BmrError } from "../error.js";
import type { Argv } from "../host/outcome.js";
import type { Reason } from "../plan/judge.js";
import type { Step } from "../plan/step.js";

/** What happens during a run, as plain data: for a progress display and for the log. */
export type RunEvent =
  /** `of` steps in all; `number` counts from 1. */
  | { readonly is: "step-started"; readonly step: Step; readonly number: number; readonly of: number }
  | { readonly is: "step-skipped"; readonly step: Step; readonly why: string }
  /** The commands of a pipe together; one otherwise. */
  | { readonly is: "command"; readonly step: Step; readonly argvs: readonly Argv[]; readonly terminal: boolean }
  | { readonly is: "write"; readonly step: Step; readonly path: string }
  | { readonly is: "line"; readonly step: Step; readonly stream: "stdout" | "stderr"; readonly text: string }
  | {
      readonly is: "attempt-failed";
      readonly step: Step;
      readonly attempt: number;
      readonly of: number;
      readonly why: string;
    }
  | { readonly is: "step-done"; readonly step: Step; readonly seconds: number; readonly warnings: readonly Reason[] }
  | { readonly is: "step-failed"; readonly step: Step; readonly error: BmrError }
  /** The operator wants it to stop; `ends`: the command at hand is told to end, else it is waited for. */
  | { readonly is: "stopping"; readonly step: Step; readonly ends: boolean };

/** Takes the events of a run. It must not block: what it throws ends its own service, and never the run. */
export type RunListener = (event: RunEvent) => void;
