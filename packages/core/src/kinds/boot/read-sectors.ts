import { bytesOf } from "../../host/bytes.js";
import type { ProbeHost } from "../../host/host.js";
import type { ProbeFailure } from "../../host/probed.js";
import { type BlockDevice, type Inventory, isPassing } from "../../layout/inventory.js";
import type { SectorReading } from "./facts.js";
import { parseBootSector } from "./parse-boot-sector.js";

/** Reads the first sector of each disk and map; of the partitions too where no disk carries GRUB. */
export async function readSectors(host: ProbeHost, inventory: Inventory): Promise<readonly SectorReading[]> {
  const usable = inventory.devices.filter((device) => device.bytes !== 0 && !isPassing(device.name));
  const disks = usable.filter((device) => isWhole(device, inventory));
  const readings = await Promise.all(disks.map((device) => readSector(host, device, true)));
  if (readings.some(({ sector }) => sector.is === "grub2")) return readings;
  const partitions = usable.filter((device) => isPartition(device, inventory));
  return [...readings, ...(await Promise.all(partitions.map((device) => readSector(host, device, false))))];
}

/** A disk or a map, not one path of a map, not what device-mapper or md make of disks. */
function isWhole(device: BlockDevice, inventory: Inventory): boolean {
  if (device.dm !== null) return device.dm.uuid.startsWith("mpath-");
  return device.type === "disk" && device.slaves.length === 0 && !isOnMap(device.name, inventory);
}

function isPartition(device: BlockDevice, inventory: Inventory): boolean {
  if (device.dm !== null) return /^part\d+-mpath-/.test(device.dm.uuid);
  return device.partition !== null && !isOnMap(device.partition.of, inventory);
}

function isOnMap(disk: string, inventory: Inventory): boolean {
  return inventory.holdersOf(disk).some((holder) => holder.dm?.uuid.startsWith("mpath-"));
}

async function readSector(host: ProbeHost, { name, path }: BlockDevice, whole: boolean): Promise<SectorReading> {
  const read = await host.read(path, { bytes: 512 });
  const sector = read.is === "file" ? parseBootSector(bytesOf(read.content)) : null;
  if (sector !== null) return { device: name, whole, sector };
  return { device: name, whole, sector: { is: "unread", failure: failure(path, read) } };
}

function failure(path: string, read: Awaited<ReturnType<ProbeHost["read"]>>): ProbeFailure {
  const source = `the first sector of ${path}`;
  const because = (reason: ProbeFailure["reason"], said: string) => ({ reason, source, message: `${source} ${said}` });
  switch (read.is) {
    case "not-recorded":
      return because("not-recorded", "wasn't recorded");
    case "denied":
      return because("denied", `may not be read: ${read.reason}`);
    case "failed":
      return because("failed", `can't be read: ${read.reason}`);
    case "absent":
      return because("missing", "can't be read: there is no such device node");
    case "file":
    case "directory":
      return because("unexpected-output", "isn't a sector of 512 bytes");
  }
}
