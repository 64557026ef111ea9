import type { ToolRequirement } from "../../plan/part.js";
import { newFeatures } from "./features.js";

/**
 * The tools that make ext filesystems. Everything that every e2fsprogs since 1.42 (2011) knows is taken as given; newer
 * features are tried: mke2fs's help names none, but `-n` makes nothing and says `OS type:` only when it would.
 */
export function extTools(features: readonly string[]): ToolRequirement[] {
  const rescue = { where: "rescue", package: "e2fsprogs" } as const;
  const options = newFeatures(features).map(({ feature, beside }) => ({
    option: `-O ${feature}`,
    help: tryFeature([...beside, feature]),
    says: "OS type:",
  }));
  return [
    { tool: "mke2fs", ...rescue, ...(options.length === 0 ? {} : { options }) },
    { tool: "tune2fs", ...rescue },
    { tool: "debugfs", ...rescue },
    { tool: "dumpe2fs", ...rescue },
    { tool: "grep", where: "rescue", package: "grep" },
  ];
}

function tryFeature(features: readonly string[]): [string, ...string[]] {
  const list = ["none", ...features].join(",");
  return ["mke2fs", "-n", "-v", "-F", "-t", "ext2", "-b", "4096", "-I", "256", "-O", list, "/dev/null", "100000"];
}
