import {
  type BoundPlan,
  bindingDigest,
  dryRun,
  historyOf,
  type Journal,
  letGoSteps,
  type ProbeHost,
  shellText,
  stepsToRun,
} from "@bmr/core";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { chosenSteps } from "./chosen-steps.js";

/** Prints the commands that the run would do, quoted, in their order: on stdout, with the steps as shell comments. */
export async function printDryRun(
  io: Io,
  bound: BoundPlan,
  host: ProbeHost,
  context: { readonly request: RecoveryRequest; readonly records: Journal["records"] },
): Promise<number> {
  const { request, records } = context;
  const steps = request.mode === "umount" ? await letGoSteps(bound, host) : stepsToRun(bound);
  const history = request.anew ? new Map() : historyOf(records, bindingDigest(bound));
  const shown = await dryRun(bound, steps, host, { history, ...chosenSteps(bound, steps, request) });
  let refused = false;
  for (const dry of shown) {
    if (dry.is === "run") {
      io.out(`# ${dry.step.title}\n${dry.actions.map((action) => `${shellText(action)}\n`).join("")}`);
    } else {
      refused ||= dry.is === "refuse";
      io.out(`# ${dry.is === "skip" ? "skipped" : "REFUSED"}: ${dry.step.title} (${dry.why})\n`);
    }
  }
  if (request.mode === "recover") io.out("# then the rebuilt disks are compared, and everything is unmounted\n");
  return refused ? EXIT.refused : EXIT.done;
}
