import * as z from "zod";
import { readDetail, writeDetail } from "../../layout/detail.js";
import type { Content, Detail, GroupNode, LayoutNode, VolumeNode } from "../../layout/layout.js";
import type { Allocation } from "./facts.js";

/** This kind's name. */
export const KIND = "lvm";

/** What is kept of a physical volume, as the `detail` of the content `pv`. Null: not recorded. */
export interface PvDetail {
  /** Of all extents together. */
  readonly bytes: number | null;
  readonly extents: number | null;
  /** Where the first extent begins (pe_start). */
  readonly startBytes: number | null;
  readonly allocatable: boolean | null;
  readonly tags: readonly string[] | null;
  /** How many metadata areas it has (0, 1 or 2), and how many of them aren't ignored. */
  readonly metadataAreas: number | null;
  readonly metadataAreasUsed: number | null;
  /** Size of the smallest of them. */
  readonly metadataBytes: number | null;
  readonly bootAreaStart: number | null;
  readonly bootAreaBytes: number | null;
}

/** What is kept of a volume group. Null: not recorded. */
export interface GroupDetail {
  readonly uuid: string;
  readonly extentBytes: number | null;
  readonly extents: number | null;
  readonly freeExtents: number | null;
  readonly writable: boolean;
  readonly resizeable: boolean;
  readonly allocation: Allocation;
  /** 0: no limit. */
  readonly maxVolumes: number | null;
  readonly maxPvs: number | null;
  readonly tags: readonly string[] | null;
  /** `unmanaged`, `all`, or a number. */
  readonly metadataCopies: string | null;
  readonly systemId: string | null;
  readonly profile: string | null;
  /** Revision of the metadata. */
  readonly seqno: number | null;
  /** What vgcfgrestore gets: vgcfgbackup's text without the volumes that aren't rebuilt; null where there is none. */
  readonly backup: string | null;
}

/** A run of extents of one kind. */
export interface SegmentDetail {
  /** `linear`, `striped`, `raid1` … */
  readonly type: string;
  readonly startBytes: number;
  readonly bytes: number;
  readonly stripes: number;
  /** 0 where there is but one stripe. */
  readonly stripeBytes: number;
  /** `on` is the UUID of a physical volume, or the name of a volume below. */
  readonly ranges: readonly { readonly on: string; readonly first: number; readonly last: number }[];
}

/** What is kept of a logical volume. Null: not recorded. */
export interface VolumeDetail {
  readonly uuid: string;
  readonly types: readonly string[];
  readonly allocation: Allocation;
  readonly active: boolean;
  readonly skipActivation: boolean;
  readonly tags: readonly string[] | null;
  /** `auto`, or bytes. */
  readonly readAhead: "auto" | number | null;
  /** The minor number that it always gets; null where it gets any. */
  readonly fixedMinor: number | null;
  readonly profile: string | null;
  readonly segments: readonly SegmentDetail[] | null;
}

const count = z.number().int().nonnegative();
const tags = z.array(z.string()).nullable();
const AllocationSchema = z.enum(["contiguous", "cling", "normal", "anywhere", "inherit"]);

/** Checks the detail of a physical volume read from a file. */
export const PvDetailSchema: z.ZodType<PvDetail> = z.object({
  bytes: count.nullable(),
  extents: count.nullable(),
  startBytes: count.nullable(),
  allocatable: z.boolean().nullable(),
  tags,
  metadataAreas: count.nullable(),
  metadataAreasUsed: count.nullable(),
  metadataBytes: count.nullable(),
  bootAreaStart: count.nullable(),
  bootAreaBytes: count.nullable(),
});

/** Checks the detail of a volume group read from a file. */
export const GroupDetailSchema: z.ZodType<GroupDetail> = z.object({
  uuid: z.string(),
  extentBytes: count.nullable(),
  extents: count.nullable(),
  freeExtents: count.nullable(),
  writable: z.boolean(),
  resizeable: z.boolean(),
  allocation: AllocationSchema,
  maxVolumes: count.nullable(),
  maxPvs: count.nullable(),
  tags,
  metadataCopies: z.string().nullable(),
  systemId: z.string().nullable(),
  profile: z.string().nullable(),
  seqno: count.nullable(),
  backup: z.string().nullable(),
});

/** Checks the detail of a logical volume read from a file. */
export const VolumeDetailSchema: z.ZodType<VolumeDetail> = z.object({
  uuid: z.string(),
  types: z.array(z.string()),
  allocation: AllocationSchema,
  active: z.boolean(),
  skipActivation: z.boolean(),
  tags,
  readAhead: z.union([z.literal("auto"), count]).nullable(),
  fixedMinor: count.nullable(),
  profile: z.string().nullable(),
  segments: z
    .array(
      z.object({
        type: z.string(),
        startBytes: count,
        bytes: count,
        stripes: count,
        stripeBytes: count,
        ranges: z.array(z.object({ on: z.string(), first: count, last: count })),
      }),
    )
    .nullable(),
});

/** The content `pv`. */
export type PvContent = Extract<Content, { is: "pv" }>;

/** The detail of a physical volume. */
export function pvDetail(content: PvContent): PvDetail {
  return readDetail(PvDetailSchema, content.detail);
}

/** The detail of a group. */
export function groupDetail(node: GroupNode): GroupDetail {
  return readDetail(GroupDetailSchema, node.detail);
}

/** The detail of a volume. */
export function volumeDetail(node: VolumeNode): VolumeDetail {
  return readDetail(VolumeDetailSchema, node.detail);
}

/** A detail as the layout's plain data. */
export function asDetail(detail: PvDetail | GroupDetail | VolumeDetail): Detail {
  return writeDetail(detail);
}

/** True for a group that this kind made. */
export function isOurGroup(node: LayoutNode): node is GroupNode {
  return node.role === "group" && node.kind === KIND;
}
