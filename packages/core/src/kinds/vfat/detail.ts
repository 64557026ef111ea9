import * as z from "zod";
import { type FatBootSector, FatBootSectorSchema } from "./boot-sector.js";

/** What is recorded of a FAT filesystem. */
export interface VfatDetail {
  /** Null where it wasn't recorded. */
  readonly bootSector: FatBootSector | null;
}

/** Checks a detail read from a file. */
export const VfatDetailSchema: z.ZodType<VfatDetail> = z.strictObject({ bootSector: FatBootSectorSchema.nullable() });
