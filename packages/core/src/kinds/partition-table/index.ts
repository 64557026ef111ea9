import { defineKind, type Kind } from "../kind.js";
import { addPartitions, addTables } from "./contribute.js";
import { KIND } from "./detail.js";
import { partitionTableFields } from "./fields.js";
import { tableFit } from "./fit.js";
import { type PartitionTableFacts, probePartitionTables } from "./probe.js";
import { partitionSteps } from "./steps.js";

export { type PartitionDetail, PartitionDetailSchema, type TableDetail, TableDetailSchema } from "./detail.js";
export type { GptStart } from "./gpt-start.js";
export { parseSfdiskDump } from "./parse-dump.js";
export { parseSfdiskJson } from "./parse-json.js";
export { type DeviceTable, type PartitionTableFacts, probePartitionTables } from "./probe.js";
export { writeSfdiskScript } from "./script.js";
export type { Label as TableLabel, RecordedPartition, RecordedTable } from "./table.js";

/** GPT and DOS partition tables on disks, multipath maps and arrays. */
export const partitionTableKind: Kind = defineKind<PartitionTableFacts>({
  kind: KIND,
  probe: probePartitionTables,
  nodes: addPartitions,
  contents: addTables,
  steps: partitionSteps,
  fit: tableFit,
  fields: partitionTableFields,
});
