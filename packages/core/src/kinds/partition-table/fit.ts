import type { FitChange, FitContext, FitPart, FitProblem, FitRules } from "../../layout/fit-source.js";
import type { BlockNode, PartitionNode } from "../../layout/layout.js";
import { asDetail, tableDetail } from "./detail.js";
import { type RebuiltTable, rebuiltTables } from "./rebuilt-tables.js";
import { usableEnd } from "./usable-end.js";

/** Ends that are moved lie on a multiple of this, as every partitioning tool of today puts them. */
const MIB = 1024 * 1024;
/** A DOS table counts in 32 bits. */
const DOS_SECTORS = 2 ** 32;

/**
 * Fits the tables to disks of other sizes: every partition keeps its place and its size where it ends on the disk. The
 * last one (the one that ends last) is cut to a smaller disk: by itself where it holds a physical volume, whose
 * volumes lose nothing by it, else with `resize`. On a larger disk it grows with `resize`, where what is on it grows.
 * The container of logical partitions goes with the last of them.
 */
export const tableFit: FitRules = { nodes: fitTables };

function fitTables(context: FitContext): FitPart {
  const now = new Map(context.layout.nodes.map((node) => [node.id, node]));
  const parts = rebuiltTables(context.recorded).flatMap((table) => {
    const node = now.get(table.node.id) as BlockNode;
    if (node.bytes === table.node.bytes || node.bytes === null) return [];
    return [fitTable(table, { ...node, bytes: node.bytes }, context)];
  });
  return {
    nodes: parts.flatMap(({ nodes }) => nodes ?? []),
    changes: parts.flatMap(({ changes }) => changes ?? []),
    problems: parts.flatMap(({ problems }) => problems ?? []),
  };
}

type Disk = BlockNode & { readonly bytes: number };

/** A partition and where it is to end. */
type NewEnd = readonly [partition: PartitionNode, end: number];

function fitTable(table: RebuiltTable, disk: Disk, context: FitContext): FitPart {
  const usable = usableEnd(table, disk.bytes);
  const header = fitHeader(table, disk, usable);
  const ends = newEnds(table, usable, context);
  if (!Array.isArray(ends)) return { ...header, problems: [ends as FitProblem] };
  const moved = (ends as readonly NewEnd[]).map(([partition, end]) => ({
    partition,
    fitted: { ...partition, bytes: end - partition.startBytes },
  }));
  return {
    nodes: [...(header.nodes ?? []), ...moved.map(({ fitted }) => fitted)],
    changes: [...(header.changes ?? []), ...moved.map(({ partition, fitted }) => partitionChange(partition, fitted))],
  };
}

/** A GPT's copy stands at the disk's end, wherever that is, and the range that may be used ends before it. */
function fitHeader({ content }: RebuiltTable, disk: Disk, usable: number): FitPart {
  const detail = tableDetail(content);
  const { usableStartBytes: start, usableEndBytes: was } = detail;
  if (was === null || was === usable) return {};
  const fitted = { ...content, detail: asDetail({ ...detail, usableEndBytes: usable }) };
  const change: FitChange = {
    node: disk.id,
    what: `${content.label} table`,
    wasBytes: was - (start ?? 0),
    bytes: usable - (start ?? 0),
    note: "what partitions may use; the table's copy is at the disk's end",
  };
  return { nodes: [{ ...disk, content: fitted }], changes: [change] };
}

function partitionChange(partition: PartitionNode, fitted: PartitionNode): FitChange {
  const what = partition.content.is === "extended" ? "extended partition" : "partition";
  return { node: partition.id, what, wasBytes: partition.bytes ?? 0, bytes: fitted.bytes ?? 0 };
}

/** The partitions that end elsewhere than before; or why the disk won't do. */
function newEnds(table: RebuiltTable, usable: number, context: FitContext): readonly NewEnd[] | FitProblem {
  const { partitions } = table;
  const last = lastOf(partitions);
  if (last === undefined) return partitions.some((one) => endOf(one) > usable) ? tooSmall(table, usable) : [];
  const over = partitions.filter((partition) => endOf(partition) > usable);
  const to = Math.floor(usable / MIB) * MIB;
  if (over.length === 0) return grown(table, last, to, context);
  const isContainer = (partition: PartitionNode) => partition.content.is === "extended";
  if (over.some((partition) => partition !== last && !isContainer(partition))) return tooSmall(table, usable);
  if (over.some((partition) => to < partition.startBytes + MIB)) return tooSmall(table, usable);
  if (over.includes(last) && last.content.is !== "pv" && !context.resize) return tooSmall(table, usable);
  // the container alone may hang over: then it ends no earlier than what is in it
  const end = over.includes(last) ? to : Math.max(to, endOf(last));
  return over.map((partition) => [partition, end] as const);
}

/** The last partition on a larger disk, up to the disk's end or to what comes next. */
function grown(
  { node, content, partitions, sectorBytes }: RebuiltTable,
  last: PartitionNode,
  usable: number,
  context: FitContext,
): readonly NewEnd[] {
  const disk = context.layout.nodes.find(({ id }) => id === node.id) as BlockNode;
  const isLarger = (disk.bytes ?? 0) > (node.bytes ?? 0);
  if (!context.resize || !isLarger || !context.grows(last)) return [];
  const container = partitions.find((one) => one.content.is === "extended" && contains(one, last));
  const next = partitions.filter((one) => one !== container && one.startBytes >= endOf(last));
  const most = content.label === "dos" ? Math.min(usable, DOS_SECTORS * sectorBytes) : usable;
  const to = Math.min(most, ...next.map(({ startBytes }) => startBytes));
  if (to <= endOf(last)) return [];
  const growing: NewEnd[] = [[last, to]];
  return container !== undefined && endOf(container) < to ? [[container, to], ...growing] : growing;
}

/** The one that ends last; the container of logical partitions isn't one by itself. */
function lastOf(partitions: readonly PartitionNode[]): PartitionNode | undefined {
  const own = partitions.filter(({ content }) => content.is !== "extended");
  return own.reduce<PartitionNode | undefined>(
    (last, partition) => (last === undefined || endOf(partition) > endOf(last) ? partition : last),
    undefined,
  );
}

function contains(outer: PartitionNode, inner: PartitionNode): boolean {
  return outer.startBytes < inner.startBytes && endOf(inner) <= endOf(outer);
}

/** Where it ends; the tables that are rebuilt were read by sfdisk, which tells every size. */
function endOf({ startBytes, bytes }: PartitionNode): number {
  return startBytes + (bytes ?? 0);
}

function tooSmall({ node, partitions }: RebuiltTable, usable: number): FitProblem {
  const over = partitions.filter((partition) => endOf(partition) > usable);
  const list = over.map((partition) => `${partition.id} ends at byte ${endOf(partition)}`).join(", ");
  return {
    code: "too-small",
    node: node.id,
    message: `partitions on the disk here have to end at byte ${usable}: ${list}`,
    remedy: `map ${node.id} onto a disk with ${node.bytes} bytes or more`,
  };
}
