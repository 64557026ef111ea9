import type { ToolRequirement } from "@bmr/core";

/** IBM's client isn't in a distribution. */
const CLIENT = "TIVsm-BA (IBM Storage Protect client)";

/** What a restore runs in the rescue system. */
export function restoreTools(): readonly ToolRequirement[] {
  return [{ tool: "dsmc", where: "rescue", package: CLIENT }];
}

/** What a backup runs on the server. */
export function backupTools(): readonly ToolRequirement[] {
  return [{ tool: "dsmc", where: "target", package: CLIENT }];
}
