import { digest, historyOf, type Journal, type Plan, type StepRecord } from "@bmr/core";
import { EXIT } from "../exit.js";
import { fold } from "../fold.js";
import type { Io } from "../io.js";

type State = StepRecord["state"] | "new";

const STATES: Readonly<Record<State, string>> = { new: "-", started: "begun", done: "done", failed: "failed" };

/** Lists the plan's steps with their numbers, and what the journal says of them: on stdout. */
export function listSteps(io: Io, plan: Plan, records: Journal["records"], json: boolean): number {
  const last = records.findLast((record) => record.record === "run");
  const known = last?.plan === digest(plan) ? historyOf(records, last.binding) : new Map<never, StepRecord>();
  const steps = plan.steps.map(({ id, phase, title, destroys }, at) => {
    const state: State = known.get(id)?.state ?? "new";
    return { number: at + 1, id, phase, title, state, destroys };
  });
  if (json) io.out(`${JSON.stringify({ schemaVersion: 1, steps }, null, 2)}\n`);
  else for (const step of steps) io.out(`${stepText(step)}\n`);
  return EXIT.done;
}

function stepText(
  step: Pick<Plan["steps"][number], "id" | "phase" | "title" | "destroys"> & { number: number; state: State },
) {
  const { number, id, phase, title, state, destroys } = step;
  const head = `${String(number).padStart(4)}  ${STATES[state].padEnd(6)}  ${phase.padEnd(9)}  ${id}`;
  const erased = destroys.length === 0 ? "" : `; erases ${destroys.join(", ")}`;
  return `${head}\n${fold(`      ${title}${erased}`, 8)}`;
}
