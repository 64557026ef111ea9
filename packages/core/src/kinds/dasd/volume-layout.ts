import { type DasdFact, isAnswer } from "./facts.js";

/**
 * How a volume is laid out:
 * - `cdl`: compatible disk layout, up to three partitions, readable by z/OS
 * - `ldl`: Linux disk layout, one partition behind the label
 * - `cms`: a CMS minidisk, one partition
 * - `fba`: fixed blocks; a PC's table, or one partition that the kernel makes
 * - `unlabelled`: formatted, with no label that anyone knows
 * - `unformatted`: no blocks yet
 * - `unknown`: nobody told
 */
export type VolumeLayout = "cdl" | "ldl" | "cms" | "fba" | "unlabelled" | "unformatted" | "unknown";

/**
 * The layout, by all that is known: dasdview's format names LDL what is CMS or FBA as well; the label tells them apart
 * (block/partitions/ibm.c).
 */
export function volumeLayout({ view, label, ccw }: DasdFact): VolumeLayout {
  if (ccw?.discipline === "FBA") return "fba";
  if (!isAnswer(view)) return "unknown";
  if (view.type === "FBA") return "fba";
  if (view.format !== "ldl") return view.format;
  if (!isAnswer(label)) return "unknown";
  switch (label.identifier) {
    case "LNX1":
      return "ldl";
    case "CMS1":
      return "cms";
    default:
      return "unlabelled";
  }
}
