import { tableDetail } from "./detail.js";
import type { RebuiltTable } from "./rebuilt-tables.js";

const MIB = 1024 * 1024;
/** Bytes of one entry of a GPT (UEFI specification 2.10, 5.3.2). */
const ENTRY = 128;

/**
 * Where partitions must end on a disk of this size. A GPT keeps what it left free at the disk's end, where that was the
 * place of its copy or an alignment; where it was more, since the disk had been enlarged or the range was narrowed on
 * purpose, the range ends where it did, as long as that leaves room for the copy.
 */
export function usableEnd({ node, content, sectorBytes }: RebuiltTable, diskBytes: number): number {
  if (content.label !== "gpt") return diskBytes;
  const { usableEndBytes, tableLength } = tableDetail(content);
  const copy = sectorBytes + Math.ceil(((tableLength ?? 128) * ENTRY) / sectorBytes) * sectorBytes;
  // a disk that isn't a whole number of sectors long doesn't exist; an image file may be
  const most = Math.floor(diskBytes / sectorBytes) * sectorBytes - copy;
  if (usableEndBytes === null) return most;
  const left = node.bytes === null ? copy : node.bytes - usableEndBytes;
  if (left > MIB) return Math.min(usableEndBytes, most);
  return Math.min(diskBytes - left, most);
}
