import type { Identity } from "../layout/identity.js";
import type { NodeId } from "../layout/ids.js";
import { digest } from "../plan/build.js";
import type { Plan } from "../plan/plan.js";
import type { Step } from "../plan/step.js";
import type { BoundBy, VolumeMatch } from "./bind-disks.js";
import type { Locator } from "./locators.js";
import type { ExistingPolicy, Mode } from "./mode.js";
import type { Renaming } from "./renaming.js";
import type { Seal } from "./seal.js";

/** What planned arguments are filled in with. */
export interface Surroundings {
  /** Where each node's device is here; not every node of the layout has one. */
  readonly devices: ReadonlyMap<NodeId, Locator>;
  /** The directory that the server's file tree is mounted below, without links in it: `/mnt/a`. */
  readonly target: string;
  /** The directory of the recovery set. */
  readonly setDirectory: string;
  /** The choices of the day; each one is checked against its pattern. */
  readonly params: Readonly<Record<string, string>>;
  /** What disks are called here; absent: what they were called. */
  readonly renaming?: Renaming | undefined;
}

/** A recorded disk that was found here. */
export interface BoundDisk {
  /** Its recorded id. */
  readonly node: NodeId;
  /** What it was called on the recorded machine. */
  readonly recordedName: string;
  /** Its id in the rescue system's own layout: another one where the disk was replaced. */
  readonly here: NodeId;
  /** The kernel name. */
  readonly device: string;
  readonly path: string;
  readonly by: BoundBy;
  readonly volume: VolumeMatch;
  readonly identities: readonly Identity[];
  readonly bytes: number;
  readonly seal: Seal;
  /** What is on it, one line each for people; empty when nothing is. */
  readonly holds: readonly string[];
  /** The steps of this mode erase it, and that was allowed by this policy; null: they don't. */
  readonly erasedUnder: ExistingPolicy | null;
  /** What stays the same of it from boot to boot, in one text: goes into the digests of the journal. */
  readonly key: string;
}

/** A plan whose every disk was found, and whose every choice was made: it can be run here and now. */
export interface BoundPlan extends Surroundings {
  readonly plan: Plan;
  readonly planDigest: string;
  readonly mode: Mode;
  readonly disks: readonly BoundDisk[];
  /**
   * What has to be done first to disks that hold something: what the rescue system made of it is let go of, and the
   * signatures in old partitions are erased, so that nothing wakes up again in the new ones.
   */
  readonly preparation: readonly Step[];
}

/** What must stay the same between a run and one that goes on with it: plan, disks. */
export function bindingDigest(bound: Pick<BoundPlan, "planDigest" | "disks">): string {
  return digest([bound.planDigest, bound.disks.map((disk) => [disk.node, disk.key])]);
}

/** A disk's identity from boot to boot: of its volume, else of its place, else no more than its name; and its size. */
export function diskKey(identities: readonly Identity[], device: string, bytes: number): string {
  const volume = identities.filter((identity) => identity.strength === "volume");
  const used = volume.length > 0 ? volume : identities.filter((identity) => identity.strength === "place");
  const names = used.map((identity) => `${identity.type}=${identity.value}`).sort();
  return [...(names.length > 0 ? names : [`name=${device}`]), `bytes=${bytes}`].join(" ");
}
