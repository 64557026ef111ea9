import type { FitChange, FitProblem } from "../layout/fit-source.js";
import type { NodeId } from "../layout/ids.js";
import type { Layout } from "../layout/layout.js";
import type { PlanFitter } from "../plan/fit-plan.js";
import type { Plan } from "../plan/plan.js";
import { type Binding, bindDisks } from "./bind-disks.js";
import { pathOf } from "./binding-problems.js";
import type { BoundPlan } from "./bound-plan.js";
import { recordedDisk } from "./mapping.js";
import type { Problem, ProblemCode } from "./problem.js";
import type { RescueFacts } from "./rescue-facts.js";
import { type ResolveOptions, resolve } from "./resolve.js";

/** What the operator says about a run onto disks that may have other sizes. */
export interface ResolveFittedOptions extends ResolveOptions {
  readonly fit: PlanFitter;
  /** What is wrong with what the operator gave, beside the rest: lines of a map file. */
  readonly problems?: readonly Problem[];
}

/** As resolve gives it, with the layout that the bound plan rebuilds. */
export type FittedResolution =
  | {
      readonly is: "bound";
      readonly bound: BoundPlan;
      /** What verify compares with. */
      readonly layout: Layout;
      /** What becomes of what; empty where every disk has its recorded size. */
      readonly changes: readonly FitChange[];
    }
  | { readonly is: "refused"; readonly problems: readonly Problem[] };

/**
 * Binds a plan to disks of other sizes than the recorded ones: once it is known which disk takes the place of which, the
 * plan is made to fit them, and then bound. All problems are told at once.
 *
 * @throws BmrError as {@link resolve} does, and `plan-invalid` where the plan can't be made again
 */
export function resolveFitted(plan: Plan, facts: RescueFacts, options: ResolveFittedOptions): FittedResolution {
  const { bindings } = bindDisks(plan, facts, options.mapping);
  const fitted = options.fit(sizesOf(bindings));
  const resolution = resolve(fitted.plan, facts, options);
  const problems = [
    ...(options.problems ?? []),
    ...fitProblems(fitted.problems, bindings, facts),
    ...(resolution.is === "refused" ? withoutUnread(resolution.problems, plan, options.problems ?? []) : []),
  ];
  if (problems.length > 0 || resolution.is === "refused") return { is: "refused", problems };
  return { is: "bound", bound: resolution.bound, layout: fitted.layout, changes: fitted.changes };
}

/** That a disk isn't found by itself is no further problem where a proposal for it waits to be confirmed. */
function withoutUnread(problems: readonly Problem[], plan: Plan, given: readonly Problem[]): readonly Problem[] {
  const names = given.filter(({ code }) => code === "map-unread").map(({ node }) => node ?? "");
  const waiting = new Set(names.map((name) => recordedDisk(plan.disks, name)?.node));
  return problems.filter(({ code, node }) => node === null || !waiting.has(node) || !UNFOUND.includes(code));
}

const UNFOUND: readonly ProblemCode[] = ["no-candidate", "other-volume", "other-machine", "hint-mismatch", "swapped"];

/** Bytes of the disk that takes the place of each recorded one. */
export function sizesOf(bindings: readonly Binding[]): ReadonlyMap<NodeId, number> {
  return new Map(
    bindings.flatMap(({ disk, candidate }): [NodeId, number][] =>
      candidate.node.bytes === null ? [] : [[disk.node, candidate.node.bytes]],
    ),
  );
}

/** What doesn't fit, among the other problems of a run. */
export function fitProblems(
  problems: readonly FitProblem[],
  bindings: readonly Binding[],
  facts: RescueFacts,
): readonly Problem[] {
  return problems.map(({ code, node, message, remedy }) => {
    const binding = bindings.find(({ disk }) => disk.node === node);
    return { code, node, device: binding === undefined ? null : pathOf(binding.candidate, facts), message, remedy };
  });
}
