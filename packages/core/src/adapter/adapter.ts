/**
 * The contract of a backup adapter: what bmr needs of a backup product. An adapter is a plain object; it plans
 * commands as data, reads what they print and judges how they ended. It does no I/O, so that all of it can be tested
 * by calling it, and so that the plan holds its commands and judgement where its code isn't at hand.
 *
 * What is *not* its business: where the target is mounted, missing directories, whether a backup may run here. The
 * core looks after these for every product alike.
 */
import type * as z from "zod";
import type { Layout } from "../layout/layout.js";
import type { Judgement } from "../plan/judge.js";
import type { PlanPart, ToolRequirement } from "../plan/part.js";
import type { Action, Step } from "../plan/step.js";
import type { Capabilities } from "./capabilities.js";
import type { AdapterEvent, Counters, OutputLine } from "./event.js";
import type { BackupScope } from "./scope.js";

/** What an adapter plans by. */
export interface AdapterContext<Options> {
  /** Checked by the adapter's own schema. */
  readonly options: Options;
  readonly layout: Layout;
  /** What the backup takes and what it leaves out; see `backupScope`. */
  readonly scope: BackupScope;
  /** Where the recovery set lies in the server's file tree, `/etc/BMR`. */
  readonly setDirectory: string;
}

/** What an adapter plans a backup by. */
export interface BackupContext<Options> extends AdapterContext<Options> {
  /** Where the server's file tree is seen: `/`, or where a snapshot of it is mounted. */
  readonly root: string;
  /** An empty directory of its own on a disk, with room for a list of all files; it isn't in the backup. */
  readonly workDirectory: string;
  /** When the backup began, ISO 8601 in UTC. */
  readonly startedAt: string;
}

/** Commands that are run one after another and judged as one. */
export type Task = Pick<Step, "id" | "title" | "why" | "run" | "outcome">;

/** A task that only looks: whether a restore could begin. Run before any disk is touched, and again before the restore. */
export interface Preflight extends Task {
  /** What to do when it fails. */
  readonly remedy: string;
}

/** How a person gets the recovery set back into a rescue system, with nothing but what stands here. */
export interface Bootstrap {
  readonly title: string;
  /** In order. No references: each one can be typed as it is shown. */
  readonly commands: readonly Action[];
  /** What must be known or at hand: passwords, names, media. */
  readonly remarks: readonly string[];
}

/** How a task ended, for the adapter's own judgement. */
export interface TaskRun {
  readonly task: Pick<Task, "id">;
  /** What the plan's data makes of it. */
  readonly judgement: Judgement;
  readonly counters: Counters;
  /** What was said, the first thousand; `counters` counts all. */
  readonly messages: readonly Extract<AdapterEvent, { is: "message" }>[];
}

/**
 * A backup product.
 *
 * A minimal one: `name`, `title`, `optionsSchema`, `capabilities`, `requiredTools`, `bootstrap`, `planRestore`.
 */
export interface BackupAdapter<Options = unknown> {
  /** As in `--adapter tar`: lower case letters, digits and `-`. */
  readonly name: string;
  /** For people: `GNU tar`. */
  readonly title: string;
  /** Checks the site's options, `adapterOptions` in the settings. */
  readonly optionsSchema: z.ZodType<Options>;
  /** What the product can do, with these options. */
  capabilities(options: Options): Capabilities;
  /** The tools that a task needs: a backup on the server, a restore in the rescue system. */
  requiredTools(options: Options, task: "backup" | "restore"): readonly ToolRequirement[];
  /** How a person gets the recovery set back, before anything of bmr is there. */
  bootstrap(context: AdapterContext<Options>): Bootstrap;
  /** Looks whether a restore could begin. */
  preflight?(context: AdapterContext<Options>): readonly Preflight[];
  /**
   * The restore of all filesystems, which are mounted by then, as steps of the phase `restore` that need
   * `phase:mount`. Each step carries its outcome: exit code 0 with nothing restored is a failure.
   */
  planRestore(context: AdapterContext<Options>): PlanPart;
  /** The backup, in order; the first task that doesn't end well ends it. Absent: the product is run by others. */
  planBackup?(context: BackupContext<Options>): readonly Task[];
  /** What a line means. Never throws. */
  parseOutput?(line: OutputLine): readonly AdapterEvent[];
  /** Refines the judgement that the plan's data gives; called where the adapter's code is at hand. */
  classify?(run: TaskRun): Judgement;
}

/** Declares an adapter with its own type of options, for a registry that needn't know it. */
export function defineAdapter<Options>(adapter: BackupAdapter<Options>): BackupAdapter<Options> {
  return adapter;
}
