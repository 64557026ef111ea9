import * as z from "zod";
import type { DirectoryAttributes } from "../../layout/layout.js";
import { type ExtSuperblock, ExtSuperblockSchema } from "./superblock.js";

/** What is recorded of an ext filesystem, or of an external journal. */
export interface ExtDetail {
  /** Null where it wasn't recorded. */
  readonly superblock: ExtSuperblock | null;
  /** Owner and mode of the filesystem's own root directory; null where it wasn't recorded. */
  readonly rootDirectory: DirectoryAttributes | null;
  /** Bytes of the hidden file for orphans; null without the feature `orphan_file`, or where it wasn't recorded. */
  readonly orphanFileBytes: number | null;
  /** With the feature `casefold`: refuses names that aren't valid in the encoding; null without it, or where it wasn't recorded. */
  readonly strictEncoding: boolean | null;
}

/** Checks a detail read from a file. */
export const ExtDetailSchema: z.ZodType<ExtDetail> = z.strictObject({
  superblock: ExtSuperblockSchema.nullable(),
  rootDirectory: z
    .strictObject({
      mode: z.int().nonnegative(),
      uid: z.int().nonnegative(),
      gid: z.int().nonnegative(),
    })
    .nullable(),
  orphanFileBytes: z.int().nonnegative().nullable(),
  strictEncoding: z.boolean().nullable(),
});
