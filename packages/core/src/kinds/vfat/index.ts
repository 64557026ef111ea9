import { defineKind, type Kind } from "../kind.js";
import { contributeVfat } from "./contribute.js";
import { vfatFields } from "./fields.js";
import { probeVfat, type VfatFacts } from "./probe.js";
import { vfatSteps } from "./steps.js";

/** FAT12, FAT16 and FAT32 filesystems: the EFI system partition, mostly. That EFI starts from it is the boot kind's. */
export const vfatKind: Kind = defineKind<VfatFacts>({
  kind: "vfat",
  probe: probeVfat,
  contents: contributeVfat,
  steps: vfatSteps,
  fields: vfatFields,
});

export { type FatBootSector, FatBootSectorSchema } from "./boot-sector.js";
export { type VfatDetail, VfatDetailSchema } from "./detail.js";
export { probeVfat, type VfatDevice, type VfatFacts } from "./probe.js";
