import * as z from "zod";

/** A line of fstab with the type swap. */
export interface SwapFstab {
  /** Its first field, decoded: `UUID=…`, `/dev/sda2`, `/swapfile`. */
  readonly spec: string;
  /** Its fourth field: `pri=10`, `discard` … */
  readonly options: readonly string[];
}

/** What is recorded of a swap area on a device. */
export interface SwapDetail {
  /** Bytes of a page of the machine that uses it; null where it wasn't recorded. */
  readonly pageBytes: number | null;
  /** Bytes that it takes on its device, its header included; null where it wasn't recorded. */
  readonly bytes: number | null;
  /** Of the machine that made it; the kernel takes its own only. */
  readonly byteOrder: "little" | "big" | null;
  /** How many pages are listed as bad. */
  readonly badPages: number | null;
  /** It holds the image of a hibernated system, or the rest of one. */
  readonly hibernated: boolean;
  /** Switched on when the machine was looked at; null where it wasn't recorded. */
  readonly active: boolean | null;
  /** Its priority while it was on: chosen by `pri=`, or given by the kernel and negative then. */
  readonly priority: number | null;
  readonly fstab: SwapFstab | null;
}

/** A file that is used for swapping. */
export interface SwapFile {
  readonly path: string;
  /** Bytes that can be used: without the page of its header; null where it was off. */
  readonly usableBytes: number | null;
  readonly active: boolean;
  readonly priority: number | null;
  readonly fstab: SwapFstab | null;
}

/** What is recorded of swapping beside the devices. */
export interface SwapConfig {
  readonly files: readonly SwapFile[];
}

const FstabSchema: z.ZodType<SwapFstab> = z.strictObject({ spec: z.string(), options: z.array(z.string()) });

/** Checks a detail read from a file. */
export const SwapDetailSchema: z.ZodType<SwapDetail> = z.strictObject({
  pageBytes: z.int().positive().nullable(),
  bytes: z.int().positive().nullable(),
  byteOrder: z.enum(["little", "big"]).nullable(),
  badPages: z.int().nonnegative().nullable(),
  hibernated: z.boolean(),
  active: z.boolean().nullable(),
  priority: z.int().nullable(),
  fstab: FstabSchema.nullable(),
});

/** Checks a configuration read from a file. */
export const SwapConfigSchema: z.ZodType<SwapConfig> = z.strictObject({
  files: z.array(
    z.strictObject({
      path: z.string(),
      usableBytes: z.int().positive().nullable(),
      active: z.boolean(),
      priority: z.int().nullable(),
      fstab: FstabSchema.nullable(),
    }),
  ),
});
