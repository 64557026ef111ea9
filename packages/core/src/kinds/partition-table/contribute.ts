import type { Draft } from "../../layout/draft.js";
import { type NodeId, partitionId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import { asDetail, KIND } from "./detail.js";
import { partitionDevices } from "./devices.js";
import { reportFailure, reportTable } from "./findings.js";
import { attributesOf } from "./from-udev.js";
import type { DeviceTable, PartitionTableFacts } from "./probe.js";
import { whyKernelDiffers, whyNotWritable } from "./refusals.js";
import { isExtendedType, type RecordedPartition } from "./table.js";

/** The partitions of all tables. A table on a device that no kind knows (a CD, a loop device) makes none. */
export function addPartitions(facts: PartitionTableFacts, draft: Draft): void {
  for (const found of facts.tables) {
    const parent = draft.idOf(found.device);
    const device = draft.inventory.find(found.device);
    if (parent === undefined || device === undefined) continue;
    const own = partitionDevices(draft.inventory, device);
    const why = whyNotWritable(found.table) ?? whyKernelDiffers(found.table, own);
    const devices = new Map(own.map((entry) => [entry.number, entry.device]));
    for (const partition of found.table.partitions) {
      const node = devices.get(partition.number);
      draft.addBlock(
        {
          id: partitionId(parent, partition.number),
          kind: KIND,
          role: "partition",
          name: nameOf(node) ?? `${nameOf(device)} ${partition.number}`,
          ...(why === undefined ? {} : { notRebuilt: why }),
          bytes: partition.bytes,
          readOnly: node?.readOnly ?? device.readOnly ?? false,
          of: parent,
          number: partition.number,
          startBytes: partition.startBytes,
          detail: asDetail(detailOf(partition, node)),
        },
        node?.name ?? null,
      );
    }
  }
}

/** The tables themselves, the containers of logical partitions, and what there is to say. */
export function addTables(facts: PartitionTableFacts, draft: Draft): void {
  for (const { device, failure } of facts.failures) {
    const id = draft.idOf(device);
    if (id === undefined) continue;
    reportFailure(id, device, failure, draft);
    draft.setContent(id, { is: "unknown", why: failure.message });
  }
  for (const found of facts.tables) {
    const parent = draft.idOf(found.device);
    if (parent === undefined) continue;
    addTable(found, parent, draft);
    reportTable(found, parent, draft);
  }
}

function addTable({ table, start }: DeviceTable, parent: NodeId, draft: Draft): void {
  const told = start?.is === "known" ? start.facts : null;
  draft.setContent(parent, {
    is: "table",
    kind: KIND,
    label: table.label,
    uuid: table.id,
    detail: asDetail({
      sectorBytes: table.sectorBytes,
      usableStartBytes: table.usable?.startBytes ?? null,
      usableEndBytes: table.usable?.endBytes ?? null,
      tableLength: told?.tableLength ?? table.tableLength,
      pmbrBoot: told?.bootFlag ?? null,
    }),
  });
  for (const partition of table.partitions) {
    if (!isExtendedType(table.label, partition.type)) continue;
    draft.setContent(partitionId(parent, partition.number), { is: "extended" });
  }
}

/** sfdisk shows no reserved attribute bits; udev shows all, so its answer is taken where there is one. */
function detailOf(partition: RecordedPartition, device: BlockDevice | undefined) {
  const { type, uuid, name, bootable } = partition;
  const told = device === undefined || uuid === null ? null : attributesOf(device);
  return { type, uuid, name, attributes: told ?? partition.attributes, bootable };
}

function nameOf(device: BlockDevice | undefined): string | undefined {
  return device?.dm?.name ?? device?.name;
}
