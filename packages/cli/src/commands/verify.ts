import {
  compare,
  kinds,
  type Layout,
  layoutHere,
  type MapFile,
  type ProbeHost,
  planFitter,
  type RecoverySet,
  readRescueFacts,
  rebuiltNodes,
  type Scan,
  scan,
} from "@bmr/core";
import { tellDifferences, tellRemarks } from "../differences.js";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { tellProblems } from "../recovery/preliminaries.js";
import { openSet, recordedLayout, type SetChoice } from "../recovery-set.js";

/** What `bmr verify` was asked. */
export interface VerifyRequest {
  readonly set: SetChoice;
  readonly json: boolean;
  readonly when: "diskinit" | "restore";
  /** Where it was rebuilt onto other disks: the same as the recovery was given. */
  readonly mapping: MapFile;
  readonly resize: boolean;
}

/**
 * Compares this machine with a recovery set, by the kinds' tables of fields. Exit 3 where something differs that the
 * set doesn't say beforehand.
 */
export async function verifyCommand(io: Io, host: ProbeHost, request: VerifyRequest): Promise<number> {
  const set = await openSet(io, request.set);
  const found = await scan(host, { kinds });
  const recorded = isOntoOthers(request) ? await recordedHere(io, host, request, set, found) : recordedLayout(set);
  if (recorded === undefined) return EXIT.refused;
  const differences = compare(recorded, found.layout, kinds, { when: request.when, scope: rebuiltNodes(recorded) });
  const counted = tellDifferences(io, differences, request.json);
  tellRemarks(io, counted, found.layout);
  if (counted.length > 0) return EXIT.findings;
  io.say(`nothing differs from the recovery set ${request.set.directory}`);
  return EXIT.done;
}

function isOntoOthers({ mapping, resize }: VerifyRequest): boolean {
  return resize || mapping.entries.length > 0 || mapping.problems.length > 0;
}

/** The recorded layout as it was to be on the disks that took the places of the recorded ones. */
async function recordedHere(
  io: Io,
  host: ProbeHost,
  { mapping, resize }: VerifyRequest,
  set: RecoverySet,
  { layout, facts }: Scan,
): Promise<Layout | undefined> {
  const here = await readRescueFacts(host, { layout, inventory: facts.inventory, keep: [], kinds });
  const fit = planFitter({ layout: recordedLayout(set), plan: set.plan }, kinds, { resize });
  const answer = layoutHere(set.plan, here, { mapping: mapping.entries, fit });
  const problems = [...mapping.problems, ...(answer.is === "refused" ? answer.problems : [])];
  if (answer.is === "known" && problems.length === 0) return answer.layout;
  tellProblems(io, problems);
  return undefined;
}
