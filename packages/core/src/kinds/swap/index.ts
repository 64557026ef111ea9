import { defineKind, type Kind } from "../kind.js";
import { contributeSwap } from "./contribute.js";
import { swapFields } from "./fields.js";
import { swapFit } from "./fit.js";
import { probeSwap, type SwapFacts } from "./probe.js";
import { swapSteps } from "./steps.js";

/** Swap areas on devices; swap files are recorded and reported. */
export const swapKind: Kind = defineKind<SwapFacts>({
  kind: "swap",
  probe: probeSwap,
  contents: contributeSwap,
  steps: swapSteps,
  fit: swapFit,
  fields: swapFields,
});

export {
  type SwapConfig,
  SwapConfigSchema,
  type SwapDetail,
  SwapDetailSchema,
  type SwapFile,
  type SwapFstab,
} from "./detail.js";
export type { SwapHeader } from "./parse-header.js";
export { probeSwap, type SwapArea, type SwapFacts } from "./probe.js";
