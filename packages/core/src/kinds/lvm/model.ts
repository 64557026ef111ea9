import type { Draft } from "../../layout/draft.js";
import { groupBy } from "../../layout/group-by.js";
import { type NodeId, nodeId } from "../../layout/ids.js";
import { type PvPlace, pvPlace } from "./devices.js";
import type { LvFacts, PvFacts, VgFacts } from "./facts.js";
import type { LvmFacts } from "./probe.js";
import { restorable } from "./restorable.js";
import { whyGroupNotRebuilt, whyVolumeNotRebuilt } from "./rules.js";

/** A group with all that belongs to it. */
export interface GroupModel {
  readonly id: NodeId;
  readonly facts: VgFacts;
  readonly pvs: readonly { readonly facts: PvFacts; readonly place: PvPlace | undefined }[];
  readonly volumes: readonly VolumeModel[];
  /** Why it can't be rebuilt; undefined where it can. */
  readonly why: string | undefined;
  /** What vgcfgrestore gets; null where there is none. */
  readonly backup: string | null;
}

/** A volume of a group, that isn't a part of another one. */
export interface VolumeModel {
  readonly id: NodeId;
  readonly facts: LvFacts;
  /** Why it can't be rebuilt, even where its group can; undefined where it can. */
  readonly why: string | undefined;
}

/** Joins what LVM says to groups. Pure. */
export function groupModels(facts: LvmFacts, draft: Draft): GroupModel[] {
  const twins = groupBy(facts.vgs, ({ name }) => name);
  const pvs = groupBy(facts.pvs, ({ group }) => group);
  const lvs = groupBy(facts.lvs, ({ group }) => group);
  return facts.vgs.map((vg) => {
    const own = { vg, pvs: pvs.get(vg.uuid) ?? [], lvs: lvs.get(vg.uuid) ?? [] };
    return groupModel(facts, own, (twins.get(vg.name)?.length ?? 0) > 1, draft);
  });
}

interface OwnFacts {
  readonly vg: VgFacts;
  readonly pvs: readonly PvFacts[];
  readonly lvs: readonly LvFacts[];
}

function groupModel(facts: LvmFacts, { vg, ...its }: OwnFacts, isTwin: boolean, draft: Draft): GroupModel {
  const own = its.pvs.filter((pv) => pv.state !== "duplicate");
  const pvs = own.map((pv) => ({ facts: pv, place: pv.device === null ? undefined : pvPlace(draft, pv.device) }));
  const devices = new Set(own.flatMap(({ device }) => device ?? []));
  const parts = isTwin ? [vg.name, vg.uuid] : [vg.name];
  const volumes = its.lvs
    .filter((lv) => !lv.hidden)
    .map((lv) => ({ id: nodeId("lv", ...parts, lv.name), facts: lv, why: whyVolumeNotRebuilt(lv, devices) }));
  const common = { id: nodeId("vg", ...parts), facts: vg, pvs, volumes };
  const why = isTwin ? "another group has the same name" : (whyGroupNotRebuilt(vg, own) ?? unplaced(pvs));
  if (why !== undefined) return { ...common, why, backup: null };
  return { ...common, ...backupOf(facts, common) };
}

function unplaced(pvs: GroupModel["pvs"]): string | undefined {
  const found = pvs.find(({ place }) => place === undefined);
  return found && `its physical volume ${found.facts.device} is on a device that isn't restored`;
}

const made = new WeakMap<LvmFacts, Map<string, ReturnType<typeof restorable>>>();

/** The groups are joined once for the nodes and once for their contents. */
function restorableOnce(facts: LvmFacts, text: string, group: { name: string; uuid: string }, keep: readonly string[]) {
  const ofFacts = made.get(facts) ?? new Map<string, ReturnType<typeof restorable>>();
  made.set(facts, ofFacts);
  const key = [group.name, group.uuid, ...keep].join(" ");
  const before = ofFacts.get(key);
  if (before !== undefined) return before;
  const answer = restorable(text, group, new Set(keep));
  ofFacts.set(key, answer);
  return answer;
}

/** The metadata without the volumes that can't be rebuilt; it has to agree with what the reports say. */
function backupOf(facts: LvmFacts, group: Omit<GroupModel, "why" | "backup">): Pick<GroupModel, "why" | "backup"> {
  const { name, uuid } = group.facts;
  const text = facts.backups.get(name);
  if (text === undefined) return { why: "vgcfgbackup wrote nothing of it", backup: null };
  if (text.is === "unknown") return { why: text.failure.message, backup: null };
  const keep = group.volumes.filter(({ why }) => why === undefined).map((volume) => volume.facts.uuid);
  const made = restorableOnce(facts, text.facts, { name, uuid }, keep);
  if (made.is === "unknown") return { why: made.failure.message, backup: null };
  const wanted = [...made.facts.pvs].sort().join(" ");
  const found = group.pvs.map((pv) => pv.facts.uuid).sort();
  if (wanted === found.join(" ")) return { why: undefined, backup: made.facts.text };
  return {
    why: `vgcfgbackup and pvs disagree on its physical volumes: ${wanted}, and ${found.join(" ")}`,
    backup: null,
  };
}
