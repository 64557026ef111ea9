import { setTimeout as sleep } from "node:timers/promises";
import { BmrError } from "../error.js";
import { type JudgedCommand, type Judgement, judge, mayGoOn } from "../plan/judge.js";
import type { Action, Step } from "../plan/step.js";
import { bindAction, namesNow } from "./bind-action.js";
import type { BoundPlan } from "./bound-plan.js";
import { firstFailing } from "./check.js";
import { guardCommand, guardDestruction } from "./guard-destruction.js";
import { guardMountPoints, guardTarget } from "./guard-target.js";
import { perform, type Stage, stepFailure } from "./perform.js";

/**
 * How long a check of a done step may take to become true: the kernel and udev announce partitions a moment later, and
 * a longer one where other steps are at work beside it.
 */
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 250;

/**
 * Looks whether a step may run at this moment. Nothing has been done by then.
 *
 * @throws BmrError `check-failed`, `guard-refused`, `host-unusable`
 */
export async function mayRun(step: Step, bound: BoundPlan, host: Stage["host"]): Promise<void> {
  const failing = await firstFailing(step.before, bound, host);
  if (failing !== undefined) throw checkFailure(step, failing.found, "can't begin");
  if (step.destroys.length > 0) await guardDestruction(step, bound, host);
  if (step.phase === "mount") await guardMountPoints(step, bound, host);
  if (step.phase === "restore" || step.phase === "boot") await guardTarget(step, bound, host);
}

/**
 * Does all that a step says, judges it, and looks whether it has worked.
 *
 * @throws BmrError `step-failed`, `check-failed`, `guard-refused`
 */
export async function runActions(bound: BoundPlan, stage: Stage): Promise<Judgement> {
  const { step } = stage;
  const total = judge(step.outcome);
  const commands: JudgedCommand[] = [];
  for (const action of step.run) {
    if (step.destroys.length > 0) await guardCommand(step, action, bound, stage.host);
    commands.push(...(await runAction(action, bound, stage, total)));
  }
  const judgement = total.judgement(commands);
  if (!mayGoOn(judgement)) throw stepFailure(step, judgement);
  await mustBeDone(step, bound, stage);
  return judgement;
}

/**
 * Lets go of what a step holds that was stopped in its middle.
 *
 * @throws BmrError `step-failed`
 */
export async function runRelease(bound: BoundPlan, stage: Stage): Promise<void> {
  for (const action of stage.step.release ?? []) await runAction(action, bound, stage, judge(undefined));
}

async function runAction(
  action: Action,
  bound: BoundPlan,
  stage: Stage,
  total: ReturnType<typeof judge>,
): Promise<readonly JudgedCommand[]> {
  const { step, host, end } = stage;
  const commands: JudgedCommand[] = [];
  for (const one of await bindAction(action, bound, host, namesNow)) {
    if (end.aborted) throw new BmrError("interrupted", `${step.id} was stopped`, { details: { step: step.id } });
    if (one.do === "nothing")
      throw new BmrError("step-failed", `${step.id}: ${one.why}`, { details: { step: step.id } });
    const performed = await perform(one, stage, total);
    if (!mayGoOn(performed.judgement)) throw stepFailure(step, performed.judgement);
    commands.push(...performed.commands);
  }
  return commands;
}

async function mustBeDone(step: Step, bound: BoundPlan, { host, end }: Stage): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const failing = await firstFailing(step.done, bound, host);
    if (failing === undefined) return;
    if (performance.now() >= deadline || end.aborted)
      throw checkFailure(step, failing.found, "ran, and has not worked");
    await sleep(LOOK_EVERY_MS);
  }
}

function checkFailure(step: Step, found: string, what: string): BmrError {
  return new BmrError("check-failed", `${step.id} ${what}: ${found}`, { details: { step: step.id, found } });
}
