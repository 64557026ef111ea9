import * as z from "zod";
import { readDetail } from "../../layout/detail.js";
import type { DirectoryAttributes, Layout } from "../../layout/layout.js";

/** A directory that isn't a mount point. */
export interface PlainDirectory extends DirectoryAttributes {
  readonly at: string;
}

/** What the mount kind keeps of the machine, besides the mounts themselves. */
export interface MountConfig {
  /** Which table was read: `/proc/mounts` tells bind mounts from others only by guess. */
  readonly table: "/proc/self/mountinfo" | "/proc/mounts";
  /** Directories above mount points, and those that a system needs and a backup may leave out (`/proc`, `/tmp`). */
  readonly directories: readonly PlainDirectory[];
}

const number = z.number().int().nonnegative();

/** Checks the configuration read from a layout. */
export const MountConfigSchema: z.ZodType<MountConfig> = z.object({
  table: z.enum(["/proc/self/mountinfo", "/proc/mounts"]),
  directories: z.array(z.object({ at: z.string(), mode: number, uid: number, gid: number })),
});

/** The configuration that a layout holds; null where mounts couldn't be looked at. */
export function mountConfig(layout: Layout): MountConfig | null {
  const config = layout.config.mount;
  return config === undefined ? null : readDetail(MountConfigSchema, config);
}
