import { decodeOctal } from "../../layout/octal.js";
import type { SwapFstab } from "./detail.js";

/** The lines of fstab(5) with the type swap. Lines of other types, and lines that aren't whole, are the mount kind's. */
export function parseSwapLines(text: string): readonly SwapFstab[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/[ \t]+/).map(decodeOctal))
    .filter(([, , type]) => type === "swap")
    .map(([spec, , , options]) => ({
      spec: (spec as string).replace(/^([A-Z]+=)"(.*)"$/, "$1$2"),
      options: (options ?? "defaults").split(",").filter(Boolean),
    }));
}
