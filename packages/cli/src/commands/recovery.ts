import {
  type ActionHost,
  activate,
  BmrError,
  type BoundPlan,
  execute,
  keepLog,
  localActionHost,
  type RescueFacts,
  type RunReport,
  readJournal,
  recover,
  type Step,
  type StepId,
  stepsToRun,
  takeLock,
} from "@bmr/core";
import { EXIT, exitOf } from "../exit.js";
import { askYes, type Io } from "../io.js";
import { tellReport } from "../progress.js";
import { type Binding, bindPlan, lookAround, type Work } from "../recovery/bind-plan.js";
import { checkNames, chosenSteps } from "../recovery/chosen-steps.js";
import { confirmErasure } from "../recovery/confirm-erasure.js";
import { listSteps } from "../recovery/list-steps.js";
import {
  lettingGo,
  makeWay,
  stepsThatMakeWay,
  stopHoldingOff,
  type RunOptions as UnboundRun,
  unboundOptions,
  withMappedNames,
} from "../recovery/make-way.js";
import { offerOldLogs } from "../recovery/old-logs.js";
import { checkFindings, checkTools, warnOfClock, warnOfMemory } from "../recovery/preliminaries.js";
import { printDryRun, printUnbound } from "../recovery/print-dry-run.js";
import { openRecords, type RunRecords } from "../recovery/run-records.js";
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

/** Prints what the run would do, by the same code, and changes nothing: not even the activation is done. */
async function rehearse(io: Io, work: Work): Promise<number> {
  const { request, host, set } = work;
  const records = await readJournal(request.journal);
  const first = activates(request) ? await stepsThatMakeWay(work) : [];
  await printUnbound(io, set.plan, host, first, unboundOptions(work));
  const binding = await bindPlan(io, work, await lookAround(work), records);
  if (binding === undefined) {
    if (first.length > 1) io.say("a dry run does none of the above: what these steps make appear isn't there yet");
    return EXIT.refused;
  }
  return await printDryRun(io, binding.bound, host, { request, records });
}

async function act(io: Io, work: Work): Promise<number> {
  const { request, set, host } = work;
  sayWhatComes(io, set.plan, request);
  if (!request.yes && request.confirm === undefined) await askYes(io, `Go on with ${request.mode}?`, "--yes");
  const { stop, kill, release } = interruptions(io);
  const records = await openRecords(io, set.plan, request);
  const { journal, onEvent } = records;
  try {
    warnOfClock(io, set.manifest.time);
    await warnOfMemory(io, host, request.journal);
    const unbound = { ...unboundOptions(work), onEvent, stop };
    const { activated, before } = await activateFirst(io, work, unbound);
    const binding = await bindPlan(io, work, { ...(await lookAround(work)), before }, journal.records);
    if (binding === undefined) {
      await stopHoldingOff(work, unbound);
      return EXIT.refused;
    }
    const { bound } = binding;
    const steps = request.mode === "umount" ? await lettingGo(bound, host) : stepsToRun(bound);
    const chosen = chosenSteps(bound, steps, request);
    const confirmation = await confirmErasure(io, bound, request.confirm);
    await offerOldLogs(io, work, { bound, confirmation }, records);
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

/** What was done before any disk was bound. */
interface Activation {
  /** What needn't be done again in the same run. */
  readonly activated: ReadonlySet<StepId>;
  readonly before: RescueFacts | undefined;
}

/** Makes the disks appear, for a mode that needs them. */
async function activateFirst(io: Io, work: Work, options: UnboundRun): Promise<Activation> {
  if (!activates(work.request)) return { activated: new Set(), before: undefined };
  const before = await makeWay(io, work, options);
  const reports = await activate(work.set.plan, work.host, await withMappedNames(work, options));
  return { activated: new Set(reports.filter(({ is }) => is === "done").map(({ step }) => step)), before };
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
  const report = await execute(bound, await lettingGo(bound, host), host, { ...options, anew: false });
  return { ...report, steps: [...before.steps, ...report.steps], disks: before.disks };
}

function differs(differences: readonly string[]): BmrError {
  return new BmrError("check-failed", `the rebuilt disks differ from the recorded ones: ${differences.join("; ")}`, {
    details: { differences },
  });
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
