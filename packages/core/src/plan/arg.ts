import * as z from "zod";
import type { NodeId } from "../layout/ids.js";

/**
 * One argument of a planned command. What can't be known before the rescue system is there is a reference:
 * - `device`: the device of a node, as resolved there; `as: "pattern"` as a regular expression of LVM that matches
 *   its path and no other
 * - `target`: a path inside the server's file tree, below the mount point of the restore (`/mnt/a`)
 * - `setFile`: a file of the recovery set
 * - `param`: a choice of the day, asked for or given by `--param`; its pattern stands in the plan
 * - `each`: the name that a `forEach` action is at
 * - `concat`: several of these as one argument
 */
export type Arg =
  | string
  | { readonly device: NodeId; readonly as?: "pattern" | undefined }
  | { readonly target: string }
  | { readonly setFile: string }
  | { readonly param: string }
  | { readonly each: true }
  | { readonly concat: readonly Arg[] };

/** Checks an argument read from a file. */
export const ArgSchema: z.ZodType<Arg> = z.lazy(() =>
  z.union([
    z.string(),
    z.strictObject({ device: z.string() as unknown as z.ZodType<NodeId>, as: z.literal("pattern").optional() }),
    z.strictObject({ target: z.string() }),
    z.strictObject({ setFile: z.string() }),
    z.strictObject({ param: z.string() }),
    z.strictObject({ each: z.literal(true) }),
    z.strictObject({ concat: z.array(ArgSchema) }),
  ]),
);
