import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type ActionHost,
  type AdapterEvent,
  BmrError,
  kinds,
  type LeftOut,
  missingTools,
  readLastSet,
  runBackup,
  scan,
  takeLock,
} from "@bmr/core";
import type { ChosenAdapter } from "../adapters.js";
import { adapterContext, composePlan } from "../compose.js";
import { EXIT } from "../exit.js";
import { heldBack, reasonsToHoldBack } from "../held-back.js";
import type { Io } from "../io.js";
import { type SetChoice, writeSet } from "../recovery-set.js";
import { refuseRescueSystem } from "../refuse-rescue-system.js";
import { interruptions } from "../signals.js";
import { hasLoss } from "./scan.js";

/** What `bmr backup` was asked. */
export interface BackupRequest {
  readonly chosen: ChosenAdapter;
  /** The recovery set, which is scanned anew and goes into the backup. */
  readonly set: SetChoice;
  readonly signingKey: string | undefined;
  /** The backup is taken though something was lost, or is damaged. */
  readonly acceptLoss: boolean;
  /** A directory on a disk, with room for a list of all files. */
  readonly work: string;
}

/**
 * Scans anew, writes the recovery set, and has the adapter back up all files, the set among them. Where something of the
 * server is lost or damaged, no set is written and no medium touched.
 */
export async function backupCommand(io: Io, host: ActionHost, request: BackupRequest): Promise<number> {
  const { adapter, options } = request.chosen;
  const { directory } = request.set;
  const last = await readLastSet(directory);
  await refuseRescueSystem(host, last.is === "read" ? last.set.layout : undefined);
  await checkTools(host, request.chosen);
  const lock = await takeLock();
  const { stop, kill, release } = interruptions(io);
  const workDirectory = await mkdtemp(join(request.work, "bmr-backup-"));
  try {
    const startedAt = new Date().toISOString();
    const { layout } = await scan(host, { kinds });
    const composed = composePlan(layout, request.chosen, directory);
    const reasons = request.acceptLoss ? [] : await reasonsToHoldBack(io, request.set, layout);
    if (reasons.length > 0) throw heldBack(directory, reasons, "No backup is taken");
    await writeSet(directory, layout, composed, { host, key: request.signingKey });
    const context = adapterContext(layout, request.chosen, directory, [ownFiles(workDirectory)]);
    const report = await runBackup(
      adapter,
      { ...context, root: "/", workDirectory, startedAt },
      { host, onEvent: tellEvent(io), signal: AbortSignal.any([stop, kill]) },
    );
    for (const task of report.tasks) {
      for (const reason of task.judgement.reasons) {
        io.say(`${reason.verdict}: ${reason.message}${reason.remedy ? ` -> ${reason.remedy}` : ""}`);
      }
    }
    if (report.verdict !== "ok" && report.verdict !== "warnings")
      throw failed(adapter.title, report.tasks.at(-1)?.task.id);
    io.say(`backed up with ${adapter.title}: ${report.verdict}`);
    for (const remark of adapter.bootstrap({ ...context, options }).remarks) io.say(`  ${remark}`);
    return hasLoss(composed.plan.findings) ? EXIT.findings : EXIT.done;
  } finally {
    release();
    await rm(workDirectory, { recursive: true, force: true });
    await lock.release();
  }
}

function ownFiles(path: string): LeftOut {
  return { path, contentsOnly: false, why: "the backup's own lists" };
}

async function checkTools(
  host: Parameters<typeof missingTools>[0],
  { adapter, options }: ChosenAdapter,
): Promise<void> {
  const needed = adapter.requiredTools(options, "backup").map((tool) => ({ ...tool, where: "rescue" as const }));
  const missing = await missingTools(host, needed);
  if (missing.length === 0) return;
  const list = missing.map(
    ({ tool, option, package: name }) => `${tool}${option ? ` ${option}` : ""} (Debian: ${name})`,
  );
  throw new BmrError("tool-missing", `${adapter.title} needs ${list.join(", ")}. Nothing was done.`, {
    details: { missing },
  });
}

/** At most one line of progress in ten seconds: a console at 9600 baud must never be what a backup waits for. */
function tellEvent(io: Io): (event: AdapterEvent) => void {
  let last = performance.now();
  return (event) => {
    if (event.is === "message" && event.severity !== "note") io.say(`${event.severity}: ${event.text}`);
    if (event.is === "prompt") io.say(event.text);
    if (event.is !== "progress" || event.bytes === undefined || performance.now() - last < 10_000) return;
    last = performance.now();
    io.say(`  ${Math.round(event.bytes / 1_048_576)} MiB`);
  };
}

function failed(title: string, task: string | undefined): BmrError {
  return new BmrError(
    "backup-failed",
    `the backup with ${title} failed${task ? ` in ${task}` : ""}; it can't be restored`,
    {
      details: { task },
    },
  );
}
