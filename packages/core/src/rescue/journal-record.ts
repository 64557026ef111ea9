import * as z from "zod";
import type { NodeId } from "../layout/ids.js";
import type { StepId } from "../plan/step.js";
import type { ExistingPolicy, Mode } from "./mode.js";

/** The head of a run in the journal: what was bound, and under which policies. */
export interface RunRecord {
  readonly record: "run";
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly mode: Mode;
  /** sha256 of the plan. */
  readonly plan: string;
  /** sha256 of plan and disks together: a run goes on with an earlier one only where this is the same. */
  readonly binding: string;
  readonly disks: readonly {
    readonly node: NodeId;
    readonly key: string;
    /** For people: kernel names are given anew at each boot. */
    readonly path: string;
    readonly erasedUnder: ExistingPolicy | null;
  }[];
  readonly params: Readonly<Record<string, string>>;
  readonly target: string;
  /** False: whatever was done before doesn't count. */
  readonly resumes: boolean;
}

/** What became of a step. */
export interface StepRecord {
  readonly record: "step";
  readonly at: string;
  readonly step: StepId;
  /** sha256 of the step, the bound disks and the choices that it uses. */
  readonly digest: string;
  readonly state: "started" | "done" | "failed";
  /** For people: why it failed. */
  readonly why?: string | undefined;
  readonly seconds?: number | undefined;
}

/** The end of a run. */
export interface EndRecord {
  readonly record: "end";
  readonly at: string;
  readonly outcome: "done" | "failed" | "refused" | "interrupted";
}

/** One line of the journal. */
export type JournalRecord = RunRecord | StepRecord | EndRecord;

const id = z.string() as unknown as z.ZodType<NodeId>;
const stepId = z.string() as unknown as z.ZodType<StepId>;
const policy = z.enum(["refuse", "require-empty", "overwrite"]);

/** Checks one line of the journal. */
export const JournalRecordSchema: z.ZodType<JournalRecord> = z.discriminatedUnion("record", [
  z.object({
    record: z.literal("run"),
    version: z.literal(1),
    at: z.string(),
    mode: z.enum(["diskinit", "mount", "restore", "boot", "umount", "recover"]),
    plan: z.string(),
    binding: z.string(),
    disks: z.array(z.object({ node: id, key: z.string(), path: z.string(), erasedUnder: policy.nullable() })),
    params: z.record(z.string(), z.string()),
    target: z.string(),
    resumes: z.boolean(),
  }),
  z.object({
    record: z.literal("step"),
    at: z.string(),
    step: stepId,
    digest: z.string(),
    state: z.enum(["started", "done", "failed"]),
    why: z.string().optional(),
    seconds: z.number().optional(),
  }),
  z.object({
    record: z.literal("end"),
    at: z.string(),
    outcome: z.enum(["done", "failed", "refused", "interrupted"]),
  }),
]);
