import * as z from "zod";
import type { ProbeFailure } from "../host/probed.js";
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
  /**
   * Damage, or something that nobody could look at: a recovery set with it doesn't take the place of one without, and no
   * backup is taken over a good one, until the operator accepts it.
   */
  readonly holdsBack?: true | undefined;
  /** What a rebuild won't give back as it was, which this finding says: an exception that verify states and goes on. */
  readonly excepts?: readonly ExceptedField[] | undefined;
}

/** For a finding that says this failure: it holds back, but where a recording merely lacks the answer. */
export function heldBackBy({ reason }: ProbeFailure): Pick<Finding, "holdsBack"> {
  return reason === "not-recorded" ? {} : { holdsBack: true };
}

/** A field of one node, or everything below it. */
export interface ExceptedField {
  readonly node: NodeId;
  /** As a difference names it: `content.label`, `detail.name`, `content.detail.superblock`. */
  readonly field: string;
}

const NodeIdText = z.string() as unknown as z.ZodType<NodeId>;

/** Checks a finding read from a file. */
export const FindingSchema: z.ZodType<Finding> = z.object({
  code: z.string(),
  severity: z.enum(["loss", "warning", "note"]),
  node: NodeIdText.optional(),
  message: z.string(),
  remedy: z.string().optional(),
  holdsBack: z.literal(true).optional(),
  excepts: z.array(z.object({ node: NodeIdText, field: z.string() })).optional(),
});
