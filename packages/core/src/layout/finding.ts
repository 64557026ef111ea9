import * as z from "zod";
import type { NodeId } from "./ids.js";

/**
 * - `loss`: something of the server won't come back
 * - `warning`: it comes back, but someone should look
 * - `note`: worth knowing
 */
export type Severity = "loss" | "warning" | "note";

/** Something that a scan, an assembly or a plan has to say about the storage. Never dropped silently. */
export interface Finding {
  /** `kind/what`, stable for programs: `lvm/snapshot`, `disk/no-identity`. */
  readonly code: string;
  readonly severity: Severity;
  /** The node that it is about, where there is one. */
  readonly node?: NodeId | undefined;
  /** For people: what, where. */
  readonly message: string;
  /** For people: what to do about it. */
  readonly remedy?: string | undefined;
}

/** Checks a finding read from a file. */
export const FindingSchema: z.ZodType<Finding> = z.object({
  code: z.string(),
  severity: z.enum(["loss", "warning", "note"]),
  node: (z.string() as unknown as z.ZodType<NodeId>).optional(),
  message: z.string(),
  remedy: z.string().optional(),
});
