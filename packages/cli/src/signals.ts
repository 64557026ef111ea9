import { constants } from "node:os";
import type { Io } from "./io.js";

/** The operator's wishes to stop, as signals for a run. */
export interface Interruptions {
  /** The first Ctrl-C: the step at hand is finished, a restore ended. */
  readonly stop: AbortSignal;
  /** The second one: the command at hand is ended. */
  readonly kill: AbortSignal;
  release(): void;
}

/** Listens to SIGINT and SIGTERM. SIGHUP stops nothing: a run outlives the console that it was started from. */
export function interruptions(io: Io): Interruptions {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    const reason = { signal: constants.signals[signal] };
    if (stop.signal.aborted) kill.abort(reason);
    else stop.abort(reason);
    if (signal === "SIGTERM") kill.abort(reason);
  };
  const onHangup = () => io.say("the console is gone; the run goes on");
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onHangup);
  return {
    stop: stop.signal,
    kill: kill.signal,
    release: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onHangup),
  };
}
