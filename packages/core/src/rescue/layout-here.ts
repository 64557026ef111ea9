import type { Layout } from "../layout/layout.js";
import { retarget } from "../layout/retarget.js";
import type { PlanFitter } from "../plan/fit-plan.js";
import type { Plan } from "../plan/plan.js";
import { bindDisks } from "./bind-disks.js";
import type { MappingEntry } from "./mapping.js";
import type { Problem } from "./problem.js";
import type { RescueFacts } from "./rescue-facts.js";
import { fitProblems, sizesOf } from "./resolve-fitted.js";

/** The recorded layout as it must be found on the disks here; or why nobody can tell. */
export type LayoutHere =
  | { readonly is: "known"; readonly layout: Layout }
  | { readonly is: "refused"; readonly problems: readonly Problem[] };

/**
 * What a server that was rebuilt onto other disks is to be compared with: the recorded layout, fitted to their sizes and
 * under their ids. Pure. A recorded disk that isn't here keeps its id, and comparison says that it is missing.
 */
export function layoutHere(
  plan: Plan,
  facts: RescueFacts,
  options: { readonly mapping: readonly MappingEntry[]; readonly fit: PlanFitter },
): LayoutHere {
  const { bindings, problems } = bindDisks(plan, facts, options.mapping);
  const { layout, problems: unfitting } = options.fit(sizesOf(bindings));
  const wrong = [
    ...problems.filter(({ code }) => code.startsWith("map-") || code === "target-twice"),
    ...fitProblems(unfitting, bindings, facts),
  ];
  if (wrong.length > 0) return { is: "refused", problems: wrong };
  return { is: "known", layout: retarget(layout, new Map(bindings.map((b) => [b.disk.node, b.candidate.node.id]))) };
}
