import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockNode, Layout, PartitionNode } from "../../layout/layout.js";
import type { DraftStep, PlanPart, Token } from "../../plan/part.js";
import { type Action, type Check, stepId } from "../../plan/step.js";
import { partitionDetail, type TableContent, tableDetail } from "./detail.js";
import { notRecorded } from "./not-recorded.js";
import { type RebuiltTable, rebuiltTables } from "./rebuilt-tables.js";
import { writeSfdiskScript } from "./script.js";
import { partitionTools } from "./tools.js";

/** The steps that make all tables of a layout again: one for each disk or map. */
export function partitionSteps(layout: Layout): PlanPart {
  const tables = rebuiltTables(layout);
  if (tables.length === 0) return {};
  const files = fileNames(tables.map(({ node }) => node.id));
  return {
    steps: tables.map((table) => partitionStep(table, files.get(table.node.id) as string)),
    devices: tables.flatMap(({ node, partitions }) =>
      partitions.map(({ id, number }) => ({ node: id, by: "partition", of: node.id, number }) as const),
    ),
    tools: partitionTools(tables),
    files: tables.map(({ node, content, partitions, sectorBytes }) => ({
      name: files.get(node.id) as string,
      content: writeSfdiskScript(content, partitions, sectorBytes),
    })),
    findings: tables.flatMap((table): Finding[] => notRecorded(table)),
  };
}

function partitionStep(table: RebuiltTable, file: string): DraftStep {
  const { node, content, partitions } = table;
  return {
    id: stepId("partition", node.id),
    title: `Make the ${content.label} partition table on ${node.id}`,
    why: `${node.name} had ${partitions.length} partition${partitions.length === 1 ? "" : "s"}; they get their old places, types and UUIDs`,
    phase: "partition",
    run: [
      writeTable(node.id, file),
      ...(tableDetail(content).pmbrBoot ? [activatePmbr(node.id)] : []),
      ...tellKernel(node),
      ...wipePartitions(partitions),
    ],
    needs: [`device:${node.id}`],
    provides: partitions.map(({ id }): Token => `device:${id}`),
    parallel: { exclusive: ["udev"] },
    destroys: [node.id],
    before: [{ is: "device", device: node.id }],
    done: doneChecks(table),
  };
}

function writeTable(device: NodeId, file: string): Action {
  return {
    do: "exec",
    // --no-reread and --no-tell-kernel: the kernel is told by a command of its own, on a map by kpartx
    argv: ["sfdisk", "--no-reread", "--no-tell-kernel", "--wipe", "always", "--wipe-partitions", "always", { device }],
    stdin: { file: { setFile: file } },
    timeLimitSeconds: 300,
  };
}

/** On a GPT sfdisk sets the flag of the protective MBR's only partition, whose number is 1. */
function activatePmbr(device: NodeId): Action {
  return {
    do: "exec",
    argv: ["sfdisk", "--no-reread", "--no-tell-kernel", "--activate", { device }, "1"],
    timeLimitSeconds: 300,
  };
}

/**
 * Makes the kernel use the new table. On a map the partitions are kpartx's, and udev's own kpartx rule must be through
 * first: run side by side they give one map `mpatha1` and `mpatha-part1` at once.
 */
function tellKernel(node: BlockNode): Action[] {
  if (node.role === "map") {
    return [
      SETTLE,
      { do: "exec", argv: ["kpartx", "-s", "-u", "-p", "-part", { device: node.id }], timeLimitSeconds: 300 },
      SETTLE,
    ];
  }
  return [
    SETTLE,
    {
      do: "exec",
      argv: ["blockdev", "--rereadpt", { device: node.id }],
      timeLimitSeconds: 300,
      attempts: { times: 10, why: "udev may have the disk or a partition open for a moment, then it is EBUSY" },
    },
    SETTLE,
  ];
}

const SETTLE: Action = { do: "exec", argv: ["udevadm", "settle", "--timeout=120"], timeLimitSeconds: 150 };

/** What lay at these places before may show through at the new partitions. The container of logical ones has no content. */
function wipePartitions(partitions: readonly PartitionNode[]): Action[] {
  const [first, ...others] = partitions.filter((partition) => partition.content.is !== "extended");
  if (first === undefined) return [];
  const devices = [first, ...others].map(({ id }) => ({ device: id }));
  return [{ do: "exec", argv: ["wipefs", "--all", "--force", ...devices], timeLimitSeconds: 300 }, SETTLE];
}

function doneChecks({ node, content, partitions }: RebuiltTable): Check[] {
  return [
    ...tableCheck(node.id, content),
    ...partitions.flatMap((partition): Check[] => {
      const { id, startBytes } = partition;
      const bytes = partition.content.is === "extended" ? null : partition.bytes;
      const { uuid } = partitionDetail(partition);
      return [
        { is: "device", device: id },
        { is: "partition", device: id, startBytes, bytes },
        ...(uuid === null ? [] : [{ is: "signature", device: id, tag: "PART_ENTRY_UUID", equals: uuid } as const]),
      ];
    }),
  ];
}

/** blkid writes a signature as eight digits without `0x`, and none at all where it is zero (libblkid, dos.c). */
function tableCheck(device: NodeId, { label, uuid }: TableContent): Check[] {
  if (uuid === null) return [];
  const written = label === "gpt" ? uuid.toLowerCase() : uuid.replace(/^0x/, "");
  const equals = /^0*$/.test(written) ? null : written;
  return [{ is: "signature", device, tag: "PTUUID", equals }];
}

/** `ptbl-` and the id, with whatever doesn't suit a file name as `_`; where two ids become one name, the later gets a number. */
function fileNames(ids: readonly NodeId[]): ReadonlyMap<NodeId, string> {
  const taken = new Set<string>();
  return new Map(
    ids.map((id) => {
      const plain = `ptbl-${id.replace(/[^A-Za-z0-9.+-]/g, "_")}`;
      let name = plain;
      for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
      taken.add(name);
      return [id, name];
    }),
  );
}
