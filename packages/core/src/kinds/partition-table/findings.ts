import type { ProbeFailure } from "../../host/probed.js";
import type { Draft } from "../../layout/draft.js";
import { type Finding, heldBackBy, type Severity } from "../../layout/finding.js";
import { type NodeId, partitionId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import { reservedBits } from "./attributes.js";
import { partitionDevices } from "./devices.js";
import { attributesOf } from "./from-udev.js";
import { isWritableName } from "./partition-name.js";
import type { DeviceTable } from "./probe.js";
import { whyKernelDiffers, whyNotWritable } from "./refusals.js";
import type { RecordedPartition } from "./table.js";

/** A table that couldn't be read. */
export function reportFailure(node: NodeId, device: string, failure: ProbeFailure, draft: Draft): void {
  draft.addFinding({
    code: "partition-table/unreadable",
    severity: "loss",
    node,
    message: `the partition table of ${device} couldn't be read: ${failure.message}`,
    remedy:
      failure.reason === "missing"
        ? "install sfdisk of util-linux 2.26 or later (Debian: fdisk) and scan again"
        : `see what sfdisk --dump ${device} says when run by hand`,
    ...heldBackBy(failure),
  });
}

/** All that is odd about one table. */
export function reportTable(found: DeviceTable, parent: NodeId, draft: Draft): void {
  const device = draft.inventory.find(found.device);
  if (device === undefined) return;
  const add: Add = (what, severity, message, remedy, node = parent, field, more): void =>
    draft.addFinding({
      code: `partition-table/${what}`,
      severity,
      node,
      message,
      remedy,
      ...(field === undefined ? {} : { excepts: [{ node, field }] }),
      ...more,
    } satisfies Finding);
  const devices = partitionDevices(draft.inventory, device);
  const why = whyNotWritable(found.table);
  if (why !== undefined) {
    add("not-rebuilt", "loss", `the partitions of ${found.device} can't be made again: ${why}`, LEAVE_OR_REPAIR);
  }
  const differs = whyKernelDiffers(found.table, devices);
  if (differs !== undefined)
    add("kernel-differs", "loss", `${found.device} isn't partitioned again: ${differs}`, REREAD);
  for (const remark of found.remarks) {
    add("remark", "warning", `sfdisk says of ${found.device}: ${remark}`, "repair the table, then scan again");
  }
  reportSignature(device, add);
  reportStart(found, device, add);
  const byNumber = new Map(devices.map((entry) => [entry.number, entry.device]));
  for (const partition of found.table.partitions) {
    reportPartition(partition, found, byNumber.get(partition.number), partitionId(parent, partition.number), add);
  }
}

type Add = (
  what: string,
  severity: Severity,
  message: string,
  remedy: string,
  node?: NodeId,
  excepts?: string,
  more?: Pick<Finding, "holdsBack">,
) => void;

const REREAD = "let the kernel read the table again (partprobe, on a map kpartx -u) or boot, then scan again";
const LEAVE_OR_REPAIR = "repair the table and scan again, or save this disk by other means";

function reportSignature(device: BlockDevice, add: Add): void {
  const type = device.signature?.type;
  if (!type) return;
  const message = `${device.name} holds both a partition table and ${type}; only the table is rebuilt`;
  add("second-signature", "loss", message, `wipefs -n ${device.path} shows both; erase the stale one and scan again`);
}

function reportStart({ start, table }: DeviceTable, device: BlockDevice, add: Add): void {
  if (start === null) return;
  if (start.is === "unknown") {
    // a recording rarely has it; the step that would set the flag says so
    if (start.failure.reason === "not-recorded") return;
    const remedy = `see what sfdisk --verify ${device.path} says`;
    const message = `the start of ${device.name} isn't as a GPT has it: ${start.failure.message}`;
    add("start", "warning", message, remedy, undefined, undefined, heldBackBy(start.failure));
    return;
  }
  const { protective, entriesLba, backupLba } = start.facts;
  if (!protective) {
    const message = `${device.name} has a hybrid MBR: its MBR partitions beside the GPT aren't made again`;
    add("hybrid", "loss", message, "keep a copy of the first sector, or do without the MBR partitions");
  }
  if (entriesLba !== 2) {
    const message = `the GPT of ${device.name} has its entries at sector ${entriesLba}; they will be at sector 2`;
    add("entries", "warning", message, "see whether the firmware needs what lies between the header and the entries");
  }
  const { bytes } = device;
  if (bytes === null || table.sectorBytes === null || backupLba === bytes / table.sectorBytes - 1) return;
  const message = `the backup GPT of ${device.name} isn't at the disk's end; it will be there`;
  add("backup-header", "note", message, "the disk was enlarged or copied; sgdisk -e puts it right");
}

function reportPartition(
  partition: RecordedPartition,
  { device, table }: DeviceTable,
  own: BlockDevice | undefined,
  node: NodeId,
  add: Add,
): void {
  const label = `partition ${partition.number} of ${device}`;
  if (partition.name !== null && !isWritableName(partition.name)) {
    const message = `the name of ${label} can't be written by sfdisk, and is left out: ${JSON.stringify(partition.name)}`;
    add("name", "loss", message, RENAME, node, "detail.name");
  }
  if (own === undefined) add("kernel-lacks", "warning", `${label} isn't known to the kernel`, REREAD, node);
  if (table.label === "dos" || partition.type === null) return;
  const attributes = (own === undefined ? null : attributesOf(own)) ?? partition.attributes;
  const reserved = attributes === null ? null : reservedBits(attributes);
  if (reserved?.length === 0) return;
  const bits =
    reserved === null ? "attribute bits that sfdisk doesn't name" : `the reserved bits ${reserved.join(", ")}`;
  add("attributes", "loss", `${label} has ${bits}; they are left out`, ATTRIBUTES, node, "detail.attributes");
}

const RENAME = "rename it (sfdisk --part-label), or address it by PARTUUID instead";
const ATTRIBUTES = "note them (sgdisk -i) and set them again by hand (sgdisk -A)";
