import { BmrError } from "../error.js";
import { mayGoOn, worst } from "../plan/judge.js";
import type { Verdict } from "../plan/step.js";
import type { BackupAdapter, BackupContext } from "./adapter.js";
import { runTask, type TaskReport, type TaskSurroundings } from "./run-task.js";

/** How a backup ended. */
export interface BackupReport {
  /** `ok` and `warnings`: the backup is complete and can be restored. */
  readonly verdict: Verdict;
  /** The tasks that were run, in order; the last one is the one that failed, where one did. */
  readonly tasks: readonly TaskReport[];
}

/**
 * Runs a backup, task by task; the first one that doesn't end well ends it. Whether this machine may be backed up now
 * is asked before, by the caller.
 *
 * @throws BmrError `adapter-invalid` for an adapter that can't back up
 */
export async function runBackup<Options>(
  adapter: BackupAdapter<Options>,
  context: BackupContext<Options>,
  surroundings: Omit<TaskSurroundings, "adapter" | "bind">,
): Promise<BackupReport> {
  if (adapter.planBackup === undefined) {
    throw new BmrError(
      "adapter-invalid",
      `the adapter ${adapter.name} runs no backups: its product does that by itself`,
    );
  }
  const tasks: TaskReport[] = [];
  for (const task of adapter.planBackup(context)) {
    const report = await runTask(task, { ...surroundings, adapter });
    tasks.push(report);
    if (!mayGoOn(report.judgement)) break;
  }
  return { verdict: worst(tasks.map((task) => task.judgement.verdict)), tasks };
}
