import { join } from "node:path";

/** A LUN of the lab's server, as its SAN would show it. */
export interface LunIdentity {
  /** As QEMU takes it. */
  readonly wwn: string;
  /** As multipath and udev report it: the WWN with the NAA type in front. */
  readonly wwid: string;
  readonly serial: string;
  /** Name of its multipath map. */
  readonly alias: string;
  /** Size in bytes. */
  readonly size: number;
}

function lun(number: number, alias: string, sizeMiB: number): LunIdentity {
  const naa = `5000c500a000000${number}`;
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial: `LAB000${number}`, alias, size: sizeMiB * 2 ** 20 };
}

/** The two LUNs on which the lab's server is installed; `system` holds its boot loader. */
export const luns: Readonly<Record<"system" | "data", LunIdentity>> = {
  system: lun(1, "mpatha", 3072),
  data: lun(2, "mpathb", 2048),
};

/** The disk image of a LUN in a folder. */
export function lunFile(dir: string, identity: LunIdentity): string {
  return join(dir, `${identity.serial}.qcow2`);
}
