import type { ProbeHost } from "../host/host.js";
import type { Step, StepId } from "../plan/step.js";
import { unifiedDiff } from "../render/diff.js";
import { quotePosix } from "../render/quote.js";
import { bindAction, namesNowOrRecorded } from "./bind-action.js";
import type { BoundAction, BoundCommand, UnboundAction } from "./bound-action.js";
import type { BoundPlan } from "./bound-plan.js";
import { decide } from "./decide.js";
import type { History } from "./history.js";

/** What a run would do with one step. */
export type DryStep =
  | { readonly is: "run"; readonly step: Step; readonly actions: readonly (BoundAction | UnboundAction)[] }
  | { readonly is: "skip" | "refuse"; readonly step: Step; readonly why: string };

/** On what the decisions of a dry run depend: the same as those of the run. */
export interface DryRunOptions {
  readonly history: History;
  readonly redo?: ReadonlySet<StepId>;
  readonly passed?: ReadonlySet<StepId>;
}

const NONE: ReadonlySet<StepId> = new Set();

/**
 * What {@link execute} would do, word for word, by the same code: only the host that it is given can't change
 * anything. Where a step depends on one that is still to run, its checks say nothing yet; it is shown as run.
 *
 * @throws BmrError `plan-invalid`, `host-unusable`
 */
export async function dryRun(
  bound: BoundPlan,
  steps: readonly Step[],
  host: ProbeHost,
  options: DryRunOptions,
): Promise<readonly DryStep[]> {
  const shown: DryStep[] = [];
  const pending = new Set<StepId>();
  const order = [...bound.preparation, ...bound.plan.steps];
  const { history, redo = NONE, passed = NONE } = options;
  const context = { bound, history, order, redo, passed, activated: NONE };
  for (const step of steps) {
    const waits = step.after.some((id) => pending.has(id));
    const decision = await decide(step, context, waits ? null : host);
    if (decision.is !== "run") {
      shown.push({ ...decision, step });
      // what waits for it waits for what it has waited for
      if (waits) pending.add(step.id);
      continue;
    }
    pending.add(step.id);
    const bind = (action: Step["run"][number]) => bindAction(action, bound, host, namesNowOrRecorded);
    const actions = [...(decision.letGo ? (step.release ?? []) : []), ...step.run];
    shown.push({ is: "run", step, actions: (await Promise.all(actions.map(bind))).flat() });
  }
  return shown;
}

/** A bound action as a command that can be typed into a POSIX shell. */
export function shellText(action: BoundAction | UnboundAction): string {
  switch (action.do) {
    case "exec":
      return commandText(action.command);
    case "pipe":
      return action.stages.map(commandText).join(" | ");
    case "write":
      return writeText(action);
    case "nothing":
      return `: ${quotePosix(action.why)}`;
  }
}

function writeText({ path, content, replaces }: Extract<BoundAction, { do: "write" }>): string {
  if (replaces === undefined) return `printf %s ${quotePosix(content)} > ${quotePosix(path)}`;
  return `printf %s ${quotePosix(unifiedDiff(path, replaces, content))} | patch -- ${quotePosix(path)}`;
}

function commandText({ request: { argv, env, stdin } }: BoundCommand): string {
  const settings = Object.entries(env ?? {}).map(([name, value]) => `${name}=${quotePosix(value)}`);
  const text = [...settings, ...argv.map(quotePosix)].join(" ");
  if (stdin === undefined) return text;
  return "file" in stdin ? `${text} < ${quotePosix(stdin.file)}` : `printf %s ${quotePosix(stdin.text)} | ${text}`;
}
