import type { Layout } from "../layout/layout.js";
import type { PlanPart } from "./part.js";

/** What the plan stage needs of a storage kind: the steps that rebuild its nodes. Pure, and the same layout gives the same bytes. */
export interface StepSource {
  readonly kind: string;
  /** What the kind adds to the plan of this layout. */
  steps?(layout: Layout): PlanPart;
}
