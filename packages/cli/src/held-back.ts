import {
  BmrError,
  checkSignature,
  kinds,
  type LastSet,
  type Layout,
  type Loss,
  localActionHost,
  lossesAgainst,
  readLastSet,
  type SetFault,
} from "@bmr/core";
import type { Io } from "./io.js";
import type { SetChoice } from "./recovery-set.js";

/** Why a new scan isn't to take the place of the last set; empty where it may. */
export type Reasons = readonly Loss[];

/**
 * Compares a scan with the last recovery set: what was lost, what is damaged. A last set that can't be read, or isn't
 * signed as it must be, is a reason too, since nobody can tell what was lost.
 */
export async function reasonsToHoldBack(io: Io, { directory, trust }: SetChoice, now: Layout): Promise<Reasons> {
  const last = await readLastSet(directory);
  if (last.is === "unreadable") return [unknownLast(directory, last.faults.map(describeFault).join("; "))];
  if (last.is === "read") {
    for (const fault of last.faults) io.say(describeFault(fault));
    if (last.faults.length > 0) io.say(`the scan is compared with an older set, ${last.set.directory}`);
    const distrust = trust === undefined ? undefined : await whyNotTrusted(last, trust);
    if (distrust !== undefined) return [unknownLast(directory, distrust)];
  }
  return lossesAgainst(last.is === "read" ? last.set.layout : null, now, kinds);
}

function describeFault({ path, message }: SetFault): string {
  return `${path}: ${message}`;
}

async function whyNotTrusted({ set }: Extract<LastSet, { is: "read" }>, trust: string): Promise<string | undefined> {
  try {
    await checkSignature(localActionHost(), set, trust);
    return undefined;
  } catch (error) {
    if (error instanceof BmrError && error.code === "signature-invalid") return error.message;
    throw error;
  }
}

function unknownLast(directory: string, why: string): Loss {
  return {
    what: "configuration",
    subject: directory,
    message: `the last recovery set tells nothing, so nobody knows what may be lost: ${why}`,
  };
}

/** The error that stands for these reasons. */
export function heldBack(directory: string, reasons: Reasons, what: string): BmrError {
  const list = reasons.map(({ message }) => `  ${message}`).join("\n");
  return new BmrError(
    "set-held-back",
    `${what}, and ${directory} stays as it was:\n${list}\nMend it, or say --accept-loss where it is meant to be so.`,
    { details: { set: directory, losses: reasons } },
  );
}
