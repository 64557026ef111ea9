import type { ProbeFailure } from "../../host/probed.js";
import type { FilesystemUsage } from "../../layout/layout.js";
import type { Mounted } from "../../layout/mountinfo.js";
import type { FstabLine } from "./parse-fstab.js";
import type { PathAttributes } from "./parse-stat.js";

/** A line of fstab and where its mount point really is, once symbolic links are followed. */
export interface FstabEntry extends FstabLine {
  readonly place: string;
}

/** What the machine said of its mounts. */
export interface MountFacts {
  /** Which table was there: `/proc/mounts` tells no device numbers and no bind mounts. */
  readonly table: "/proc/self/mountinfo" | "/proc/mounts";
  /** In the table's order. */
  readonly mounted: readonly Mounted[];
  /** Without the lines for swap, in the file's order; null where there is no fstab or nobody could read it. */
  readonly fstab: readonly FstabEntry[] | null;
  /** Why fstab isn't there: nothing, when it was read. */
  readonly fstabFailure: ProbeFailure | null;
  /** Lines of fstab that weren't understood. */
  readonly oddLines: readonly ProbeFailure[];
  /** What lies at the mount points, at the directories above them, and at those that a backup may leave out. */
  readonly places: ReadonlyMap<string, PathAttributes>;
  /** Why some of them aren't known. */
  readonly placesFailure: ProbeFailure | null;
  /** Directories that every installed system has, and that are missing or empty. */
  readonly emptyDirectories: readonly string[];
  /** How full the mounted filesystems are, by mount point; of those that couldn't be asked it isn't known. */
  readonly usage: ReadonlyMap<string, FilesystemUsage>;
}
