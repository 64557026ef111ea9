import { compare, kinds, localHost, rebuiltNodes, scan } from "@bmr/core";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { describeDifference } from "../recovery/verify-rebuilt.js";
import { openSet } from "../recovery-set.js";

/** What `bmr verify` was asked. */
export interface VerifyRequest {
  readonly set: string;
  readonly json: boolean;
  readonly when: "diskinit" | "restore";
}

/** Compares this machine with a recovery set, by the kinds' tables of fields. Exit 3 where something differs. */
export async function verifyCommand(io: Io, request: VerifyRequest): Promise<number> {
  const { layout: recorded } = await openSet(io, request.set);
  const { layout: now } = await scan(localHost(), { kinds });
  const differences = compare(recorded, now, kinds, { when: request.when, scope: rebuiltNodes(recorded) });
  if (request.json) io.out(`${JSON.stringify({ schemaVersion: 1, differences }, null, 2)}\n`);
  else for (const difference of differences) io.out(`${describeDifference(difference)}\n`);
  if (differences.length === 0) io.say(`nothing differs from the recovery set ${request.set}`);
  return differences.length === 0 ? EXIT.done : EXIT.findings;
}
