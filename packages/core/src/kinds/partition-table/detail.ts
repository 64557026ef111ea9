import * as z from "zod";
import { readDetail, writeDetail } from "../../layout/detail.js";
import type { Content, Detail, LayoutNode, PartitionNode } from "../../layout/layout.js";

/** This kind's name. */
export const KIND = "partition-table";

/** What is kept of a table, as the `detail` of the content `table`. */
export interface TableDetail {
  /** Logical sector size in bytes, in which the table counts; null where it wasn't recorded: then it isn't rebuilt. */
  readonly sectorBytes: number | null;
  /** First byte that a GPT lets partitions use; null for DOS, and where it wasn't recorded. */
  readonly usableStartBytes: number | null;
  /** End of what a GPT lets partitions use; null for DOS, and where it wasn't recorded. */
  readonly usableEndBytes: number | null;
  /** How many entries a GPT has room for; null for DOS, and where it wasn't recorded. */
  readonly tableLength: number | null;
  /** The active flag on a GPT's protective MBR partition; null for DOS, and where it wasn't recorded. */
  readonly pmbrBoot: boolean | null;
}

/** What is kept of a partition, as the `detail` of its node. */
export interface PartitionDetail {
  /** As blkid writes it: a lower-case GUID, or `0x83`; null where it wasn't recorded. */
  readonly type: string | null;
  /** A GPT partition's GUID in lower case (`PARTUUID`); null for DOS, and where it wasn't recorded. */
  readonly uuid: string | null;
  /** A GPT partition's name (`PARTLABEL`), empty where it has none; null for DOS, and where it wasn't recorded. */
  readonly name: string | null;
  /** The bits that are set in a GPT partition's attributes; null for DOS, and where it wasn't recorded. */
  readonly attributes: readonly number[] | null;
  /** A DOS partition's active flag; null for GPT, and where it wasn't recorded. */
  readonly bootable: boolean | null;
}

/** Checks the detail of a table read from a file. */
export const TableDetailSchema: z.ZodType<TableDetail> = z.object({
  sectorBytes: z.number().int().positive().nullable(),
  usableStartBytes: z.number().int().nonnegative().nullable(),
  usableEndBytes: z.number().int().nonnegative().nullable(),
  tableLength: z.number().int().nonnegative().nullable(),
  pmbrBoot: z.boolean().nullable(),
});

/** Checks the detail of a partition read from a file. */
export const PartitionDetailSchema: z.ZodType<PartitionDetail> = z.object({
  type: z.string().nullable(),
  uuid: z.string().nullable(),
  name: z.string().nullable(),
  attributes: z.array(z.number().int().min(0).max(63)).nullable(),
  bootable: z.boolean().nullable(),
});

/** The content `table`. */
export type TableContent = Extract<Content, { is: "table" }>;

/** The detail of a table of this kind. */
export function tableDetail(content: TableContent): TableDetail {
  return readDetail(TableDetailSchema, content.detail);
}

/** The detail of a partition that this kind made. */
export function partitionDetail(node: PartitionNode): PartitionDetail {
  return readDetail(PartitionDetailSchema, node.detail);
}

/** A detail as the layout's plain data. */
export function asDetail(detail: TableDetail | PartitionDetail): Detail {
  return writeDetail(detail);
}

/** True for a partition that this kind made. */
export function isOurPartition(node: LayoutNode): node is PartitionNode {
  return node.role === "partition" && node.kind === KIND;
}
