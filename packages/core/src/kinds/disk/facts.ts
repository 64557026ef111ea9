import type { Identity } from "../../layout/identity.js";
import type { Driver } from "./driver.js";

/** One whole disk, or one path to it, as it was found. */
export interface DiskFact {
  /** The kernel name. */
  readonly device: string;
  readonly driver: Driver;
  /** The WWID of the multipath map that stands on it; null where none does. */
  readonly mapWwid: string | null;
  /** All evidence of which disk it is, worthless pieces too. */
  readonly identities: readonly Identity[];
  /** `fc`, `scsi`, `ata`, `usb`, `nvme` …, as udev's ID_BUS; null where it doesn't tell. */
  readonly bus: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  /** The firmware's revision. */
  readonly revision: string | null;
  readonly serial: string | null;
  /** Whether a removable or USB disk is mounted, swapped on or built upon; null where it is neither. */
  readonly removable: "idle" | "used" | "use-unknown" | null;
}

/** What the disk kind found. */
export interface DiskFacts {
  readonly disks: readonly DiskFact[];
}
