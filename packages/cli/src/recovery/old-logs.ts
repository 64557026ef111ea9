import { join } from "node:path";
import { type BoundPlan, bindingDigest, confirmationWord, erasuresOf, historyOf, saveOldLogs } from "@bmr/core";
import type { Io } from "../io.js";
import type { Work } from "./bind-plan.js";
import type { RunRecords } from "./run-records.js";

/**
 * Before the disks are erased: saves the old server's logs where that was asked for, or offers it to who can answer.
 *
 * @throws BmrError as `saveOldLogs` does: logs that were to be saved aren't erased because they couldn't be
 */
export async function offerOldLogs(
  io: Io,
  work: Work,
  { bound, confirmation }: { readonly bound: BoundPlan; readonly confirmation: string | undefined },
  records: RunRecords,
): Promise<void> {
  if (confirmation?.trim() !== confirmationWord(bound.plan)) return;
  const directory = await directoryFor(io, work, bound, records);
  if (directory === undefined) return;
  const { host, set } = work;
  await saveOldLogs({ bound, layout: set.layout, host, directory, onEvent: records.onEvent });
  io.say(`the old server's logs are saved in ${directory}`);
}

async function directoryFor(io: Io, { request }: Work, bound: BoundPlan, records: RunRecords) {
  const asked = request.saveOldLogs;
  if (!erasuresOf(bound).some(({ holds }) => holds.length > 0)) return undefined;
  const isBegun = !request.anew && historyOf(records.journal.records, bindingDigest(bound)).size > 0;
  if (isBegun && asked !== undefined) io.say("the old logs aren't there any more: an earlier run has begun to erase");
  if (isBegun || asked !== undefined) return isBegun ? undefined : asked;
  if (request.yes) return undefined;
  const directory = join(request.journal, "old-logs");
  const answer = await io.ask(`Save first what can be read of the old server's /var/log, to ${directory}? [yes/no] `);
  return answer?.trim().toLowerCase() === "yes" ? directory : undefined;
}
