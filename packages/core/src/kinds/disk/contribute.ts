import type { Draft } from "../../layout/draft.js";
import { type NodeId, nodeId, partitionId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { DiskDetail } from "./detail.js";
import type { DiskFact, DiskFacts } from "./facts.js";
import { droppedIdentity, lunFindings } from "./findings.js";
import { type Lun, lunsOf } from "./luns.js";
import { lunIds, pathIds } from "./node-ids.js";

/** Adds a node for each disk, and one for each path of a multipath map. */
export function addDisks(facts: DiskFacts, draft: Draft): void {
  const { luns, dropped } = lunsOf(facts.disks, draft.inventory);
  for (const one of dropped) draft.addFinding(droppedIdentity(one));
  for (const { lun, id } of withIds(luns)) {
    if (lun.mapWwid !== null) addPaths(lun, lun.mapWwid, draft);
    else addDisk(lun, id, draft);
  }
}

/** In the order of their ids: kernel names change from boot to boot. */
function withIds(luns: readonly Lun[]): { lun: Lun; id: NodeId }[] {
  const ids = lunIds(luns);
  return luns
    .map((lun, index) => ({ lun, id: ids[index] as NodeId }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/**
 * Lets further paths of a LUN, which no map holds together with the first, and the partitions that the kernel found on
 * any path be taken for what they are: the same storage a second time.
 */
export function aliasPaths(facts: DiskFacts, draft: Draft): void {
  const { luns } = lunsOf(facts.disks, draft.inventory);
  for (const { lun, id } of withIds(luns)) {
    if (draft.node(id) === undefined) continue;
    for (const { device } of loosePaths(lun)) draft.alias(device, id);
    for (const { device } of lun.mapWwid === null ? lun.paths.slice(1) : lun.paths) aliasPartitions(device, id, draft);
  }
}

/** A partition that the LUN's table doesn't have, any more or yet, is taken for the path itself. */
function aliasPartitions(path: string, lun: NodeId, draft: Draft): void {
  for (const { name, partition } of draft.inventory.partitionsOf(path)) {
    const known = partition && partitionId(lun, partition.number);
    const id = known && draft.node(known) !== undefined ? known : draft.idOf(path);
    if (id !== undefined) draft.alias(name, id);
  }
}

/** The disks of a LUN that have no node of their own. */
function loosePaths(lun: Lun): readonly DiskFact[] {
  if (lun.mapWwid === null) return lun.paths.slice(1);
  return lun.paths.filter(({ mapWwid }) => mapWwid === null);
}

function addDisk(lun: Lun, id: NodeId, draft: Draft): void {
  const [first] = lun.paths;
  const device = draft.inventory.find(first.device) as BlockDevice;
  draft.addBlock(
    {
      role: "disk",
      id,
      kind: "disk",
      name: first.device,
      bytes: device.bytes,
      readOnly: device.readOnly === true,
      sectorBytes: device.sectorBytes,
      physicalSectorBytes: device.physicalSectorBytes,
      identities: lun.identities,
      ...(first.removable === "idle" ? { notRebuilt: "a removable or USB disk that nothing uses" } : {}),
      detail: { ...detailOf(first, lun.paths.length) },
    },
    first.device,
  );
  for (const finding of lunFindings(lun, id, device)) draft.addFinding(finding);
}

function addPaths(lun: Lun, wwid: string, draft: Draft): void {
  const ids = pathIds(lun, wwid);
  for (const [index, path] of lun.paths.entries()) {
    const device = draft.inventory.find(path.device) as BlockDevice;
    const id = ids[index] as NodeId;
    if (path.mapWwid === null) {
      draft.addFinding({
        code: "disk/path-outside-map",
        severity: "warning",
        node: nodeId("lun", wwid),
        message: `${path.device} leads to the LUN ${wwid} too, but isn't a path of its multipath map`,
        remedy: "multipath -ll shows the map; see whether the disk is blacklisted or has failed",
      });
      continue;
    }
    draft.addBlock(
      {
        role: "disk",
        id,
        kind: "disk",
        name: path.device,
        bytes: device.bytes,
        readOnly: device.readOnly === true,
        sectorBytes: device.sectorBytes,
        physicalSectorBytes: device.physicalSectorBytes,
        identities: path.identities,
        detail: { ...detailOf(path, 1) },
      },
      path.device,
    );
  }
}

function detailOf(disk: DiskFact, paths: number): DiskDetail {
  const { driver, bus, vendor, model, revision, serial } = disk;
  return { driver, bus, vendor, model, revision, serial, paths };
}
