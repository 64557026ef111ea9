import {
  createTally,
  type Journal,
  openJournal,
  openRunLog,
  type Plan,
  type RunListener,
  type RunLog,
  stepLabels,
  type Tally,
} from "@bmr/core";
import type { Io } from "../io.js";
import { type Teller, tellProgress } from "../progress.js";
import type { RecoveryRequest } from "../recovery-request.js";
import { VERSION } from "../version.js";

/** All that a run leaves behind of itself, and tells of itself as it goes. */
export interface RunRecords {
  readonly journal: Journal;
  readonly log: RunLog;
  readonly tally: Tally;
  readonly teller: Teller;
  readonly onEvent: RunListener;
  /** When the run began, by the system's clock, which may be wrong. */
  readonly began: Date;
  /** Seconds since then, by a clock that nobody sets. */
  elapsed(): number;
  close(): Promise<void>;
}

/**
 * Opens journal and log, and says where they are.
 *
 * @throws BmrError `journal-invalid`
 */
export async function openRecords(io: Io, plan: Plan, request: RecoveryRequest): Promise<RunRecords> {
  const tally = createTally();
  const label = stepLabels(plan);
  const journal = await openJournal(request.journal);
  const log = openRunLog(request.journal, label, tally);
  const teller = tellProgress(io, { label, tally, verbose: request.verbose });
  const began = new Date();
  const start = performance.now();
  log.say(`bmr ${VERSION} begins ${request.mode} of ${plan.machine.hostname}, process ${process.pid}`);
  io.say(`the log is ${log.path}; tail -f follows it from another login`);
  return {
    journal,
    log,
    tally,
    teller,
    began,
    elapsed: () => (performance.now() - start) / 1000,
    onEvent: (event) => {
      tally.listen(event);
      log.listen(event);
      teller.listen(event);
    },
    close: async () => {
      log.close();
      await journal.close();
    },
  };
}
