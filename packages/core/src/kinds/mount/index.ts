import { defineKind, type Kind } from "../kind.js";
import { contributeMounts } from "./contribute.js";
import type { MountFacts } from "./facts.js";
import { mountFields } from "./fields.js";
import { probeMounts } from "./probe.js";
import { mountReferences } from "./references.js";
import { mountSteps } from "./steps.js";

export { type MountConfig, MountConfigSchema, mountConfig, type PlainDirectory } from "./detail.js";
export type { FstabEntry, MountFacts } from "./facts.js";
export { type Fstab, type FstabLine, parseFstab } from "./parse-fstab.js";
export type { PathAttributes } from "./parse-stat.js";
export { probeMounts } from "./probe.js";
export { type RestoredMount, restoredMounts } from "./restored.js";

/** Mounts: the table of the kernel, fstab, and the mount points' owners and modes. */
export const mountKind: Kind = defineKind<MountFacts>({
  kind: "mount",
  probe: probeMounts,
  contents: contributeMounts,
  steps: mountSteps,
  fields: mountFields,
  references: mountReferences,
});
