import type { NodeId } from "../layout/ids.js";

/** Why a plan can't be carried out here, as a closed list. Each has a line in `docs/errors.md`. */
export type ProblemCode =
  // which disk it is
  | "no-candidate"
  | "several-candidates"
  | "shared-identity"
  | "identity-conflict"
  | "swapped"
  | "other-volume"
  | "other-machine"
  | "hint-mismatch"
  | "only-paths"
  | "multipathed"
  | "paths-differ"
  | "fewer-paths"
  | "target-twice"
  // what was mapped
  | "map-unknown-disk"
  | "map-unknown-device"
  | "map-not-a-disk"
  | "map-onto-path"
  | "map-twice"
  | "map-file-invalid"
  | "map-unread"
  // whether it will do
  | "size-unknown"
  | "too-small"
  | "cannot-shrink"
  | "volumes-too-large"
  | "sector-size"
  | "read-only"
  | "recorded-read-only"
  | "device-unreadable"
  // whether it may be written
  | "never-target"
  | "in-use"
  | "held"
  | "not-held-off"
  | "holds-content"
  | "not-blank"
  | "name-taken"
  // what else was given
  | "policy-unknown-disk"
  | "param-missing"
  | "param-invalid"
  | "param-unknown";

/** Something that keeps the plan from being carried out. A value, not an exception: all of them are told at once. */
export interface Problem {
  readonly code: ProblemCode;
  /** The recorded disk that it is about, where there is one. */
  readonly node: NodeId | null;
  /** The device here that it is about, `/dev/sda`. */
  readonly device: string | null;
  /** For people: what, where. */
  readonly message: string;
  /** For people: the command or flag that solves it. */
  readonly remedy: string;
}
