import {
  type ActionHost,
  activate,
  BmrError,
  type BoundPlan,
  begunDisks,
  canonicalPath,
  execute,
  type Journal,
  type KeptPath,
  kinds,
  letGoSteps,
  localActionHost,
  openJournal,
  type RecoverySet,
  type RunReport,
  readJournal,
  readRescueFacts,
  recover,
  resolve,
  type StepId,
  type StepReport,
  scan,
  stepsToRun,
  takeLock,
} from "@bmr/core";
import { EXIT, exitOf } from "../exit.js";
import { askYes, type Io } from "../io.js";
import { tellProgress, tellReport } from "../progress.js";
import { confirmErasure } from "../recovery/confirm-erasure.js";
import { checkFindings, checkTools, sayWhatComes, tellProblems, warnOfMemory } from "../recovery/preliminaries.js";
import { printDryRun } from "../recovery/print-dry-run.js";
import { verifyRebuilt } from "../recovery/verify-rebuilt.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { openSet } from "../recovery-set.js";
import { interruptions } from "../signals.js";

/** Runs one of the recovery modes: says what it will do, asks, activates, resolves, confirms, and only then acts. */
export async function recoveryCommand(io: Io, request: RecoveryRequest): Promise<number> {
  const set = await openSet(io, request.set);
  const host = localActionHost();
  checkFindings(set.plan, request);
  await checkTools(host, set.plan, request.mode);
  if (request.dryRun) return await rehearse(io, { request, set, host });
  const lock = await takeLock();
  try {
    return await act(io, { request, set, host });
  } finally {
    await lock.release();
  }
}

/** What a run works with. */
interface Work {
  readonly request: RecoveryRequest;
  readonly set: RecoverySet;
  readonly host: ActionHost;
}

/** Prints what the run would do, by the same code, and changes nothing: not even the activation is done. */
async function rehearse(io: Io, work: Work): Promise<number> {
  const records = await readJournal(work.request.journal);
  const bound = await bind(io, work, records);
  if (bound === undefined) return EXIT.refused;
  return await printDryRun(io, bound, work.host, { request: work.request, records });
}

async function act(io: Io, work: Work): Promise<number> {
  const { request, set, host } = work;
  sayWhatComes(io, set.plan, request);
  if (!request.yes && request.confirm === undefined) await askYes(io, `Go on with ${request.mode}?`, "--yes");
  const { stop, kill, release } = interruptions(io);
  const onEvent = tellProgress(io, request.verbose);
  const journal = await openJournal(request.journal);
  try {
    await warnOfMemory(io, host, request.journal);
    const activated = activates(request)
      ? stepsDone(await activate(set.plan, host, { ...places(work), params: request.params, onEvent, stop }))
      : stepsDone([]);
    const bound = await bind(io, work, journal.records);
    if (bound === undefined) return EXIT.refused;
    const confirmation = await confirmErasure(io, bound, request.confirm);
    const options = {
      journal,
      anew: request.anew,
      confirmation,
      redo: redoSteps(request),
      activated,
      onEvent,
      stop,
      kill,
    };
    const report = await runMode(io, work, bound, options);
    tellReport(io, report);
    return exitOfReport(report);
  } finally {
    release();
    await journal.close();
  }
}

/** What needn't be done again in the same run. */
function stepsDone(reports: readonly StepReport[]): ReadonlySet<StepId> {
  return new Set(reports.filter(({ is }) => is === "done").map(({ step }) => step));
}

type RunOptions = Parameters<typeof execute>[3];

async function runMode(io: Io, work: Work, bound: BoundPlan, options: RunOptions): Promise<RunReport> {
  const { request, set, host } = work;
  const verify = async () => await verifyRebuilt(io, host, set, bound);
  switch (request.mode) {
    case "recover": {
      const report = await recover(bound, host, { ...options, verify });
      return report.is === "done" ? await letGo(bound, host, options, report) : report;
    }
    case "umount":
      return await execute(bound, await letGoSteps(bound, host), host, options);
    case "diskinit": {
      const report = await execute(bound, stepsToRun(bound), host, options);
      if (report.is !== "done") return report;
      const verification = await verify();
      return verification.is === "same"
        ? report
        : { ...report, is: "failed", error: differs(verification.differences) };
    }
    default:
      return await execute(bound, stepsToRun(bound), host, options);
  }
}

/** What `recover` ends with: everything is unmounted, so that the server can boot from its disks. */
async function letGo(bound: BoundPlan, host: ActionHost, options: RunOptions, before: RunReport): Promise<RunReport> {
  const steps = await letGoSteps(bound, host);
  const report = await execute(bound, steps, host, { ...options, anew: false });
  return { ...report, steps: [...before.steps, ...report.steps], disks: before.disks };
}

function differs(differences: readonly string[]): BmrError {
  return new BmrError("check-failed", `the rebuilt disks differ from the recorded ones: ${differences.join("; ")}`, {
    details: { differences },
  });
}

/** Probes the rescue system and binds every disk, or lists all problems. */
async function bind(io: Io, work: Work, records: Journal["records"]): Promise<BoundPlan | undefined> {
  const { request, set, host } = work;
  const { layout, facts } = await scan(host, { kinds });
  const rescue = await readRescueFacts(host, {
    layout,
    inventory: facts.inventory,
    keep: await keptPaths(work),
    lookAtStarts: usesRequireEmpty(request),
  });
  const resolution = resolve(set.plan, rescue, {
    ...(await canonicalPlaces(work)),
    mode: request.mode,
    mapping: request.mapping,
    existing: request.existing,
    params: request.params,
    begun: request.anew ? undefined : begunDisks(records, set.plan),
  });
  if (resolution.is === "bound") return resolution.bound;
  tellProblems(io, resolution.problems);
  return undefined;
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
    ...files.map((path): KeptPath => ({ path: path as string, as: "backup" })),
  ];
}

function places({ request, set }: Work): { readonly target: string; readonly setDirectory: string } {
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

function activates({ mode }: RecoveryRequest): boolean {
  return mode === "diskinit" || mode === "mount" || mode === "recover";
}

function redoSteps(request: RecoveryRequest): NonNullable<RunOptions["redo"]> {
  return request.redo as NonNullable<RunOptions["redo"]>;
}

function exitOfReport(report: RunReport): number {
  switch (report.is) {
    case "done":
      return EXIT.done;
    case "refused":
      return EXIT.refused;
    default:
      return report.error === undefined ? EXIT.failed : exitOf(report.error);
  }
}
