import type { Finding } from "../layout/finding.js";
import type { Identity } from "../layout/identity.js";
import type { NodeId } from "../layout/ids.js";
import type { Phase, Step } from "./step.js";

/**
 * Something that one step brings about and another waits for, so that kinds can be ordered without knowing each
 * other: `device:<node>` (its device exists, the table is final), `content:<node>` (made: filesystem, swap, PV),
 * `mounted:<path>`, `phase:<phase>` (each step of that phase is done; every step provides it by itself).
 */
export type Token =
  | `device:${string}`
  | `content:${string}`
  | `mounted:${string}`
  | `phase:${Phase}`
  | `done:${string}`;

/** A step before it is ordered: `after` follows from what it needs and what others provide. */
export interface DraftStep extends Omit<Step, "after"> {
  readonly needs: readonly Token[];
  readonly provides: readonly Token[];
}

/** How a later device follows from its parent; a pure function in the rescue system. */
export type DeviceRef =
  /** The partition of a bound disk or map, an array …: `/dev/sda1`, `/dev/nvme0n1p1`, by dm uuid on a map. */
  | { readonly node: NodeId; readonly by: "partition"; readonly of: NodeId; readonly number: number }
  /** `/dev/mapper/<name>`, with the dm uuid that it must have. */
  | { readonly node: NodeId; readonly by: "mapper"; readonly name: string; readonly dmUuid: string };

/** What a disk must be to take the place of the recorded one. */
export interface DiskRequirement {
  readonly node: NodeId;
  readonly role: "disk" | "map";
  /** What it was called on the recorded machine, for people. */
  readonly name: string;
  readonly identities: readonly Identity[];
  /** At least so many bytes. */
  readonly bytes: number;
  /** Logical sector size in bytes: must be the same. */
  readonly sectorBytes: number;
  /** The recorded number of paths of a map; for people. */
  readonly paths: number | null;
  /** A disk that was read-only at scan is never formatted. */
  readonly readOnly: boolean;
}

/** An option of a tool, and how to find out whether the tool knows it. */
export interface ToolOption {
  /** For people too: `--sector-size`, `-O casefold`. */
  readonly option: string;
  /** The command to ask; it must change nothing. */
  readonly help: readonly [string, ...string[]];
  /** What it prints (on either stream) when the tool knows the option; the option itself where this isn't given. */
  readonly says?: string;
}

/** A tool that the plan runs, and what of it. */
export interface ToolRequirement {
  readonly tool: string;
  /** Where the tool runs: the rescue system, or the restored system (chroot). */
  readonly where: "rescue" | "target";
  /** Debian's package that has it, for the message. */
  readonly package: string;
  /** Options that older versions don't have, as their help text names them; checked before anything is written. */
  readonly options?: readonly ToolOption[];
}

/** A choice of the day that the restore needs, and what is allowed. */
export interface ParamSpec {
  readonly name: string;
  readonly title: string;
  /** A regular expression that the whole value must match. */
  readonly pattern: string;
  readonly default: string | null;
}

/** A file that the recovery set holds beside the plan: a partition table, a VG backup, a configuration. */
export interface SetFile {
  readonly name: string;
  readonly content: string;
}

/** What one kind, or an adapter, adds to a plan. */
export interface PlanPart {
  readonly steps?: readonly DraftStep[];
  readonly devices?: readonly DeviceRef[];
  readonly disks?: readonly DiskRequirement[];
  readonly tools?: readonly ToolRequirement[];
  readonly params?: readonly ParamSpec[];
  readonly files?: readonly SetFile[];
  readonly findings?: readonly Finding[];
}
