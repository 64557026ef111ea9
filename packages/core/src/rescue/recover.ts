import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { Phase } from "../plan/step.js";
import type { BoundPlan } from "./bound-plan.js";
import { execute, type RunReport } from "./execute.js";
import { stepsToRun } from "./modes.js";
import type { ExecuteOptions } from "./run.js";

/** What was found when the rebuilt disks were compared with the recorded ones. */
export type Verification =
  | { readonly is: "same" }
  /** For people: what differs, one line each. */
  | { readonly is: "different"; readonly differences: readonly string[] };

/** How a recovery is done. */
export interface RecoverOptions extends ExecuteOptions {
  /** Probes the rebuilt disks and compares them, before any file is restored. */
  verify(bound: BoundPlan): Promise<Verification>;
}

const REBUILDS: readonly Phase[] = ["activate", "format", "partition", "assemble", "make"];

/**
 * All of it: the disks are rebuilt and compared with what was recorded, then everything is mounted, restored, and made
 * to boot. A difference ends it before hours go into a restore.
 *
 * @throws BmrError as {@link execute} does
 */
export async function recover(bound: BoundPlan, host: ActionHost, options: RecoverOptions): Promise<RunReport> {
  const steps = stepsToRun(bound);
  const isRebuilding = (phase: Phase) => REBUILDS.includes(phase);
  const rebuilt = await execute(
    bound,
    steps.filter(({ phase }) => isRebuilding(phase)),
    host,
    options,
  );
  if (rebuilt.is !== "done") return rebuilt;
  const verification = await options.verify(bound);
  if (verification.is === "different") return unlike(rebuilt, verification.differences);
  const restored = await execute(
    bound,
    steps.filter(({ phase }) => !isRebuilding(phase)),
    host,
    { ...options, anew: false },
  );
  return { ...restored, steps: [...rebuilt.steps, ...restored.steps], disks: rebuilt.disks };
}

function unlike(report: RunReport, differences: readonly string[]): RunReport {
  const error = new BmrError(
    "check-failed",
    `the rebuilt disks differ from the recorded ones, so nothing is restored onto them: ${differences.join("; ")}`,
    { details: { differences } },
  );
  return { ...report, is: "failed", error };
}
