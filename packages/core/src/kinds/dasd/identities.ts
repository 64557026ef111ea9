import type { Identity } from "../../layout/identity.js";
import type { BlockDevice } from "../../layout/inventory.js";
import { type DasdFact, isAnswer } from "./facts.js";

/**
 * All that tells which volume this is. A uid names the volume where it has z/VM's token for the minidisk, or where the
 * machine is no guest of z/VM; otherwise it names the pack that several minidisks lie on, and is a hint.
 */
export function identitiesOf(dasd: DasdFact, device: BlockDevice, zvm: boolean | null): Identity[] {
  const uid = uidOf(dasd, device);
  const names = uid !== null && (hasToken(uid) || zvm === false);
  const volser = volserOf(dasd, device);
  return [
    ...(uid === null ? [] : [{ type: "dasd-uid", value: uid, strength: names ? "volume" : "hint" } as const]),
    { type: "bus-id", value: dasd.busId, strength: "place" },
    ...(volser === null ? [] : [{ type: "volser", value: volser, strength: "hint" } as const]),
  ];
}

/** The uid as the kernel has it; udev keeps it as ID_UID (dasdinfo). An empty one is legal, and none. */
export function uidOf({ ccw }: DasdFact, device: BlockDevice): string | null {
  return ccw?.uid || device.properties.ID_UID || null;
}

/** `vendor.serial.ssid.unit.token` */
function hasToken(uid: string): boolean {
  return uid.split(".").length > 4;
}

/** The volume serial number: the VTOC's, the label's, or udev's (dasdinfo). */
export function volserOf({ table, label }: DasdFact, device: BlockDevice): string | null {
  if (isAnswer(table)) return table.volser || null;
  if (isAnswer(label)) return label.volser;
  return device.properties.ID_SERIAL || null;
}
