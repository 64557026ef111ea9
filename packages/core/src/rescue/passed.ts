import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import type { Step, StepId } from "../plan/step.js";
import type { Surroundings } from "./bound-plan.js";
import { firstFailing } from "./check.js";
import { stepDigest } from "./history.js";
import type { StepRecord } from "./journal-record.js";
import type { Run } from "./run.js";

/** The steps before one of them: those that a run which starts there doesn't do. */
export function stepsBefore(steps: readonly Step[], first: StepId): ReadonlySet<StepId> {
  const at = steps.findIndex((step) => step.id === first);
  return new Set(steps.slice(0, Math.max(0, at)).map((step) => step.id));
}

/**
 * Before anything is done: each step that the run passes over is journalled done, or its checks hold.
 *
 * @throws BmrError `guard-refused` with `details.steps`: all that aren't so
 */
export async function refuseUnpassed({ bound, steps, host, history, options }: Run): Promise<void> {
  const { passed, activated, redo } = options;
  const undone: { readonly step: StepId; readonly found: string }[] = [];
  for (const step of steps) {
    if (!passed?.has(step.id) || activated?.has(step.id) || redo?.has(step.id)) continue;
    const record = history.get(step.id);
    if (record?.state === "done" && record.digest === stepDigest(step, bound)) continue;
    const found = await notSeenDone(step, record, bound, host);
    if (found !== undefined) undone.push({ step: step.id, found });
  }
  if (undone.length === 0) return;
  const list = undone.map(({ step, found }) => `${step} (${found})`).join("; ");
  throw new BmrError("guard-refused", `steps before the one to start from aren't done: ${list}`, {
    details: { steps: undone },
  });
}

/** Why a step that isn't journalled done can't be taken for done; undefined where its checks say that it is. */
export async function notSeenDone(
  step: Step,
  record: StepRecord | undefined,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<string | undefined> {
  if (record !== undefined) return "the journal says that it was begun, and not that it is done as the plan has it now";
  if (step.done.length === 0) return "the journal doesn't have it, and nothing tells whether it is done";
  return (await firstFailing(step.done, surroundings, host))?.found;
}
