import { BmrError, type Layout, memoryBelow, type ProbeHost, readMachine } from "@bmr/core";

/**
 * A backup that is taken in a rescue system would replace the server's last good one by the rescue system's files.
 * Refused where the root is in memory or a live image, and on another machine than the recorded one.
 *
 * @throws BmrError `guard-refused`
 */
export async function refuseRescueSystem(host: ProbeHost, recorded: Layout | undefined): Promise<void> {
  const memory = await memoryBelow(host, "/");
  if (memory !== null) {
    throw refusal(`its root is in memory (${memory}): this is a rescue or live system, not the server`);
  }
  if (recorded === undefined) return;
  const machine = await readMachine(host);
  const known = recorded.machine.places;
  if (known.length === 0 || machine.places.length === 0 || machine.places.some((place) => known.includes(place)))
    return;
  throw refusal(
    `the recovery set was recorded on another machine (${recorded.machine.hostname}, ${known.join(", ")}); if the server has moved here for good, move the set away first`,
  );
}

function refusal(why: string): BmrError {
  return new BmrError("guard-refused", `no backup is taken here: ${why}. Nothing was done.`);
}
