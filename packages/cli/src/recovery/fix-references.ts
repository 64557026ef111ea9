import { type BoundPlan, FIX_REFERENCES, stepsToRun } from "@bmr/core";
import { fold } from "../fold.js";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";

/**
 * Where disks aren't called any more what they were called: says so, and asks whether the restored system's files are
 * to be written anew, unless a flag has said it. What changes is shown when the files are there.
 */
export async function wantsReferencesFixed(io: Io, request: RecoveryRequest, bound: BoundPlan): Promise<boolean> {
  const { pairs = [], open = [] } = bound.renaming?.renames ?? {};
  const isOpen = request.params[FIX_REFERENCES] === undefined && bound.params[FIX_REFERENCES] !== undefined;
  const seesReferences = stepsToRun(bound).some((step) => step.when?.param === FIX_REFERENCES);
  if (pairs.length + open.length === 0 || !isOpen || !seesReferences) return false;
  io.say(fold("Some disks are called otherwise here than they were: WWIDs, serial numbers, paths.", 2));
  const question = "Write their names of today into fstab and all that names them, once it is restored? [yes/no] ";
  const answer = request.dryRun ? undefined : await io.ask(question);
  if (answer?.trim().toLowerCase() === "yes") return true;
  io.say(
    fold(
      "Files that name them stay as they are; where the server wouldn't boot so, the run stops before initramfs and boot loader. --fix-references answers this.",
      2,
    ),
  );
  return false;
}
