import { compare, kinds, type ProbeHost, rebuiltNodes, scan } from "@bmr/core";
import { tellDifferences } from "../differences.js";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { openSet, recordedLayout, type SetChoice } from "../recovery-set.js";

/** What `bmr verify` was asked. */
export interface VerifyRequest {
  readonly set: SetChoice;
  readonly json: boolean;
  readonly when: "diskinit" | "restore";
}

/**
 * Compares this machine with a recovery set, by the kinds' tables of fields. Exit 3 where something differs that the
 * set doesn't say beforehand.
 */
export async function verifyCommand(io: Io, host: ProbeHost, request: VerifyRequest): Promise<number> {
  const recorded = recordedLayout(await openSet(io, request.set));
  const { layout: now } = await scan(host, { kinds });
  const differences = compare(recorded, now, kinds, { when: request.when, scope: rebuiltNodes(recorded) });
  const counted = tellDifferences(io, differences, request.json);
  if (counted.length > 0) return EXIT.findings;
  io.say(`nothing differs from the recovery set ${request.set.directory}`);
  return EXIT.done;
}
