import { bytesOf } from "../../host/bytes.js";
import type { ProbeHost } from "../../host/host.js";
import { known, type Probed, type ProbeFailure } from "../../host/probed.js";
import { type BlockDevice, type Inventory, isPassing } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import type { FatBootSector } from "./boot-sector.js";
import { parseBootSector } from "./parse-boot-sector.js";

/** A device with a FAT filesystem. */
export interface VfatDevice {
  /** Its kernel name. */
  readonly device: string;
  /** Null where it wasn't recorded, or where `failure` says why it couldn't be read. */
  readonly bootSector: FatBootSector | null;
  readonly failure: ProbeFailure | null;
}

/** The FAT filesystems of a machine. */
export interface VfatFacts {
  readonly devices: readonly VfatDevice[];
}

const BOOT_SECTOR_BYTES = 512;

/** Finds every FAT filesystem, mounted or not, and reads its boot sector from the device itself: one read each, no command. */
export async function probeVfat(host: ProbeHost, inventory?: Inventory): Promise<Probed<VfatFacts>> {
  const all = inventory ?? (await readInventory(host)).inventory;
  const found = all.devices.filter(
    (device) =>
      device.signature?.type === "vfat" &&
      !isPassing(device.name) &&
      !all.holdersOf(device.name).some((holder) => holder.dm?.uuid.startsWith("mpath-")),
  );
  return known({ devices: await Promise.all(found.map((device) => readDevice(host, device))) });
}

async function readDevice(host: ProbeHost, { name, path }: BlockDevice): Promise<VfatDevice> {
  const unread: VfatDevice = { device: name, bootSector: null, failure: null };
  const read = await host.read(path, { bytes: BOOT_SECTOR_BYTES });
  if (read.is === "not-recorded") return unread;
  if (read.is !== "file") {
    const failure: ProbeFailure = {
      reason: read.is === "denied" ? "denied" : "failed",
      source: path,
      message: `the FAT boot sector of ${path} can't be read: ${"reason" in read ? read.reason : read.is}`,
    };
    return { ...unread, failure };
  }
  const parsed = parseBootSector(path, bytesOf(read.content));
  return parsed.is === "known" ? { ...unread, bootSector: parsed.facts } : { ...unread, failure: parsed.failure };
}
