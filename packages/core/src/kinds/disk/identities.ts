import { type Identity, normalWwid } from "../../layout/identity.js";
import type { BlockDevice } from "../../layout/inventory.js";
import { decodeUdev, type UdevProperties } from "../../layout/udev-db.js";
import type { Driver } from "./driver.js";
import type { DiskFact } from "./facts.js";
import { wwidOfSysfs, wwidOfWwn } from "./wwid.js";

/** Identity attributes that sysfs has where udev's database doesn't tell, and what scsi_id says. */
export interface Attributes {
  /** `device/wwid` of a SCSI disk, `wwid` of an NVMe namespace. */
  readonly wwid?: string | undefined;
  /** `serial` of a virtio disk; of a SCSI unit what page 0x80 says. */
  readonly serial?: string | undefined;
  /** `device/cid` of an MMC card. */
  readonly cid?: string | undefined;
  /** The answer of scsi_id. */
  readonly scsiId?: string | undefined;
}

/** All that tells which disk this is, strongest first, and without anything that is empty. */
export function identitiesOf(
  device: BlockDevice,
  driver: Driver,
  attributes: Attributes,
  { vendor, model, serial }: Inquiry = inquiryOf(device, attributes),
): Identity[] {
  const found: Identity[] = [
    ...volumeIdentities(device, driver, attributes),
    ...places(device).map((value) => ({ type: placeType(value), value, strength: "place" as const })),
    { type: "serial", value: serial ?? "", strength: "hint" },
    { type: "model", value: [vendor, model].filter(Boolean).join(" "), strength: "hint" },
    ...linksById(device).map((value) => ({ type: "by-id", value, strength: "hint" as const })),
  ];
  return found.filter(
    ({ type, value }, index) =>
      value !== "" && found.findIndex((other) => other.type === type && other.value === value) === index,
  );
}

function volumeIdentities(device: BlockDevice, driver: Driver, attributes: Attributes): Identity[] {
  switch (driver) {
    case "scsi":
    case "raid-controller":
      return volume("wwid", scsiWwid(device, attributes));
    case "nvme":
      return nvmeIdentity(device.properties.ID_WWN ?? attributes.wwid);
    case "virtio":
      // given by the hypervisor's administrator, to name the volume
      return volume("virtio-serial", device.properties.ID_SERIAL ?? attributes.serial);
    case "mmc":
      return volume("mmc-cid", attributes.cid);
    case "xen":
    case "ide":
    case "other":
      return [];
  }
}

function volume(type: string, value: string | undefined | null): Identity[] {
  const clean = value?.trim();
  return clean ? [{ type, value: clean, strength: "volume" }] : [];
}

/**
 * The WWID in scsi_id's notation. udev's ID_SERIAL is that only where scsi_id made it (ID_BUS=scsi, cciss): for ATA and
 * USB it is made of model and serial. ID_WWN alone has half of a 128-bit NAA name and is no identity.
 */
function scsiWwid(device: BlockDevice, attributes: Attributes): string | null {
  const { ID_BUS, ID_SERIAL, ID_WWN_WITH_EXTENSION } = device.properties;
  const byScsiId = ID_BUS === "scsi" || ID_BUS === "cciss" ? ID_SERIAL : undefined;
  const told = byScsiId ?? attributes.scsiId;
  if (told) return normalWwid(told);
  return wwidOfWwn(ID_WWN_WITH_EXTENSION ?? "") ?? wwidOfSysfs(attributes.wwid ?? "");
}

/**
 * The kernel's wwid of a namespace (drivers/nvme/host/sysfs.c, wwid_show()): `uuid.` and `eui.` are the namespace's own
 * (with 32 digits it is the NGUID); `nvme.` is made of vendor, serial number, model and namespace id.
 */
function nvmeIdentity(wwid: string | undefined): Identity[] {
  const match = /^(eui|uuid|nvme)\.(.+)$/.exec(wwid?.trim() ?? "");
  if (match === null) return [];
  const [, prefix, value] = match as unknown as [string, string, string];
  const type = { eui: value.length === 32 ? "nguid" : "eui", uuid: "nvme-uuid", nvme: "nvme-wwid" }[prefix];
  return volume(type as string, value);
}

const BY_PATH = "/dev/disk/by-path/";

/** Where it is attached: udev's by-path names, older and newer ones; else what the device's path in sysfs says. */
function places(device: BlockDevice): string[] {
  const { properties } = device;
  const links = device.links
    .filter((link) => link.startsWith(BY_PATH) && !/-part\d+$/.test(link))
    .map((link) => link.slice(BY_PATH.length));
  const named = [properties.ID_PATH, properties.ID_PATH_COMPAT, properties.ID_PATH_ATA_COMPAT, ...links];
  // host numbers are given anew at each boot
  const found = named.filter((name, index) => name && named.indexOf(name) === index && !/^scsi-[\d:]+$/.test(name));
  if (found.length > 0) return found as string[];
  const derived = placeOfDevpath(properties.DEVPATH ?? "");
  return derived === null ? [] : [derived];
}

/** What udev's path_id would say, for the buses where that is plain (src/udev/udev-builtin-path_id.c). */
function placeOfDevpath(devpath: string): string | null {
  const xen = /\/(vbd-\d+)\/block\//.exec(devpath);
  if (xen !== null) return xen[1] as string;
  const virtio = /\/([^/]+)\/virtio\d+\/block\//.exec(devpath)?.[1];
  if (virtio === undefined) return null;
  return /^[0-9a-f]{4}:/.test(virtio)
    ? `pci-${virtio}`
    : /^[0-9a-f]+\.[0-9a-f]\./.test(virtio)
      ? `ccw-${virtio}`
      : null;
}

function placeType(value: string): string {
  return value.startsWith("vbd-") ? "xen-vbd" : "by-path";
}

const BY_ID = "/dev/disk/by-id/";

/**
 * udev's links to the disk below /dev/disk/by-id, since configuration files may call it by any of them. Without those
 * that come from what is on it or from device-mapper, and those that the WWID gives.
 */
function linksById(device: BlockDevice): string[] {
  return device.links
    .filter((link) => link.startsWith(BY_ID))
    .map((link) => link.slice(BY_ID.length))
    .filter((name) => !/^(?:dm|lvm|md|raid|bcache|wwn)-|^scsi-3|-part\d+$/.test(name))
    .sort();
}

/** What the disk says of itself; null where nobody tells. */
export type Inquiry = Pick<DiskFact, "vendor" | "model" | "serial">;

/**
 * The serial number is the unit's: page 0x80 for SCSI, the drive's own for others. Where scsi_id made ID_SERIAL_SHORT of
 * page 0x83 it is only the WWID's tail.
 */
export function inquiryOf({ properties }: BlockDevice, attributes: Attributes): Inquiry {
  const { SCSI_IDENT_SERIAL, ID_SCSI_SERIAL, ID_SERIAL_SHORT } = properties;
  return {
    vendor: spoken(properties, "ID_VENDOR"),
    model: spoken(properties, "ID_MODEL"),
    serial: (SCSI_IDENT_SERIAL ?? ID_SCSI_SERIAL ?? attributes.serial ?? ID_SERIAL_SHORT)?.trim() || null,
  };
}

/** With its blanks where udev kept them (`_ENC`); some databases have lost the backslashes of that form. */
function spoken(properties: UdevProperties, name: "ID_MODEL" | "ID_VENDOR"): string | null {
  const encoded = properties[`${name}_ENC`];
  const value = encoded?.includes("\\x") ? decodeUdev(encoded) : properties[name];
  return value?.trim() || null;
}
