import { defineKind, type Kind } from "../kind.js";
import { contributeExt } from "./contribute.js";
import { extFields } from "./fields.js";
import { extFit } from "./fit.js";
import { extLastUse } from "./last-use.js";
import { type ExtFacts, probeExtTunables } from "./probe.js";
import { extSteps } from "./steps.js";

/** ext2, ext3 and ext4 filesystems, and their external journals. */
export const extKind: Kind = defineKind<ExtFacts>({
  kind: "ext",
  probe: probeExtTunables,
  contents: contributeExt,
  steps: extSteps,
  fit: extFit,
  fields: extFields,
  lastUse: extLastUse,
});

export { type ExtDetail, ExtDetailSchema } from "./detail.js";
export { type ExtDevice, type ExtFacts, probeExtTunables } from "./probe.js";
export type { ExtError, ExtJournal, ExtMmp, ExtSuperblock } from "./superblock.js";
