import type { Draft } from "../../layout/draft.js";
import { asDetail, KIND, type SegmentDetail, type VolumeDetail } from "./detail.js";
import { pvPlace, volumeDevice } from "./devices.js";
import type { PvFacts } from "./facts.js";
import { reportGroup, reportPv, reportRemarks } from "./findings.js";
import { type GroupModel, groupModels, type VolumeModel } from "./model.js";
import type { LvmFacts } from "./probe.js";

/** The groups and their volumes. A volume that is a part of another one (an image, a pool's data) is no node. */
export function addGroups(facts: LvmFacts, draft: Draft): void {
  for (const group of groupModels(facts, draft)) {
    const { facts: vg, why } = group;
    draft.addGroup({
      id: group.id,
      kind: KIND,
      role: "group",
      name: vg.name,
      ...(why === undefined ? {} : { notRebuilt: why }),
      detail: asDetail({
        uuid: vg.uuid,
        extentBytes: vg.extentBytes,
        extents: vg.extents,
        freeExtents: vg.freeExtents,
        writable: vg.writable,
        resizeable: vg.resizeable,
        allocation: vg.allocation,
        maxVolumes: vg.maxVolumes,
        maxPvs: vg.maxPvs,
        tags: vg.tags,
        metadataCopies: vg.metadataCopies,
        systemId: vg.systemId,
        profile: vg.profile,
        seqno: vg.seqno,
        backup: group.backup,
      }),
    });
    for (const volume of group.volumes) addVolume(group, volume, draft);
  }
}

function addVolume(group: GroupModel, volume: VolumeModel, draft: Draft): void {
  const { facts: lv, why } = volume;
  const device = volumeDevice(draft.inventory, group.facts, lv);
  draft.addBlock(
    {
      id: volume.id,
      kind: KIND,
      role: "volume",
      name: `${group.facts.name}/${lv.name}`,
      ...(why === undefined ? {} : { notRebuilt: why }),
      // a snapshot's own size is that of its copy-on-write space
      bytes: device?.bytes ?? lv.bytes,
      readOnly: lv.readOnly,
      group: group.id,
      detail: asDetail(volumeDetailOf(group, volume)),
    },
    device?.name ?? null,
  );
}

function volumeDetailOf(group: GroupModel, { facts: lv }: VolumeModel): VolumeDetail {
  const uuids = new Map(group.pvs.map(({ facts }) => [facts.device, facts.uuid]));
  // a site can have lvs print its rows in any order (lvm.conf, report/segs_sort)
  const inOrder = lv.segments && [...lv.segments].sort((a, b) => a.startBytes - b.startBytes);
  const segments = inOrder?.map(
    (segment): SegmentDetail => ({
      ...segment,
      ranges: segment.ranges.map((range) => ({ ...range, on: uuids.get(range.on) ?? range.on })),
    }),
  );
  const { uuid, types, allocation, active, skipActivation, tags, readAhead, fixedMinor, profile } = lv;
  const plain = { uuid, types, allocation, active, skipActivation, tags, readAhead, fixedMinor, profile };
  return { ...plain, segments: segments ?? null };
}

/** The physical volumes, their edges to the groups, and what there is to say. */
export function addPvs(facts: LvmFacts, draft: Draft): void {
  const groups = new Map(groupModels(facts, draft).map((group) => [group.facts.uuid, group]));
  for (const pv of facts.pvs) addPv(pv, groups, draft);
  for (const group of groups.values()) reportGroup(group, draft);
  claimInsides([...groups.keys()], draft);
  reportRemarks(facts, draft);
}

function addPv(pv: PvFacts, groups: ReadonlyMap<string, GroupModel>, draft: Draft): void {
  const place = pv.device === null ? undefined : pvPlace(draft, pv.device);
  reportPv(pv, place, draft);
  // without a node its group isn't rebuilt and says so; a duplicate is left to be what blkid sees in it
  if (place === undefined || pv.state === "duplicate") return;
  const group = pv.group === null ? null : groups.get(pv.group)?.id;
  if (group === undefined) {
    const why = `it belongs to a volume group that vgs doesn't show, ${pv.group}`;
    draft.setContent(place.node, { is: "unknown", why });
    return;
  }
  draft.setContent(place.node, {
    is: "pv",
    kind: KIND,
    uuid: pv.uuid,
    group,
    detail: asDetail({
      bytes: pv.bytes,
      extents: pv.extents,
      startBytes: pv.startBytes,
      allocatable: pv.allocatable,
      tags: pv.tags,
      metadataAreas: pv.metadataAreas,
      metadataAreasUsed: pv.metadataAreasUsed,
      metadataBytes: pv.metadataBytes,
      bootAreaStart: pv.bootAreaStart,
      bootAreaBytes: pv.bootAreaBytes,
    }),
  });
  if (group !== null) draft.addEdge({ from: place.node, to: group, as: "pv" });
}

/** Images, pools' data, origins below their snapshots: the volumes that they are parts of have been told about. */
function claimInsides(groups: readonly string[], draft: Draft): void {
  const prefixes = new Set(groups.map((uuid) => `LVM-${uuid.replaceAll("-", "")}`));
  const length = "LVM-".length + 32;
  for (const { name, dm } of draft.inventory.devices) {
    if (dm !== null && prefixes.has(dm.uuid.slice(0, length))) draft.claim(name);
  }
}
