import type { Action, Phase, Step } from "./step.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Seconds after which a command of a phase hangs for certain, where its step names no limit. Far above what any of
 * them takes: a limit that is too short breaks a good run. A restore takes as long as it takes; its adapter knows.
 */
const HANGS_AFTER: Readonly<Record<Phase, number | null>> = {
  activate: 10 * MINUTE,
  format: 10 * MINUTE,
  partition: 10 * MINUTE,
  assemble: 10 * MINUTE,
  // mke2fs without lazy initialization writes the tables of a large volume
  make: 4 * HOUR,
  mount: 10 * MINUTE,
  restore: null,
  boot: HOUR,
  // umount writes out all that a restore has left in memory
  release: 4 * HOUR,
};

/** The step with a time limit on each of its commands. One that talks to the operator has none: people may be away. */
export function withTimeLimits(step: Step): Step {
  const { release } = step;
  return {
    ...step,
    run: step.run.map((action) => limited(action, HANGS_AFTER[step.phase])),
    ...(release === undefined ? {} : { release: release.map((action) => limited(action, HANGS_AFTER.release)) }),
  };
}

function limited(action: Action, seconds: number | null): Action {
  if (action.do !== "exec" && action.do !== "pipe") return action;
  if (action.timeLimitSeconds !== undefined || seconds === null) return action;
  if (action.do === "exec" && action.terminal === true) return action;
  return { ...action, timeLimitSeconds: seconds };
}
