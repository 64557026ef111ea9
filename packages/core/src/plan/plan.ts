import type { Finding } from "../layout/finding.js";
import type { Machine } from "../layout/layout.js";
import type { DeviceRef, DiskRequirement, ParamSpec, SetFile, ToolRequirement } from "./part.js";
import type { Step } from "./step.js";

/** How a server's disks are rebuilt, its files restored, and its boot loader made anew: commands as data. */
export interface Plan {
  readonly format: "bmr-plan";
  readonly version: 1;
  readonly machine: Machine;
  /** sha256 of the layout that it was made from. */
  readonly layoutDigest: string;
  readonly disks: readonly DiskRequirement[];
  readonly devices: readonly DeviceRef[];
  readonly tools: readonly ToolRequirement[];
  readonly params: readonly ParamSpec[];
  /** In one valid order; `after` says what must really wait for what. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}

/** A plan and the files of the recovery set that its steps name. */
export interface PlanWithFiles {
  readonly plan: Plan;
  readonly files: readonly SetFile[];
}
