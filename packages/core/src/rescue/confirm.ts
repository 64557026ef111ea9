import { BmrError } from "../error.js";
import type { Identity } from "../layout/identity.js";
import type { NodeId } from "../layout/ids.js";
import type { Plan } from "../plan/plan.js";
import type { Step } from "../plan/step.js";
import type { BoundBy, VolumeMatch } from "./bind-disks.js";
import type { BoundPlan } from "./bound-plan.js";

/** A disk that is about to be erased, as it is shown to the operator. */
export interface Erasure {
  readonly node: NodeId;
  /** What it was called on the recorded machine. */
  readonly recordedName: string;
  /** Its path here. */
  readonly path: string;
  readonly by: BoundBy;
  readonly volume: VolumeMatch;
  readonly identities: readonly Identity[];
  readonly bytes: number;
  /** As the disk says it; null where it doesn't. */
  readonly model: string | null;
  /** The unit's serial number; null where it doesn't tell. */
  readonly serial: string | null;
  /** What names the volume, `wwid 3600…`; empty where nothing does. */
  readonly volumes: readonly string[];
  /** What is on it now and will be gone; empty when nothing is. */
  readonly holds: readonly string[];
}

/** All disks that the run may erase. */
export function erasuresOf(bound: BoundPlan): readonly Erasure[] {
  return bound.disks
    .filter((disk) => disk.erasedUnder !== null)
    .map(({ node, recordedName, path, by, volume, identities, bytes, holds }) => {
      const hint = (type: string) =>
        identities.find((identity) => identity.strength === "hint" && identity.type === type)?.value ?? null;
      const volumes = identities
        .filter(({ strength }) => strength === "volume")
        .map(({ type, value }) => `${type} ${value}`);
      const told = { model: hint("model"), serial: hint("serial"), volumes };
      return { node, recordedName, path, by, volume, identities, bytes, ...told, holds };
    });
}

/** What has to be typed before disks are erased: the recorded host's name, so that nobody erases the wrong server's. */
export function confirmationWord(plan: Plan): string {
  return plan.machine.hostname === "" ? "erase" : plan.machine.hostname;
}

/**
 * Lets only a confirmed run pass where a step destroys. No time limit and no `--yes` stands for the word.
 *
 * @throws BmrError `confirmation-missing`
 */
export function refuseUnconfirmed(bound: BoundPlan, steps: readonly Step[], typed: string | undefined): void {
  const word = confirmationWord(bound.plan);
  if (typed?.trim() === word || steps.every((step) => step.destroys.length === 0)) return;
  const disks = erasuresOf(bound).map((erasure) => erasure.path);
  const said = typed === undefined ? "nothing was typed" : `${JSON.stringify(typed)} was typed`;
  throw new BmrError(
    "confirmation-missing",
    `${disks.join(", ")} would be erased, and ${said}; --confirm=${word} allows it`,
    { details: { disks, word } },
  );
}
