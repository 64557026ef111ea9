import { defineKind, type Kind } from "../kind.js";
import { addMaps, addPathsAndConfiguration } from "./contribute.js";
import { multipathFields } from "./fields.js";
import { type MultipathFacts, probeMultipath } from "./probe.js";
import { multipathReferences } from "./references.js";
import { planMultipath } from "./steps.js";

export type { Configuration, Unreadable } from "./configuration.js";
export {
  type ConfigurationFile,
  type MapDetail,
  MapDetailSchema,
  type MultipathConfig,
  MultipathConfigSchema,
} from "./detail.js";
export { type MapFact, type MultipathFacts, probeMultipath } from "./probe.js";
export type { MapReport, PathGroup, PathReport } from "./report.js";

/** Multipath maps: LUNs as they are used, over several paths. */
export const multipathKind: Kind = defineKind<MultipathFacts>({
  kind: "multipath",
  probe: probeMultipath,
  nodes: addMaps,
  contents: addPathsAndConfiguration,
  steps: planMultipath,
  fields: multipathFields,
  references: multipathReferences,
});
