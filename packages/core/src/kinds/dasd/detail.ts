import * as z from "zod";
import type { DasdPartitionType } from "./parse-fdasd.js";
import type { VolumeLayout } from "./volume-layout.js";

/** What only the DASD kind knows of a volume. */
export interface DasdDetail {
  readonly busId: string;
  /** `ECKD`, `FBA`, `DIAG`; null where it wasn't recorded. */
  readonly discipline: string | null;
  readonly layout: VolumeLayout;
  readonly volser: string | null;
  /** Null where dasdview wasn't there, as the next three. */
  readonly cylinders: number | null;
  readonly tracksPerCylinder: number | null;
  /** 0 while it isn't formatted. */
  readonly blocksPerTrack: number | null;
  readonly blockBytes: number | null;
  readonly ese: boolean | null;
  /** The attributes that differ from the driver's defaults. */
  readonly settings: Readonly<Record<string, string>>;
  readonly hostAccessCount: number | null;
  readonly reservation: string | null;
  /** `primary` or `secondary` of a copy pair; `none`. */
  readonly copyRole: string | null;
}

/** What only the DASD kind knows of a partition. Tracks, both ends inclusive; null where the geometry wasn't recorded. */
export interface DasdPartitionDetail {
  readonly startTrack: number | null;
  readonly endTrack: number | null;
  /** Null where the volume has no VTOC to say it in, or fdasd wasn't there. */
  readonly type: DasdPartitionType | null;
}

/** DASDs that hold nothing of this server, and are brought online with it: aliases, spare volumes. */
export interface DasdConfig {
  readonly others: readonly { readonly busId: string; readonly is: "alias" | "offline" | "boxed" | "secondary" }[];
}

const count = z.int().nonnegative().nullable();

/** Checks a volume's detail read from a file. */
export const DasdDetailSchema: z.ZodType<DasdDetail> = z.object({
  busId: z.string(),
  discipline: z.string().nullable(),
  layout: z.enum(["cdl", "ldl", "cms", "fba", "unlabelled", "unformatted", "unknown"]),
  volser: z.string().nullable(),
  cylinders: count,
  tracksPerCylinder: count,
  blocksPerTrack: count,
  blockBytes: count,
  ese: z.boolean().nullable(),
  settings: z.record(z.string(), z.string()),
  hostAccessCount: count,
  reservation: z.string().nullable(),
  copyRole: z.string().nullable(),
});

/** Checks a partition's detail read from a file. */
export const DasdPartitionDetailSchema: z.ZodType<DasdPartitionDetail> = z.object({
  startTrack: count,
  endTrack: count,
  type: z.enum(["native", "swap", "raid", "lvm", "gpfs"]).nullable(),
});
