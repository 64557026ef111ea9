/**
 * A partition table as a tool reported it, in bytes. Pure data between the parsers and the layout.
 */

/** The labels that are read and rebuilt here; a DASD's table is another kind's, the others' disks aren't restored. */
export const LABELS: readonly Label[] = ["gpt", "dos"];

/** The label of a table that is rebuilt. */
export type Label = "gpt" | "dos";

/** One partition of a table. */
export interface RecordedPartition {
  readonly number: number;
  readonly startBytes: number;
  readonly bytes: number;
  /** As blkid writes it: a lower-case GUID, or `0x83`; null where it wasn't recorded. */
  readonly type: string | null;
  /** A GPT partition's own GUID in lower case; null for a DOS partition, which has none, and where it wasn't recorded. */
  readonly uuid: string | null;
  /** A GPT partition's name, empty where it has none; null for a DOS partition and where it wasn't recorded. */
  readonly name: string | null;
  /** The bits (0 to 63) that are set in a GPT partition's attributes; null for a DOS partition and where it wasn't recorded. */
  readonly attributes: readonly number[] | null;
  /** A DOS partition's active flag; null for a GPT partition and where it wasn't recorded. */
  readonly bootable: boolean | null;
}

/** A whole table. */
export interface RecordedTable {
  readonly label: Label;
  /** Disk GUID in upper case, or signature as `0x` and eight digits; null where it wasn't recorded. */
  readonly id: string | null;
  /** Logical sector size in bytes, in which the table counts; null where it wasn't recorded. */
  readonly sectorBytes: number | null;
  /** What a GPT says may be used: from the first byte of its first LBA to the end of its last; null for DOS, or not recorded. */
  readonly usable: { readonly startBytes: number; readonly endBytes: number } | null;
  /** How many entries a GPT has room for; null for DOS, or not recorded. */
  readonly tableLength: number | null;
  /** By number; that is the order of the chain for the logical partitions of a DOS table. */
  readonly partitions: readonly RecordedPartition[];
}

/** The DOS types of a container of logical partitions: 05, 0f (LBA) and 85 (Linux). */
export function isExtendedType(label: string, type: string | null): boolean {
  return label === "dos" && type !== null && ["0x5", "0xf", "0x85"].includes(type);
}
