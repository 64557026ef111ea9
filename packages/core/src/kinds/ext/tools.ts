import type { NodeId } from "../../layout/ids.js";
import type { ToolOption, ToolRequirement } from "../../plan/part.js";
import type { PlannedCommand } from "../../plan/step.js";
import { newFeatures } from "./features.js";

/** What mke2fs prints with `-v` when it accepts what it is told, and never when it doesn't. */
const ACCEPTED = "OS type:";

/**
 * The tools that make ext filesystems. Everything that every e2fsprogs since 1.42 (2011) knows is taken as given; newer
 * features are tried one by one, so that the message names the one that is missing, and then each filesystem as a
 * whole: mke2fs's help names no feature, but `-n` makes nothing.
 */
export function extTools(
  features: readonly string[],
  trials: readonly { readonly node: NodeId; readonly command: PlannedCommand }[],
): ToolRequirement[] {
  const rescue = { where: "rescue", package: "e2fsprogs" } as const;
  const options = [...newFeatures(features).map(tryFeature), ...trials.map(tryFilesystem)];
  return [
    { tool: "mke2fs", ...rescue, ...(options.length === 0 ? {} : { options }) },
    { tool: "tune2fs", ...rescue },
    { tool: "debugfs", ...rescue },
    { tool: "dumpe2fs", ...rescue },
    { tool: "grep", where: "rescue", package: "grep" },
  ];
}

function tryFeature({ feature, beside }: { feature: string; beside: readonly string[] }): ToolOption {
  const list = ["none", ...beside, feature].join(",");
  const sizes = ["-b", "4096", "-I", "256"];
  return {
    option: `-O ${feature}`,
    help: [...TRY, "-t", "ext2", "-T", "ext2", ...sizes, "-O", list, "/dev/null", "100000"],
    says: ACCEPTED,
  };
}

const TRY = ["env", "MKE2FS_CONFIG=/dev/null", "mke2fs", "-n", "-v", "-F"] as const;

function tryFilesystem({ node, command }: { node: NodeId; command: PlannedCommand }): ToolOption {
  // what mke2fs() begins with: the tool, -q, -F; a label may be -q too
  const plain = command.argv.slice(3);
  return {
    option: `all that ${node} needs`,
    help: [...TRY, ...plain.map((arg) => (typeof arg === "string" ? arg : "/dev/null"))],
    says: ACCEPTED,
  };
}
