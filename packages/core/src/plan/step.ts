import type { NodeId } from "../layout/ids.js";
import type { Arg } from "./arg.js";

/** A step's name: stable from scan to scan, readable, `make-ext:lv:vg1/root`. */
export type StepId = string & { readonly stepId: unique symbol };

/** Groups steps for the recovery modes. Only `after` orders. */
export const PHASES = [
  "activate",
  "format",
  "partition",
  "assemble",
  "make",
  "mount",
  "restore",
  "boot",
  "release",
] as const;

/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** One command of a pipe, or a command by itself. */
export interface PlannedCommand {
  readonly argv: readonly [Arg, ...Arg[]];
  /** What it reads: a text, or a file. */
  readonly stdin?: { readonly text: string } | { readonly file: Arg } | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Exit codes that mean success; 0 alone otherwise. */
  readonly okExits?: readonly number[] | undefined;
}

/** What a step does. */
export type Action =
  | (PlannedCommand & {
      readonly do: "exec";
      readonly timeLimitSeconds?: number | undefined;
      /** Talks to the operator itself. */
      readonly terminal?: boolean | undefined;
      /**
       * Runs once for each name in this directory of the target, in order; `{ each: true }` in argv is the name.
       * `recorded` is what was there at scan, printed where the target isn't mounted yet.
       */
      readonly forEach?: { readonly list: Arg; readonly recorded: readonly string[] } | undefined;
      /** Known races only: how often it is tried in all, a second apart; why stands beside it. */
      readonly attempts?: { readonly times: number; readonly why: string } | undefined;
    })
  | {
      readonly do: "pipe";
      readonly stages: readonly [PlannedCommand, ...PlannedCommand[]];
      readonly timeLimitSeconds?: number | undefined;
    }
  | {
      readonly do: "write";
      readonly path: Arg;
      readonly content: string;
      readonly mode?: number | undefined;
      readonly sysfs?: boolean | undefined;
    };

/** A condition that the library and the shell runner both evaluate. All of them only look. */
export type Check =
  /** The node's device exists and is the one that the plan means (sysfs numbers, dm uuid). */
  | { readonly is: "device"; readonly device: NodeId }
  /** The device has at least, or exactly, so many bytes. */
  | { readonly is: "size"; readonly device: NodeId; readonly least: number; readonly most?: number | undefined }
  /** `blkid -p -s TAG -o value` says this; null: it says nothing. */
  | { readonly is: "signature"; readonly device: NodeId; readonly tag: string; readonly equals: string | null }
  /** The kernel knows the partition with this start and size in bytes. `bytes` null: of any size (extended). */
  | {
      readonly is: "partition";
      readonly device: NodeId;
      readonly startBytes: number;
      readonly bytes: number | null;
    }
  /** mountinfo shows the device (or, without one, anything) at this place. */
  | { readonly is: "mounted"; readonly at: Arg; readonly device: NodeId | null }
  | { readonly is: "not-mounted"; readonly at: Arg }
  | { readonly is: "swap"; readonly device: NodeId; readonly active: boolean }
  /** A command that only looks prints this (compared without white space at both ends). */
  | { readonly is: "output"; readonly argv: readonly [Arg, ...Arg[]]; readonly equals: Arg }
  /** A file is there; with this content where a sum is given. */
  | { readonly is: "file"; readonly path: Arg; readonly sha256?: string | undefined }
  | { readonly is: "directory"; readonly path: Arg }
  | { readonly is: "absent"; readonly path: Arg }
  /** A sysfs or /proc file says this. */
  | { readonly is: "attribute"; readonly path: Arg; readonly equals: string };

/** How a command is judged, as data, so that it can be judged where the adapter's code isn't. */
export interface Outcome {
  /** Exit codes by their meaning; one that isn't named is a failure. */
  readonly exits: Readonly<Record<string, "ok" | "warnings" | "retryable" | "needs-operator" | "failed">>;
  /** Messages that decide more than the exit code does. First match wins; lines of stdout and stderr. */
  readonly messages: readonly {
    /** A regular expression (ECMAScript and POSIX ERE alike). */
    readonly pattern: string;
    readonly means: "ok" | "warnings" | "retryable" | "needs-operator" | "failed";
    /** What to do, for people. */
    readonly remedy?: string | undefined;
  }[];
  /** The least number of objects that must have been restored, counted by this expression's first group. */
  readonly atLeast?: { readonly pattern: string; readonly objects: number } | undefined;
}

/** One step of a plan. */
export interface Step {
  readonly id: StepId;
  /** For people, in a list: `Make ext4 on lv:vg1/root`. */
  readonly title: string;
  /** For people, in the log: why it is needed. */
  readonly why: string;
  readonly phase: Phase;
  readonly run: readonly Action[];
  /** The steps that must be done first. The order of the array is one valid order. */
  readonly after: readonly StepId[];
  /** The nodes whose old content is lost; empty: harmless. */
  readonly destroys: readonly NodeId[];
  /** Must hold before it runs. */
  readonly before: readonly Check[];
  /** Hold once it is done; also the guard on resume. */
  readonly done: readonly Check[];
  readonly outcome?: Outcome | undefined;
  /** Lets go of what the step took hold of (umount, swapoff, vgchange -an). No undo: there is none of mkfs. */
  readonly release?: readonly Action[] | undefined;
}

/** An id of a step. */
export function stepId(verb: string, subject: string): StepId {
  return `${verb}:${subject}` as StepId;
}
