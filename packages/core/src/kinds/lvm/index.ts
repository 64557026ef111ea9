import { defineKind, type Kind } from "../kind.js";
import { addGroups, addPvs } from "./contribute.js";
import { KIND } from "./detail.js";
import { lvmFields } from "./fields.js";
import { lvmFit } from "./fit.js";
import { type LvmFacts, probeLvm } from "./probe.js";
import { lvmReferences } from "./references.js";
import { lvmSteps } from "./steps.js";

export type { Backups as LvmBackups } from "./backup.js";
export {
  type GroupDetail,
  GroupDetailSchema,
  type PvDetail,
  PvDetailSchema,
  type SegmentDetail as LvmSegmentDetail,
  type VolumeDetail,
  VolumeDetailSchema,
} from "./detail.js";
export type { Allocation as LvmAllocation, LvFacts, LvSegment, PvFacts, VgFacts } from "./facts.js";
export { type LvmFacts, probeLvm } from "./probe.js";

/** LVM2: physical volumes, volume groups, and linear and striped logical volumes. */
export const lvmKind: Kind = defineKind<LvmFacts>({
  kind: KIND,
  probe: probeLvm,
  nodes: addGroups,
  contents: addPvs,
  steps: lvmSteps,
  fit: lvmFit,
  fields: lvmFields,
  references: lvmReferences,
});
