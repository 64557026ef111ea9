import type { PartitionDevice } from "./devices.js";
import { isExtendedType, type RecordedPartition, type RecordedTable } from "./table.js";

/**
 * Why sfdisk couldn't write this table again; undefined where it can. It refuses overlapping partitions and a second
 * extended one before it writes anything (seen with 2.38.1), so this is known at scan and not in front of bare disks.
 */
export function whyNotWritable(table: RecordedTable): string | undefined {
  const { sectorBytes, partitions } = table;
  if (partitions.some(({ type }) => LDM_TYPES.includes(type ?? ""))) {
    return "it is a dynamic disk of Windows, whose volumes stand in a database of their own";
  }
  if (sectorBytes === null) return "its sector size wasn't recorded";
  const odd = partitions.find((partition) => partition.startBytes % sectorBytes || partition.bytes % sectorBytes);
  if (odd !== undefined) return `partition ${odd.number} doesn't start and end on whole sectors`;
  const extended = partitions.filter((partition) => isExtendedType(table.label, partition.type));
  if (extended.length > 1) return "it has more than one extended partition";
  const isLogical = (partition: RecordedPartition) => table.label === "dos" && partition.number > 4;
  const logical = partitions.filter(isLogical);
  const container = extended[0];
  const outside = logical.find((partition) => container === undefined || !contains(container, partition));
  if (outside !== undefined) return `the logical partition ${outside.number} lies outside of an extended one`;
  return overlap(partitions.filter((partition) => !isLogical(partition))) ?? overlap(logical);
}

/** SFS, as Linux's fdisk calls it, and the LDM metadata partition of a GPT. */
const LDM_TYPES: readonly string[] = ["0x42", "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3"];

/**
 * Where the kernel has a partition in another place than the table on the disk, what was seen in it isn't what the
 * table would give back; undefined where the two agree. An extended partition shows no more than its first sectors.
 */
export function whyKernelDiffers(table: RecordedTable, devices: readonly PartitionDevice[]): string | undefined {
  const byNumber = new Map(devices.map(({ number, device }) => [number, device]));
  for (const partition of table.partitions) {
    const own = byNumber.get(partition.number);
    const startBytes = own?.partition?.startBytes ?? partition.startBytes;
    const bytes = isExtendedType(table.label, partition.type) ? partition.bytes : (own?.bytes ?? partition.bytes);
    if (startBytes === partition.startBytes && bytes === partition.bytes) continue;
    return `the kernel has partition ${partition.number} at byte ${startBytes} with ${bytes} bytes, the table on the disk at ${partition.startBytes} with ${partition.bytes}`;
  }
  return undefined;
}

function overlap(partitions: readonly RecordedPartition[]): string | undefined {
  const sorted = [...partitions].sort((a, b) => a.startBytes - b.startBytes);
  for (const [index, next] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && end(before) > next.startBytes) {
      return `the partitions ${before.number} and ${next.number} overlap`;
    }
  }
  return undefined;
}

function contains(outer: RecordedPartition, inner: RecordedPartition): boolean {
  return outer.startBytes < inner.startBytes && end(inner) <= end(outer);
}

function end(partition: RecordedPartition): number {
  return partition.startBytes + partition.bytes;
}
