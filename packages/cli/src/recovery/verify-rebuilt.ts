import {
  type BoundPlan,
  type Correspondence,
  compare,
  kinds,
  type ProbeHost,
  type RecoverySet,
  rebuiltNodes,
  retarget,
  scan,
  type Verification,
} from "@bmr/core";
import { describeDifference, tellRemarks } from "../differences.js";
import type { Io } from "../io.js";
import { recordedLayout } from "../recovery-set.js";

/**
 * Probes the rebuilt disks and compares them with what was recorded, field by field. What the scan said beforehand that
 * it won't be as it was is shown, and doesn't count.
 */
export async function verifyRebuilt(
  io: Io,
  host: ProbeHost,
  set: RecoverySet,
  bound: BoundPlan,
): Promise<Verification> {
  const correspondence: Correspondence = new Map(bound.disks.map((disk) => [disk.node, disk.here]));
  const recorded = retarget(recordedLayout(set), correspondence);
  const { layout: now } = await scan(host, { kinds });
  const differences = compare(recorded, now, kinds, { when: "diskinit", scope: rebuiltNodes(recorded) });
  const stated = differences.filter((difference) => difference.stated !== undefined);
  for (const difference of stated) io.say(`as the scan said (${difference.stated}): ${describeDifference(difference)}`);
  const counted = differences.filter((difference) => difference.stated === undefined);
  tellRemarks(io, counted, now);
  if (counted.length > 0) return { is: "different", differences: counted.map(describeDifference) };
  const but = stated.length === 0 ? "" : `, but for ${stated.length} of which the scan said so`;
  io.say(`verified: the rebuilt disks are as they were recorded${but}`);
  return { is: "same" };
}
