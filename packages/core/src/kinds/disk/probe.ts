import type { ProbeHost } from "../../host/host.js";
import { known, type Probed } from "../../host/probed.js";
import { sideBySide } from "../../host/side-by-side.js";
import { normalWwid } from "../../layout/identity.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import { attribute } from "../../layout/sysfs-block.js";
import { type Driver, driverOf } from "./driver.js";
import type { DiskFact, DiskFacts } from "./facts.js";
import { type Attributes, identitiesOf, inquiryOf } from "./identities.js";
import { scsiId } from "./scsi-id.js";
import { usedDisks } from "./used.js";

/** Finds the disks of a machine and all that tells which ones they are. Reads an inventory by itself where none is given. */
export async function probeDisks(host: ProbeHost, inventory?: Inventory): Promise<Probed<DiskFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const found = devices.devices.flatMap((device) => {
    const driver = driverOf(device);
    return driver === null || device.bytes === 0 ? [] : [{ device, driver }];
  });
  const removable = found.some(({ device }) => isRemovable(device));
  const used = removable ? await usedDisks(host, devices) : null;
  const disks = await sideBySide(found, ({ device, driver }) => describeDisk(host, devices, device, driver, used));
  return known({ disks });
}

async function describeDisk(
  host: ProbeHost,
  inventory: Inventory,
  device: BlockDevice,
  driver: Driver,
  used: ReadonlySet<string> | null,
): Promise<DiskFact> {
  const { properties } = device;
  const attributes = await readAttributes(host, device, driver);
  const said = inquiryOf(device, attributes);
  return {
    device: device.name,
    driver,
    mapWwid: mapWwid(device, inventory),
    identities: identitiesOf(device, driver, attributes, said),
    bus: properties.ID_BUS ?? (driver === "nvme" ? "nvme" : null),
    ...said,
    revision: properties.ID_REVISION ?? null,
    removable: !isRemovable(device) ? null : used === null ? "use-unknown" : used.has(device.name) ? "used" : "idle",
  };
}

function mapWwid(device: BlockDevice, inventory: Inventory): string | null {
  const map = inventory.holdersOf(device.name).find((holder) => holder.dm?.uuid.startsWith("mpath-"));
  return map?.dm ? normalWwid(map.dm.uuid.slice("mpath-".length)) : null;
}

function isRemovable(device: BlockDevice): boolean {
  return device.removable === true || device.properties.ID_BUS === "usb";
}

/**
 * The unit's serial number where udev doesn't tell it: the kernel keeps page 0x80 in sysfs (3.15 and later). Of ATA and
 * USB disks udev has the drive's own.
 */
async function unitSerial(host: ProbeHost, { name, properties }: BlockDevice): Promise<string | undefined> {
  const { ID_BUS, SCSI_IDENT_SERIAL, ID_SCSI_SERIAL } = properties;
  if (SCSI_IDENT_SERIAL !== undefined || ID_SCSI_SERIAL !== undefined) return undefined;
  if (ID_BUS !== undefined && ID_BUS !== "scsi") return undefined;
  const read = await host.read(`/sys/class/block/${name}/device/vpd_pg80`);
  // four bytes of head, then the text (SPC, unit serial number VPD page)
  const text =
    read.is === "file"
      ? read.content
          .slice(4)
          .replace(/[^ -~]/g, "")
          .trim()
      : "";
  return text === "" ? undefined : text;
}

/** Reads from sysfs, and from the disk itself, only what udev's database doesn't tell. */
async function readAttributes(host: ProbeHost, device: BlockDevice, driver: Driver): Promise<Attributes> {
  const { ID_SERIAL, ID_WWN, ID_WWN_WITH_EXTENSION } = device.properties;
  const sysfs = async (name: string) => (await attribute(host, `/sys/class/block/${device.name}/${name}`)) ?? undefined;
  switch (driver) {
    case "scsi": {
      const serial = await unitSerial(host, device);
      if (ID_SERIAL !== undefined || ID_WWN_WITH_EXTENSION !== undefined) return { serial };
      const [wwid, scsiAnswer] = await Promise.all([sysfs("device/wwid"), scsiId(host, device)]);
      return { wwid, scsiId: scsiAnswer ?? undefined, serial };
    }
    case "raid-controller":
      return ID_SERIAL === undefined ? { scsiId: (await scsiId(host, device)) ?? undefined } : {};
    case "nvme":
      return ID_WWN === undefined ? { wwid: await sysfs("wwid") } : {};
    case "virtio":
      return ID_SERIAL === undefined ? { serial: await sysfs("serial") } : {};
    case "mmc":
      return { cid: await sysfs("device/cid") };
    case "xen":
    case "ide":
    case "other":
      return {};
  }
}
