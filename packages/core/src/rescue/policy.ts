import type { DiskRequirement } from "../plan/part.js";
import { recordedDisk } from "./mapping.js";
import type { ExistingPolicies, ExistingPolicy } from "./mode.js";

/** What may happen to a disk that isn't empty: its own policy, where it has one. */
export function policyFor(disk: DiskRequirement, { all, disks }: ExistingPolicies): ExistingPolicy {
  const own = Object.entries(disks).find(([name]) => recordedDisk([disk], name) !== undefined);
  return own?.[1] ?? all;
}
