import * as z from "zod";

/**
 * How far an identity goes:
 * - `volume`: names the volume itself, wherever it is attached (WWID of page 0x83, NVMe eui or nguid, a DASD uid of one volume)
 * - `place`: names where it is attached (CCW bus-id, WWPN and LUN, by-path)
 * - `hint`: may reject a candidate, never binds one (serial, volser, model)
 */
export type Strength = "volume" | "place" | "hint";

/** One piece of evidence of which disk this is. */
export interface Identity {
  /** `wwid`, `eui`, `nguid`, `nvme-uuid`, `virtio-serial`, `by-path`, `bus-id`, `dasd-uid`, `serial`, `volser`, `model` … */
  readonly type: string;
  readonly value: string;
  readonly strength: Strength;
}

/** Checks an identity read from a file. */
export const IdentitySchema: z.ZodType<Identity> = z.object({
  type: z.string(),
  value: z.string(),
  strength: z.enum(["volume", "place", "hint"]),
});

/**
 * A WWID as multipath, udev and scsi_id agree on it: the type of the page 0x83 designator, then the name. scsi_id
 * without `--replace-whitespace`, and old multipath with it, keep blanks that udev writes as `_`.
 */
export function normalWwid(wwid: string): string {
  return wwid.trim().replace(/\s+/g, "_");
}
