/** What LVM's reports say, in bytes and in words. Null: the column wasn't recorded. */

/** A physical volume. */
export interface PvFacts {
  /** As LVM calls its device, `/dev/sda2`, `/dev/mapper/mpatha-part2`; null where the device is missing. */
  readonly device: string | null;
  readonly uuid: string;
  /** UUID of its group; null where it belongs to none. */
  readonly group: string | null;
  readonly format: string | null;
  /** `duplicate`: a second device with the same UUID, which LVM doesn't use. */
  readonly state: "ok" | "missing" | "duplicate";
  readonly allocatable: boolean | null;
  readonly exported: boolean;
  /** Of all extents together. */
  readonly bytes: number | null;
  /** Of the device, as LVM has it in its metadata. */
  readonly deviceBytes: number | null;
  /** Where the first extent begins (pe_start). */
  readonly startBytes: number | null;
  readonly extents: number | null;
  readonly tags: readonly string[] | null;
  /** How many metadata areas it has (0, 1 or 2), and how many of them aren't ignored. */
  readonly metadataAreas: number | null;
  readonly metadataAreasUsed: number | null;
  /** Size of the smallest of them. */
  readonly metadataBytes: number | null;
  readonly bootAreaStart: number | null;
  readonly bootAreaBytes: number | null;
}

/** How LVM picks extents. */
export type Allocation = "contiguous" | "cling" | "normal" | "anywhere" | "inherit";

/** A volume group. */
export interface VgFacts {
  readonly name: string;
  readonly uuid: string;
  readonly format: string | null;
  readonly writable: boolean;
  readonly resizeable: boolean;
  readonly exported: boolean;
  readonly partial: boolean;
  /** Clustered (clvmd) or shared (lvmlockd). */
  readonly shared: boolean;
  readonly allocation: Allocation;
  readonly extentBytes: number | null;
  readonly extents: number | null;
  readonly freeExtents: number | null;
  /** 0: no limit. */
  readonly maxVolumes: number | null;
  readonly maxPvs: number | null;
  readonly seqno: number | null;
  readonly tags: readonly string[] | null;
  /** `unmanaged`, `all`, or a number. */
  readonly metadataCopies: string | null;
  readonly systemId: string | null;
  readonly profile: string | null;
}

/** A run of extents of one kind in a logical volume. */
export interface LvSegment {
  /** `linear`, `striped`, `raid1`, `thin` … */
  readonly type: string;
  readonly startBytes: number;
  readonly bytes: number;
  readonly stripes: number;
  /** 0 where there is but one stripe. */
  readonly stripeBytes: number;
  /** One for each stripe: the device (or the volume) below, and its first and last extent. */
  readonly ranges: readonly { readonly on: string; readonly first: number; readonly last: number }[];
}

/** A logical volume. */
export interface LvFacts {
  readonly name: string;
  readonly uuid: string;
  /** UUID of its group. */
  readonly group: string;
  /** A part of another volume, that LVM shows in brackets. */
  readonly hidden: boolean;
  /** LVM's letter for what it is (lvs(8), lv_attr): `-` for a plain one. */
  readonly letter: string;
  readonly readOnly: boolean;
  readonly active: boolean;
  readonly partial: boolean;
  readonly skipActivation: boolean;
  readonly allocation: Allocation;
  readonly bytes: number;
  readonly origin: string | null;
  readonly tags: readonly string[] | null;
  /** `auto`, or bytes. */
  readonly readAhead: "auto" | number | null;
  /** The minor number that it always gets; null where it gets any, or it wasn't recorded. */
  readonly fixedMinor: number | null;
  readonly profile: string | null;
  /** Types of its segments; empty where they weren't recorded. */
  readonly types: readonly string[];
  /** Null where places and ranges weren't recorded. */
  readonly segments: readonly LvSegment[] | null;
}
