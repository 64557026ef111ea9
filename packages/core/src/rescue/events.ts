import type { BmrError } from "../error.js";
import type { Argv, CommandResult } from "../host/outcome.js";
import type { Reason } from "../plan/judge.js";
import type { Step } from "../plan/step.js";

/**
 * What happens during a run, as plain data: for a progress display and for the log. Events of steps that run side by
 * side come mixed; those of one step come in order, and one command of a step ends before its next one begins.
 */
export type RunEvent =
  | { readonly is: "step-started"; readonly step: Step }
  | { readonly is: "step-skipped"; readonly step: Step; readonly why: string }
  /** The commands of a pipe together; one otherwise. */
  | { readonly is: "command"; readonly step: Step; readonly argvs: readonly Argv[]; readonly terminal: boolean }
  /** How they ended. `failed`: as the step judges them; it may be tried again. */
  | {
      readonly is: "command-ended";
      readonly step: Step;
      readonly results: readonly CommandResult[];
      readonly seconds: number;
      readonly failed: boolean;
    }
  /** `diff`: what changes in a file that is there, as `diff -u` shows it. */
  | { readonly is: "write"; readonly step: Step; readonly path: string; readonly diff?: string }
  /** `harmless`: why it needn't worry anyone, where it is a message that is known (see `harmless.ts`). */
  | {
      readonly is: "line";
      readonly step: Step;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
      readonly harmless?: string;
    }
  | {
      readonly is: "attempt-failed";
      readonly step: Step;
      readonly attempt: number;
      readonly of: number;
      readonly why: string;
      /** The race that the plan names for it. */
      readonly race: string;
    }
  | { readonly is: "step-done"; readonly step: Step; readonly seconds: number; readonly warnings: readonly Reason[] }
  | { readonly is: "step-failed"; readonly step: Step; readonly error: BmrError }
  /** The operator wants it to stop; `ends`: the command at hand is told to end, else it is waited for. */
  | { readonly is: "stopping"; readonly step: Step; readonly ends: boolean };

/** Takes the events of a run. It must not block: what it throws ends its own service, and never the run. */
export type RunListener = (event: RunEvent) => void;
