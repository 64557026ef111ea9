import type { Step, StepId } from "../plan/step.js";

/** How far a run has come. */
export interface Progress {
  readonly ended: ReadonlySet<StepId>;
  readonly running: ReadonlySet<StepId>;
}

/**
 * The steps that may start now, in their order: what they wait for has ended, nothing at work uses what they need for
 * themselves, and not more than `jobs` are at work together. A step that doesn't say that it may run beside others
 * waits for all before it, and is waited for by all after it.
 */
export function startable(steps: readonly Step[], { ended, running }: Progress, jobs: number): readonly Step[] {
  const inRun = new Set(steps.map(({ id }) => id));
  const busy = new Set(steps.filter(({ id }) => running.has(id)).flatMap(exclusiveOf));
  const chosen: Step[] = [];
  let passed = 0;
  for (const step of steps) {
    if (running.size + chosen.length >= jobs) break;
    if (ended.has(step.id)) continue;
    if (step.parallel === undefined) {
      const isNext = passed === 0 && running.size === 0;
      return isNext ? [step] : chosen;
    }
    passed += 1;
    const waits = step.after.some((id) => inRun.has(id) && !ended.has(id));
    const own = exclusiveOf(step);
    if (running.has(step.id) || waits || own.some((name) => busy.has(name))) continue;
    chosen.push(step);
    for (const name of own) busy.add(name);
  }
  return chosen;
}

function exclusiveOf({ parallel }: Step): readonly string[] {
  return parallel?.exclusive ?? [];
}

/**
 * Runs steps side by side where they allow it, and starts no more once one of them, or the operator, doesn't let the
 * run go on. Returns when nothing is at work any more. With one job they run in their order.
 *
 * @param run does one step; false: no further one is to start
 * @param mayStart asked before each start
 * @throws what `run` threw first, once the others have ended
 */
export async function schedule(
  steps: readonly Step[],
  jobs: number,
  run: (step: Step) => Promise<boolean>,
  mayStart: () => boolean,
): Promise<void> {
  const ended = new Set<StepId>();
  const atWork = new Map<StepId, Promise<void>>();
  const thrown: unknown[] = [];
  let goesOn = true;
  const start = async (step: Step) => {
    try {
      if (!(await run(step))) goesOn = false;
      ended.add(step.id);
    } catch (error) {
      goesOn = false;
      thrown.push(error);
    } finally {
      atWork.delete(step.id);
    }
  };
  for (;;) {
    const running = new Set(atWork.keys());
    const next = goesOn && mayStart() ? startable(steps, { ended, running }, jobs) : [];
    for (const step of next) atWork.set(step.id, start(step));
    if (atWork.size === 0) break;
    await Promise.race(atWork.values());
  }
  if (thrown.length > 0) throw thrown[0];
}
