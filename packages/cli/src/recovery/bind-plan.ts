import {
  type ActionHost,
  begunDisks,
  canonicalPath,
  FIX_REFERENCES,
  type FittedResolution,
  type Journal,
  type KeptPath,
  type Kind,
  kinds,
  planFitter,
  type RecoverySet,
  type RescueFacts,
  readRescueFacts,
  resolveFitted,
  scan,
} from "@bmr/core";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { wantsReferencesFixed } from "./fix-references.js";
import { tellProblems } from "./preliminaries.js";
import { tellFit } from "./tell-fit.js";
import { tellNetwork } from "./tell-network.js";

/** What a run works with. */
export interface Work {
  readonly request: RecoveryRequest;
  readonly set: RecoverySet;
  readonly host: ActionHost;
}

/** A bound plan, and the layout that it rebuilds on these disks. */
export type Binding = Extract<FittedResolution, { is: "bound" }>;

/** Probes the rescue system, by all storage kinds or by some of them. */
export async function lookAround(work: Work, by: readonly Kind[] = kinds): Promise<RescueFacts> {
  const { layout, facts } = await scan(work.host, { kinds: by });
  return await readRescueFacts(work.host, {
    layout,
    inventory: facts.inventory,
    keep: await keptPaths(work),
    kinds: by,
    lookForRawData: usesRequireEmpty(work.request),
  });
}

/** Binds every disk, or lists all problems; says what becomes of what on disks of other sizes. */
export async function bindPlan(
  io: Io,
  work: Work,
  rescue: RescueFacts,
  records: Journal["records"],
): Promise<Binding | undefined> {
  const { request, set } = work;
  const options = {
    ...(await canonicalPlaces(work)),
    mode: request.mode,
    kinds,
    fit: planFitter(set, kinds, { resize: request.resize }),
    mapping: request.mapping.entries,
    problems: request.mapping.problems,
    existing: request.existing,
    params: request.params,
    acceptSinglePath: request.acceptSinglePath,
    begun: request.anew ? undefined : begunDisks(records, set.plan),
  };
  const first = resolveFitted(set.plan, rescue, options);
  const fixes = first.is === "bound" && (await wantsReferencesFixed(io, request, first.bound));
  const resolution = fixes
    ? resolveFitted(set.plan, rescue, { ...options, params: { ...options.params, [FIX_REFERENCES]: "yes" } })
    : first;
  if (resolution.is === "bound") {
    tellFit(io, resolution.changes);
    tellNetwork(io, set.plan.machine, rescue.layout.machine);
    return resolution;
  }
  tellProblems(io, resolution.problems);
  return undefined;
}

/** Where the plan's own paths are, as they were given. */
export function places({ request, set }: Work): { readonly target: string; readonly setDirectory: string } {
  return { target: request.target, setDirectory: set.directory };
}

/** The kernel shows mounts without the links in their paths. */
async function canonicalPlaces(work: Work): Promise<ReturnType<typeof places>> {
  const { target, setDirectory } = places(work);
  return {
    target: await canonicalPath(work.host, target),
    setDirectory: await canonicalPath(work.host, setDirectory),
  };
}

function usesRequireEmpty({ existing }: RecoveryRequest): boolean {
  return [existing.all, ...Object.values(existing.disks)].includes("require-empty");
}

/** What must never be written: what the set, the journal and the backup lie on. */
async function keptPaths({ request, set }: Work): Promise<KeptPath[]> {
  const named = set.plan.params.map((param) => request.params[param.name] ?? param.default);
  const files = named.filter((value) => value?.startsWith("/"));
  return [
    { path: set.directory, as: "recovery-set" },
    { path: request.journal, as: "journal" },
    ...(request.saveOldLogs === undefined ? [] : [{ path: request.saveOldLogs, as: "old-logs" } as const]),
    ...files.map((path): KeptPath => ({ path: path as string, as: "backup" })),
  ];
}
