import {
  type ActionHost,
  activate,
  BmrError,
  type BoundPlan,
  begunDisks,
  canonicalPath,
  execute,
  type FittedResolution,
  type Journal,
  type KeptPath,
  keepLog,
  kinds,
  letGoSteps,
  localActionHost,
  planFitter,
  type RecoverySet,
  type RunReport,
  readJournal,
  readRescueFacts,
  recover,
  resolveFitted,
  type Step,
  type StepId,
  type StepReport,
  scan,
  stepsToRun,
  takeLock,
} from "@bmr/core";
import { EXIT, exitOf } from "../exit.js";
import { askYes, type Io } from "../io.js";
import { tellReport } from "../progress.js";
import { checkNames, chosenSteps } from "../recovery/chosen-steps.js";
import { confirmErasure } from "../recovery/confirm-erasure.js";
import { listSteps } from "../recovery/list-steps.js";
import { checkFindings, checkTools, tellProblems, warnOfMemory } from "../recovery/preliminaries.js";
import { printDryRun } from "../recovery/print-dry-run.js";
import { openRecords, type RunRecords } from "../recovery/run-records.js";
import { tellFit } from "../recovery/tell-fit.js";
import { verifyRebuilt } from "../recovery/verify-rebuilt.js";
import { sayWhatComes } from "../recovery/what-comes.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { openSet } from "../recovery-set.js";
import { interruptions } from "../signals.js";

/** Runs one of the recovery modes: says what it will do, asks, activates, resolves, confirms, and only then acts. */
export async function recoveryCommand(io: Io, request: RecoveryRequest): Promise<number> {
  const set = await openSet(io, { directory: request.set, trust: request.trust });
  const host = localActionHost();
  checkNames(set.plan, request);
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

/** Prints the steps of the plan, and what became of them. */
export async function listStepsCommand(io: Io, request: RecoveryRequest, json: boolean): Promise<number> {
  const { plan } = await openSet(io, { directory: request.set, trust: request.trust });
  return listSteps(io, plan, await readJournal(request.journal), json);
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
  const binding = await bind(io, work, records);
  if (binding === undefined) return EXIT.refused;
  return await printDryRun(io, binding.bound, work.host, { request: work.request, records });
}

async function act(io: Io, work: Work): Promise<number> {
  const { request, set, host } = work;
  sayWhatComes(io, set.plan, request);
  if (!request.yes && request.confirm === undefined) await askYes(io, `Go on with ${request.mode}?`, "--yes");
  const { stop, kill, release } = interruptions(io);
  const records = await openRecords(io, set.plan, request);
  const { journal, onEvent } = records;
  try {
    await warnOfMemory(io, host, request.journal);
    const activated = activates(request)
      ? stepsDone(await activate(set.plan, host, { ...places(work), params: request.params, onEvent, stop }))
      : stepsDone([]);
    const binding = await bind(io, work, journal.records);
    if (binding === undefined) return EXIT.refused;
    const { bound } = binding;
    const steps = request.mode === "umount" ? await letGoSteps(bound, host) : stepsToRun(bound);
    const chosen = chosenSteps(bound, steps, request);
    const confirmation = await confirmErasure(io, bound, request.confirm);
    records.teller.expect(steps);
    const { anew, jobs } = request;
    const options = { journal, anew, jobs, confirmation, ...chosen, activated, onEvent, stop, kill };
    const report = await runMode(io, work, { binding, steps, options, records });
    tellReport(io, report, records.tally, records.elapsed());
    return exitOfReport(report);
  } finally {
    release();
    await records.close();
  }
}

/** What needn't be done again in the same run. */
function stepsDone(reports: readonly StepReport[]): ReadonlySet<StepId> {
  return new Set(reports.filter(({ is }) => is === "done").map(({ step }) => step));
}

type RunOptions = Parameters<typeof execute>[3];

/** A run that is about to begin. */
interface Prepared {
  readonly binding: Binding;
  readonly steps: readonly Step[];
  readonly options: RunOptions;
  readonly records: RunRecords;
}

async function runMode(io: Io, work: Work, prepared: Prepared): Promise<RunReport> {
  const { request, set, host } = work;
  const { steps, options, records } = prepared;
  const { bound, layout } = prepared.binding;
  const verify = async () => await verifyRebuilt(io, host, { ...set, layout }, bound);
  switch (request.mode) {
    case "recover": {
      const report = await recover(bound, host, { ...options, verify });
      if (report.is !== "done") return report;
      await keepLogInside(io, work, records);
      return await letGo(bound, host, options, report);
    }
    case "diskinit": {
      const report = await execute(bound, steps, host, options);
      if (report.is !== "done") return report;
      const verification = await verify();
      return verification.is === "same"
        ? report
        : { ...report, is: "failed", error: differs(verification.differences) };
    }
    default: {
      const report = await execute(bound, steps, host, options);
      const restores = request.mode === "restore" || request.mode === "boot";
      if (report.is === "done" && restores) await keepLogInside(io, work, records);
      return report;
    }
  }
}

/** The restored system knows how it was restored. That it doesn't is no reason to call the restore a failure. */
async function keepLogInside(io: Io, { request, host }: Work, { log, began }: RunRecords): Promise<void> {
  const stamp = began.toISOString().replace(/[-:]|\.\d+/g, "");
  try {
    const kept = await keepLog(host, log.path, request.target, `${request.mode}-${stamp}.log`);
    log.say(`up to here, this log is ${kept} of the restored system`);
    io.say(`the log is in the restored system too: ${kept}`);
  } catch (error) {
    if (!(error instanceof BmrError)) throw error;
    io.say(`the log isn't in the restored system: ${error.message}`);
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

/** A bound plan, and the layout that it rebuilds on these disks. */
type Binding = Extract<FittedResolution, { is: "bound" }>;

/** Probes the rescue system and binds every disk, or lists all problems; says what becomes of what on disks of other sizes. */
async function bind(io: Io, work: Work, records: Journal["records"]): Promise<Binding | undefined> {
  const { request, set, host } = work;
  const { layout, facts } = await scan(host, { kinds });
  const rescue = await readRescueFacts(host, {
    layout,
    inventory: facts.inventory,
    keep: await keptPaths(work),
    lookForRawData: usesRequireEmpty(request),
  });
  const resolution = resolveFitted(set.plan, rescue, {
    ...(await canonicalPlaces(work)),
    mode: request.mode,
    fit: planFitter(set, kinds, { resize: request.resize }),
    mapping: request.mapping.entries,
    problems: request.mapping.problems,
    existing: request.existing,
    params: request.params,
    begun: request.anew ? undefined : begunDisks(records, set.plan),
  });
  if (resolution.is === "bound") {
    tellFit(io, resolution.changes);
    return resolution;
  }
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
