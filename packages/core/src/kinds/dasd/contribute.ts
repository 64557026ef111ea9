import type { Draft } from "../../layout/draft.js";
import { type NodeId, nodeId, partitionId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { DasdConfig, DasdDetail, DasdPartitionDetail } from "./detail.js";
import { type DasdFact, type DasdFacts, isAnswer } from "./facts.js";
import { otherFinding, volumeFindings } from "./findings.js";
import { identitiesOf, volserOf } from "./identities.js";
import { changedSettings } from "./settings.js";
import { volumeLayout } from "./volume-layout.js";

const KIND = "dasd";
/** Said on the node; the finding says what to do. */
const NOT_YET = "DASDs aren't formatted and partitioned anew yet";

/** A DASD that is online, with its device. */
interface Volume {
  readonly dasd: DasdFact;
  readonly device: BlockDevice;
  readonly id: NodeId;
}

function volumesOf(facts: DasdFacts, draft: Draft): Volume[] {
  return facts.dasds.flatMap((dasd) => {
    const device = dasd.device === null ? undefined : draft.inventory.find(dasd.device);
    return device === undefined ? [] : [{ dasd, device, id: nodeId("dasd", dasd.busId) }];
  });
}

/** A node for each volume that is online, and for each of its partitions that isn't in a PC's table. */
export function addVolumes(facts: DasdFacts, draft: Draft): void {
  for (const { dasd, device, id } of volumesOf(facts, draft)) {
    draft.addBlock(
      {
        role: "disk",
        id,
        kind: KIND,
        name: device.name,
        bytes: device.bytes,
        readOnly: device.readOnly === true || dasd.ccw?.settings.readonly === "1",
        sectorBytes: device.sectorBytes,
        physicalSectorBytes: device.physicalSectorBytes,
        identities: identitiesOf(dasd, device, facts.zvm),
        notRebuilt: NOT_YET,
        detail: { ...detailOf(dasd, device) },
      },
      device.name,
    );
    if (!hasPcTable(device)) addPartitions({ dasd, device, id }, draft);
  }
}

function addPartitions({ dasd, device, id }: Volume, draft: Draft): void {
  for (const partition of draft.inventory.partitionsOf(device.name)) {
    const { number, startBytes } = partition.partition as NonNullable<BlockDevice["partition"]>;
    draft.addBlock(
      {
        role: "partition",
        id: partitionId(id, number),
        kind: KIND,
        name: partition.name,
        bytes: partition.bytes,
        readOnly: partition.readOnly === true,
        of: id,
        number,
        startBytes: startBytes ?? 0,
        detail: { ...partitionDetail(dasd, number, startBytes, partition.bytes) },
      },
      partition.name,
    );
  }
}

/** What is on each volume, what there is to say, and the DASDs that hold nothing. */
export function addContents(facts: DasdFacts, draft: Draft): void {
  for (const volume of volumesOf(facts, draft)) {
    const { dasd, device, id } = volume;
    const isPartitioned = draft.inventory.partitionsOf(device.name).length > 0;
    const layout = volumeLayout(dasd);
    if (layout === "unformatted") draft.setContent(id, { is: "empty" });
    else if (isPartitioned && !hasPcTable(device)) {
      draft.setContent(id, { is: "table", kind: KIND, label: "dasd", uuid: null, detail: {} });
    }
    const partitions = draft.inventory.partitionsOf(device.name);
    for (const finding of volumeFindings(dasd, { id, device, partitions })) draft.addFinding(finding);
  }
  const others = facts.dasds
    .filter(({ device }) => device === null)
    .map((dasd) => ({ busId: dasd.busId, is: stateOf(dasd) }));
  if (others.length === 0) return;
  const config: DasdConfig = { others };
  draft.setConfig(KIND, { ...config });
  for (const other of others) draft.addFinding(otherFinding(other));
}

function stateOf({ ccw }: DasdFact): DasdConfig["others"][number]["is"] {
  if (ccw?.availability === "boxed") return "boxed";
  if (ccw?.alias === true) return "alias";
  return ccw?.copyRole === "secondary" ? "secondary" : "offline";
}

/** An FBA disk can carry the table of a PC, which is another kind's. */
function hasPcTable(device: BlockDevice): boolean {
  const type = device.signature?.tableType;
  return type === "dos" || type === "gpt";
}

function detailOf(dasd: DasdFact, device: BlockDevice): DasdDetail {
  const view = isAnswer(dasd.view) ? dasd.view : null;
  const { ccw } = dasd;
  return {
    busId: dasd.busId,
    discipline: ccw?.discipline ?? view?.type ?? null,
    layout: volumeLayout(dasd),
    volser: volserOf(dasd, device),
    cylinders: view?.cylinders ?? null,
    tracksPerCylinder: view?.tracksPerCylinder ?? null,
    blocksPerTrack: view?.blocksPerTrack ?? null,
    blockBytes: view?.blockBytes ?? null,
    ese: ccw?.ese ?? null,
    settings: changedSettings(ccw?.settings ?? {}),
    hostAccessCount: ccw?.hostAccessCount ?? null,
    reservation: ccw?.reservation ?? null,
    copyRole: ccw?.copyRole ?? null,
  };
}

/** Tracks as fdasd has them; of a volume without a VTOC as the kernel's bytes give them, where they are whole tracks. */
function partitionDetail(
  dasd: DasdFact,
  number: number,
  start: number | null,
  bytes: number | null,
): DasdPartitionDetail {
  const row = isAnswer(dasd.table) ? dasd.table.partitions.find((partition) => partition.number === number) : undefined;
  if (row !== undefined) return { startTrack: row.startTrack, endTrack: row.endTrack, type: row.type };
  const track = isAnswer(dasd.view) ? dasd.view.blocksPerTrack * dasd.view.blockBytes : 0;
  const whole = track > 0 && start !== null && bytes !== null && start % track === 0 && bytes % track === 0;
  if (!whole) return { startTrack: null, endTrack: null, type: null };
  return { startTrack: start / track, endTrack: (start + bytes) / track - 1, type: null };
}
