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

/** The names in a directory of the target, in order: those of the kernels below /lib/modules, say. */
export interface EachName {
  readonly list: Arg;
  /** What was there at scan: printed where the target isn't mounted yet. */
  readonly recorded: readonly string[];
  /** Only the names for which this path exists; `{ each: true }` in it is the name. A removed kernel leaves its directory behind. */
  readonly having?: Arg | undefined;
}

/** One command of a pipe, or a command by itself. */
export interface PlannedCommand {
  readonly argv: readonly [Arg, ...Arg[]];
  /** What it reads: a text, or a file. */
  readonly stdin?: { readonly text: string } | { readonly file: Arg } | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where its standard output goes when it is the last one of a pipe: to bmr's own. Kept by bmr otherwise. */
  readonly stdout?: "inherit" | undefined;
  /**
   * Exit codes that mean success. Without them the step's `outcome` judges the exit code, and where there is none
   * either, 0 alone is success.
   */
  readonly okExits?: readonly number[] | undefined;
}

/** Files in which disks are called by their names. */
export interface NamedIn {
  /** Their paths; `*` stands for any part of a name. What isn't there is left out. */
  readonly files: readonly Arg[];
  /** How names stand in them, `mount/fstab`: see `ReferenceSource`. Any word may be one where this isn't given. */
  readonly syntax?: string | undefined;
  /** Below this directory each file is kept as it was, under its own path. */
  readonly keep?: Arg | undefined;
}

/** What a step does. */
export type Action =
  | (PlannedCommand & {
      readonly do: "exec";
      readonly timeLimitSeconds?: number | undefined;
      /** Talks to the operator itself. */
      readonly terminal?: boolean | undefined;
      /** Runs once for each of these names; `{ each: true }` in argv is the name. No name at all is a failure. */
      readonly forEach?: EachName | undefined;
      /** Known races only: how often it is tried in all, a second apart; why stands beside it. */
      readonly attempts?: { readonly times: number; readonly why: string } | undefined;
      /** Only where a disk isn't called any more what it was called. */
      readonly ifRenamed?: true | undefined;
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
    }
  /** Writes what disks are called now in place of what they were called when the server was scanned. */
  | (NamedIn & { readonly do: "rename" })
  /**
   * Searches files and directories, as far as they are there, for what disks aren't called any more, by grep(1): exit
   * code 0 and a line for each place where something is found, 1 where nothing is. `except`: directories' names.
   * `network`: also for the hardware addresses of network devices that aren't here.
   */
  | {
      readonly do: "search";
      readonly in: readonly Arg[];
      readonly except: readonly string[];
      readonly network?: true | undefined;
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
  /** A file is there; with this content where a sum is given. With `forEach`: one for each of these names, and at least one. */
  | {
      readonly is: "file";
      readonly path: Arg;
      readonly sha256?: string | undefined;
      readonly forEach?: EachName | undefined;
    }
  | { readonly is: "directory"; readonly path: Arg }
  | { readonly is: "absent"; readonly path: Arg }
  /** No disk is called there what it isn't called any more. Evaluated by the library alone. */
  | (NamedIn & { readonly is: "renamed" })
  /** A sysfs or /proc file says this. */
  | { readonly is: "attribute"; readonly path: Arg; readonly equals: string };

/** What became of a command, from best to worst. */
export const VERDICTS = ["ok", "warnings", "retryable", "needs-operator", "failed"] as const;

/** One of {@link VERDICTS}. */
export type Verdict = (typeof VERDICTS)[number];

/** How a command is judged, as data, so that it can be judged where the adapter's code isn't: see `judge.ts`. */
export interface Outcome {
  /** Exit codes by their meaning; one that isn't named is a failure. */
  readonly exits: Readonly<Record<string, Verdict>>;
  /** Messages that say more than the exit code does. First match wins; lines of stdout and stderr. */
  readonly messages: readonly {
    /** A regular expression (ECMAScript and POSIX ERE alike). */
    readonly pattern: string;
    readonly means: Verdict;
    /** What to do, for people. */
    readonly remedy?: string | undefined;
  }[];
  /** The least number (of objects, of bytes: as the tool counts) in this expression's first group, thousands separators left out. */
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
  /** Runs only when this choice of the day has this value; a step that isn't to run counts as done for the others. */
  readonly when?: { readonly param: string; readonly equals: string } | undefined;
  readonly run: readonly Action[];
  /** The steps that must be done first. The order of the array is one valid order. */
  readonly after: readonly StepId[];
  /**
   * May run beside other steps that say so too, where no edge puts one before the other. `exclusive` names what only
   * one of them may work with at a time: `lvm` its metadata and locks, `udev` for those that wait until it has no more
   * to do and then look. A step that doesn't say this runs alone, after all before it and before all after it.
   */
  readonly parallel?: { readonly exclusive: readonly string[] } | undefined;
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
