import {
  type BoundPlan,
  type Correspondence,
  compare,
  type Difference,
  kinds,
  type Layout,
  type ProbeHost,
  rebuiltNodes,
  retarget,
  scan,
  type Verification,
} from "@bmr/core";
import type { Io } from "../io.js";

/** Probes the rebuilt disks and compares them with what was recorded, field by field. */
export async function verifyRebuilt(
  io: Io,
  host: ProbeHost,
  { layout }: { readonly layout: Layout },
  bound: BoundPlan,
): Promise<Verification> {
  const correspondence: Correspondence = new Map(bound.disks.map((disk) => [disk.node, disk.here]));
  const recorded = retarget(layout, correspondence);
  const { layout: now } = await scan(host, { kinds });
  const differences = compare(recorded, now, kinds, { when: "diskinit", scope: rebuiltNodes(recorded) });
  if (differences.length === 0) {
    io.say("verified: the rebuilt disks are as they were recorded");
    return { is: "same" };
  }
  return { is: "different", differences: differences.map(describeDifference) };
}

/** A difference on one line. */
export function describeDifference({ subject, field, title, was, is }: Difference): string {
  return `${subject} ${field} (${title}): was ${JSON.stringify(was)}, is ${JSON.stringify(is)}`;
}
