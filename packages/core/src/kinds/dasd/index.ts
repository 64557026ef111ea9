import { defineKind, type Kind } from "../kind.js";
import { addContents, addVolumes } from "./contribute.js";
import type { DasdFacts } from "./facts.js";
import { dasdFields } from "./fields.js";
import { probeDasds } from "./probe.js";

export {
  type DasdConfig,
  type DasdDetail,
  DasdDetailSchema,
  type DasdPartitionDetail,
  DasdPartitionDetailSchema,
} from "./detail.js";
export type { CcwFact, DasdFact, DasdFacts } from "./facts.js";
export type { DasdView } from "./parse-dasdview.js";
export type { DasdPartitionType, FdasdPartition, FdasdTable } from "./parse-fdasd.js";
export type { VolumeLabel } from "./parse-label.js";
export { probeDasds } from "./probe.js";
export type { VolumeLayout } from "./volume-layout.js";

/** DASDs, the disks of IBM Z: which volumes they are, how they are laid out, their partitions in tracks. */
export const dasdKind: Kind = defineKind<DasdFacts>({
  kind: "dasd",
  probe: probeDasds,
  nodes: addVolumes,
  contents: addContents,
  steps: () => ({}),
  fields: dasdFields,
});
