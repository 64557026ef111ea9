import type { Step, StepId } from "../plan/step.js";
import type { RunListener } from "./events.js";

/** The operator's wishes to stop, and what they mean for the steps at work. */
export interface Stopping {
  /** True once no further step is to start. */
  isWanted(): boolean;
  /** The signal that ends a step's commands; to be let go of at the step's end. */
  begin(step: Step): { readonly signal: AbortSignal; release(): void };
  /** Listens no more. */
  release(): void;
}

/**
 * Hears `stop` and `kill` for all steps at work: the first ends a restore at once and lets all else come to its end,
 * the second ends every command.
 */
export function stoppingOf(
  { stop, kill }: { readonly stop?: AbortSignal; readonly kill?: AbortSignal },
  emit: RunListener,
): Stopping {
  const atWork = new Map<StepId, { readonly step: Step; readonly end: AbortController }>();
  const onStop = () => {
    for (const { step, end } of atWork.values()) {
      const ends = endsAtOnce(step);
      emit({ is: "stopping", step, ends });
      if (ends) end.abort();
    }
  };
  const onKill = () => {
    for (const { end } of atWork.values()) end.abort();
  };
  stop?.addEventListener("abort", onStop);
  kill?.addEventListener("abort", onKill);
  return {
    isWanted: () => stop?.aborted === true || kill?.aborted === true,
    begin: (step) => {
      const end = new AbortController();
      atWork.set(step.id, { step, end });
      if (kill?.aborted || (stop?.aborted && endsAtOnce(step))) end.abort();
      return { signal: end.signal, release: () => void atWork.delete(step.id) };
    },
    release: () => {
      stop?.removeEventListener("abort", onStop);
      kill?.removeEventListener("abort", onKill);
    },
  };
}

/** A restore takes hours, and begins anew anyway. */
function endsAtOnce(step: Step): boolean {
  return step.phase === "restore";
}
