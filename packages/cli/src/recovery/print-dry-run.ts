import {
  type BoundPlan,
  bindingDigest,
  type DryStep,
  dryRun,
  historyOf,
  type Journal,
  type Plan,
  type ProbeHost,
  type Step,
  shellText,
  stepsToRun,
  type UnboundOptions,
  unboundPlan,
} from "@bmr/core";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { chosenSteps } from "./chosen-steps.js";
import { lettingGo } from "./make-way.js";

/** Prints the commands that come before any disk is bound. */
export async function printUnbound(
  io: Io,
  plan: Plan,
  host: ProbeHost,
  steps: readonly Step[],
  options: UnboundOptions,
): Promise<void> {
  for (const dry of await dryRun(unboundPlan(plan, options), steps, host, { history: new Map() })) tellStep(io, dry);
}

/** Prints the commands that the run would do, quoted, in their order: on stdout, with the steps as shell comments. */
export async function printDryRun(
  io: Io,
  bound: BoundPlan,
  host: ProbeHost,
  context: { readonly request: RecoveryRequest; readonly records: Journal["records"] },
): Promise<number> {
  const { request, records } = context;
  const steps = request.mode === "umount" ? await lettingGo(bound, host) : stepsToRun(bound);
  const history = request.anew ? new Map() : historyOf(records, bindingDigest(bound));
  const shown = await dryRun(bound, steps, host, { history, ...chosenSteps(bound, steps, request) });
  let refused = false;
  for (const dry of shown) {
    refused ||= dry.is === "refuse";
    tellStep(io, dry);
  }
  if (request.mode === "recover") io.out("# then the rebuilt disks are compared, and everything is unmounted\n");
  return refused ? EXIT.refused : EXIT.done;
}

function tellStep(io: Io, dry: DryStep): void {
  const { title } = dry.step;
  if (dry.is === "run") io.out(`# ${title}\n${dry.actions.map((action) => `${shellText(action)}\n`).join("")}`);
  else io.out(`# ${dry.is === "skip" ? "skipped" : "REFUSED"}: ${title} (${dry.why})\n`);
}
