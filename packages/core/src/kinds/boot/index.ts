import { defineKind, type Kind } from "../kind.js";
import { contributeBoot } from "./contribute.js";
import type { BootFacts } from "./facts.js";
import { bootFields } from "./fields.js";
import { probeBoot } from "./probe.js";
import { bootReferences } from "./references.js";
import { bootSteps } from "./steps.js";

export {
  type BootConfig,
  BootConfigSchema,
  bootConfig,
  type GrubConfig,
  type GrubDevice,
  type InitramfsConfig,
} from "./detail.js";
export type { BootFacts, InstalledTools, SectorReading } from "./facts.js";
export { type BootSector, parseBootSector } from "./parse-boot-sector.js";
export { probeBoot } from "./probe.js";

/** How the machine boots: kernels, initramfs, GRUB 2 on BIOS. */
export const bootKind: Kind = defineKind<BootFacts>({
  kind: "boot",
  probe: probeBoot,
  contents: contributeBoot,
  steps: bootSteps,
  fields: bootFields,
  references: bootReferences,
});
