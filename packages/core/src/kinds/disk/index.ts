import { defineKind, type Kind } from "../kind.js";
import { addDisks, aliasPaths } from "./contribute.js";
import type { DiskFacts } from "./facts.js";
import { diskFields } from "./fields.js";
import { probeDisks } from "./probe.js";
import { diskReferences } from "./references.js";
import { planDisks } from "./steps.js";

export { type DiskDetail, DiskDetailSchema } from "./detail.js";
export type { Driver } from "./driver.js";
export type { DiskFact, DiskFacts } from "./facts.js";
export { probeDisks } from "./probe.js";
export { probeScsiLuns, type ScsiLun, type ScsiLuns, type ScsiPath } from "./scsi-luns.js";

/** Disks of every driver but DASD: which ones they are, and that they are wiped before anything is made on them. */
export const diskKind: Kind = defineKind<DiskFacts>({
  kind: "disk",
  probe: probeDisks,
  nodes: addDisks,
  contents: aliasPaths,
  steps: planDisks,
  fields: diskFields,
  references: diskReferences,
});
