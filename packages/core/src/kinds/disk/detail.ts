import * as z from "zod";

/** What only the disk kind knows of a disk. Recorded for people, and to reject a wrong candidate; none of it is rebuilt. */
export interface DiskDetail {
  /** `scsi`, `nvme`, `virtio`, `xen`, `mmc`, `raid-controller`, `ide`, `other`. */
  readonly driver: string;
  /** udev's ID_BUS: `scsi`, `ata`, `usb`, `nvme` …; null where it wasn't told. */
  readonly bus: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly revision: string | null;
  readonly serial: string | null;
  /** How many paths led to it without a multipath map: 1 normally. */
  readonly paths: number;
}

/** Checks a detail read from a file. */
export const DiskDetailSchema: z.ZodType<DiskDetail> = z.object({
  driver: z.string(),
  bus: z.string().nullable(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  revision: z.string().nullable(),
  serial: z.string().nullable(),
  paths: z.number(),
});
