import type { LvFacts, PvFacts, VgFacts } from "./facts.js";

/** Letters of `lv_attr` (lvs(8)) for volumes that aren't plain, in words. */
const LETTERS: Readonly<Record<string, string>> = {
  s: "a snapshot",
  S: "a snapshot being merged",
  O: "the origin of a snapshot being merged",
  m: "a mirror",
  M: "a mirror",
  r: "RAID",
  R: "RAID",
  t: "a thin pool",
  T: "the data of a thin pool",
  V: "a thin volume",
  C: "cached",
  p: "part of a pvmove under way",
  d: "a VDO pool",
  D: "the data of a VDO pool",
  v: "virtual",
  g: "one with integrity data or a write cache",
};

/** Plain ones, and origins: their data is all their own, a snapshot of it can go. */
const PLAIN_LETTERS = ["-", "o"];
const PLAIN_TYPES = ["linear", "striped"];

/** True for a snapshot. */
export function isSnapshot(volume: LvFacts): boolean {
  return volume.letter === "s" || volume.letter === "S";
}

/**
 * Why a volume can't be rebuilt from its group's metadata alone: everything but linear and striped ones keeps data of
 * its own in other volumes. Undefined where it can.
 *
 * @param devices the devices of the group's physical volumes, as LVM calls them
 */
export function whyVolumeNotRebuilt(volume: LvFacts, devices: ReadonlySet<string>): string | undefined {
  if (!PLAIN_LETTERS.includes(volume.letter))
    return `it is ${LETTERS[volume.letter] ?? `of the kind ${volume.letter}`}`;
  const odd = volume.types.find((type) => !PLAIN_TYPES.includes(type));
  if (odd !== undefined) return `it is of the type ${odd}`;
  if (volume.types.length === 0) return "its type wasn't recorded";
  if (volume.partial) return "some of its extents are on a missing device";
  const ranges = volume.segments?.flatMap((segment) => segment.ranges) ?? [];
  const elsewhere = ranges.find(({ on }) => !devices.has(on));
  return elsewhere === undefined ? undefined : `it stands on ${elsewhere.on}, which is no physical volume of its group`;
}

/** Why a whole group can't be rebuilt, as far as LVM's reports tell; undefined where it can. */
export function whyGroupNotRebuilt(group: VgFacts, pvs: readonly PvFacts[]): string | undefined {
  if (group.format !== null && group.format !== "lvm2") return `its metadata has the old format ${group.format}`;
  if (group.exported) return "it is exported";
  if (group.partial || pvs.some(({ state }) => state === "missing")) return "one of its physical volumes is missing";
  if (group.shared) return "it is shared with other machines";
  if (!/^[A-Za-z0-9._+/-]*$/.test(group.systemId ?? ""))
    return `its system ID ${group.systemId} isn't one that LVM takes`;
  if (pvs.length === 0) return "none of its physical volumes is known";
  return undefined;
}
