import { drift, kinds, type ProbeHost, scan } from "@bmr/core";
import { tellDifferences } from "../differences.js";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { openSet, type SetChoice } from "../recovery-set.js";
import { openScanHost } from "../scan-host.js";

/** What `bmr check` was asked. */
export interface CheckRequest {
  readonly set: SetChoice;
  readonly evidence: string | undefined;
  readonly json: boolean;
}

/** Compares the healthy server with its recovery set. Exit 3 where a restore from it would no longer give this server. */
export async function checkCommand(io: Io, machine: ProbeHost, request: CheckRequest): Promise<number> {
  const { layout: recorded, manifest } = await openSet(io, request.set);
  const { host } = await openScanHost(machine, { evidence: request.evidence });
  const { layout: now } = await scan(host, { kinds });
  const counted = tellDifferences(io, drift(recorded, now, kinds), request.json);
  if (counted.length === 0) return EXIT.done;
  io.say(
    `the server is not what the recovery set of ${manifest.time} holds: bmr backup, or bmr scan --out, writes it anew`,
  );
  return EXIT.findings;
}
