import { BmrError } from "../error.js";
import type { NodeId } from "../layout/ids.js";
import { digest } from "../plan/build.js";
import type { DiskRequirement } from "../plan/part.js";
import type { Plan } from "../plan/plan.js";
import type { Step } from "../plan/step.js";
import type { ReferenceSource } from "../references/reference-source.js";
import { argsOf } from "./arg-refs.js";
import { bindArg } from "./bind-args.js";
import { type Binding, bindDisks } from "./bind-disks.js";
import { pathOf } from "./binding-problems.js";
import { type BoundDisk, type BoundPlan, bindingDigest, diskKey } from "./bound-plan.js";
import { heldContent } from "./held-content.js";
import { type Begun, disksOf } from "./history.js";
import { notHeldOff } from "./hold-off.js";
import { type Locator, locatorsOf } from "./locators.js";
import { type MappingEntry, recordedDisk } from "./mapping.js";
import type { ExistingPolicies, Mode } from "./mode.js";
import { isChosen, stepsOf } from "./modes.js";
import { checkErasable } from "./occupancy.js";
import { chooseParams } from "./params.js";
import { policyFor } from "./policy.js";
import { type Preparation, prepareDisks } from "./preparation.js";
import type { Problem } from "./problem.js";
import { renamingOf } from "./renaming.js";
import type { RescueFacts } from "./rescue-facts.js";
import { takenNames } from "./taken-names.js";
import { checkFit } from "./target-checks.js";

/** What the operator says about a run. */
export interface ResolveOptions {
  readonly mode: Mode;
  readonly mapping: readonly MappingEntry[];
  readonly existing: ExistingPolicies;
  readonly params: Readonly<Record<string, string>>;
  /** Where the server's file tree is to be mounted, without links in it. */
  readonly target: string;
  readonly setDirectory: string;
  /** Multipath maps with fewer paths than were recorded will do. @default false */
  readonly acceptSinglePath?: boolean;
  /** The storage kinds, for the names of disks in the restored system; without them none is translated. */
  readonly kinds?: readonly ReferenceSource[];
  /** What the run that is gone on with has begun to erase: what is on those disks now, that run wrote. */
  readonly begun?: Begun | undefined;
}

/** Either everything is bound, or everything that is in the way is listed. */
export type Resolution =
  | { readonly is: "bound"; readonly bound: BoundPlan }
  | { readonly is: "refused"; readonly problems: readonly Problem[] };

/**
 * Binds a plan to the disks of the rescue system. Pure; nothing has been written by then, and all problems are told
 * at once.
 *
 * @throws BmrError `plan-invalid` where the plan itself is broken; `usage` where the target can't be one
 */
export function resolve(plan: Plan, facts: RescueFacts, options: ResolveOptions): Resolution {
  checkTarget(options.target);
  const all = stepsOf(plan, options.mode);
  const { params, problems: paramProblems } = chooseParams(plan.params, all, options.params);
  const steps = all.filter((step) => isChosen(step, params));
  const erased = new Set(steps.flatMap((step) => disksOf(plan, step.destroys)));
  const { bindings, problems } = bindDisks(plan, facts, options.mapping);
  const disks = bindings.map((binding) => boundDisk(binding, facts, options.existing, erased));
  const planDigest = digest(plan);
  const begun =
    options.begun?.binding === bindingDigest({ planDigest, disks }) ? options.begun.disks : new Set<NodeId>();
  const judged = bindings.map((binding, at) => judge(binding, disks[at] as BoundDisk, { facts, options, begun }));
  const found = [
    ...problems,
    ...judged.flat(),
    ...takenNames(plan, bindings, facts),
    ...(erased.size > 0 ? notHeldOff(facts.autoActivation) : []),
    ...unknownPolicies(plan.disks, options.existing),
    ...paramProblems,
  ];
  if (found.length > 0) return { is: "refused", problems: found };
  const used = bindings.filter((_, at) => (disks[at] as BoundDisk).erasedUnder !== null);
  const preparation = prepareDisks(used, facts, begun);
  const bound: BoundPlan = {
    plan,
    planDigest,
    mode: options.mode,
    disks,
    devices: locate(plan, bindings, facts, preparation),
    preparation: preparation.steps,
    target: options.target,
    setDirectory: options.setDirectory,
    params,
    ...(options.kinds === undefined
      ? {}
      : { renaming: renamingOf(bindings, { recorded: plan.machine, here: facts.layout.machine }, options.kinds) }),
  };
  rehearse(bound, [...preparation.steps, ...steps]);
  return { is: "bound", bound };
}

function checkTarget(target: string): void {
  if (/^(\/[^/]+)+$/.test(target) && !target.split("/").some((part) => part === "." || part === "..")) return;
  throw new BmrError(
    "usage",
    `${JSON.stringify(target)} can't be the target: it must be an absolute path of its own, such as /mnt/a`,
    {
      details: { target },
    },
  );
}

/** By what a bound disk is judged. */
interface Judging {
  readonly facts: RescueFacts;
  readonly options: ResolveOptions;
  readonly begun: ReadonlySet<NodeId>;
}

function judge(binding: Binding, { node, erasedUnder }: BoundDisk, { facts, options, begun }: Judging): Problem[] {
  const { target, acceptSinglePath = false } = options;
  const fit = checkFit(binding, facts, erasedUnder !== null, { acceptSinglePath });
  if (erasedUnder === null) return fit;
  return [...fit, ...checkErasable(binding, facts, { policy: erasedUnder, begun: begun.has(node), target })];
}

function boundDisk(
  { disk, candidate, by, volume }: Binding,
  facts: RescueFacts,
  existing: ExistingPolicies,
  erased: ReadonlySet<NodeId>,
): BoundDisk {
  const bytes = candidate.node.bytes ?? 0;
  return {
    node: disk.node,
    recordedName: disk.name,
    here: candidate.node.id,
    device: candidate.device,
    path: pathOf(candidate, facts),
    by,
    volume,
    identities: candidate.node.identities,
    bytes,
    seal: candidate.seal,
    holds: heldContent(candidate, facts),
    erasedUnder: erased.has(disk.node) ? policyFor(disk, existing) : null,
    key: diskKey(candidate.node.identities, candidate.device, bytes),
  };
}

function locate(
  plan: Plan,
  bindings: readonly Binding[],
  facts: RescueFacts,
  preparation: Preparation,
): ReadonlyMap<NodeId, Locator> {
  const disks = bindings.map(({ disk, candidate }) => {
    const device = facts.inventory.find(candidate.device);
    if (device === undefined) throw new BmrError("host-unusable", `${candidate.device} isn't in the inventory`);
    return { node: disk.node, device, seal: candidate.seal };
  });
  return new Map([...locatorsOf(disks, plan.devices), ...preparation.devices]);
}

function unknownPolicies(disks: readonly DiskRequirement[], { disks: named }: ExistingPolicies): Problem[] {
  return Object.keys(named)
    .filter((name) => recordedDisk(disks, name) === undefined)
    .map((name) => ({
      code: "policy-unknown-disk" as const,
      node: null,
      device: null,
      message: `--existing names ${name}, which is no recorded disk, or more than one`,
      remedy: `name one of these: ${disks.map((disk) => disk.node).join(", ")}`,
    }));
}

/** Fills in every argument once, so that a broken reference is found before anything runs. */
function rehearse(bound: BoundPlan, steps: readonly Step[]): void {
  for (const step of steps) {
    if (isChosen(step, bound.params)) for (const arg of argsOf(step)) bindArg(arg, bound, "name");
  }
}
