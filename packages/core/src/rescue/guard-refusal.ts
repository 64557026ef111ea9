import { BmrError } from "../error.js";
import type { NodeId } from "../layout/ids.js";
import type { Step } from "../plan/step.js";

/** The error of a guard. */
export function refusal(step: Step, node: NodeId | null, why: string): BmrError {
  const about = node === null ? "" : ` (${node})`;
  return new BmrError("guard-refused", `${step.id} isn't run${about}: ${why}`, {
    details: { step: step.id, node, why },
  });
}
