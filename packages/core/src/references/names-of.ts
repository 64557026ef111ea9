import type { Identity } from "../layout/identity.js";
import { type DiskName, plainName, wholeName } from "./disk-name.js";

/** A disk as it was recorded, or as it is here. */
export interface NamedDisk {
  readonly role: "disk" | "map";
  /** A map's own name, `mpatha`. */
  readonly name: string;
  readonly identities: readonly Identity[];
}

/**
 * All names that configuration files may call a disk by, each once: those that follow from its identities, by the rules
 * of udev (60-persistent-storage.rules, 60-persistent-storage-dm.rules, 58-scsi-sg3_symlink.rules), of multipath-tools
 * and of LVM, and the links that udev was seen to have.
 */
export function namesOf(disk: NamedDisk): readonly DiskName[] {
  const names = disk.identities.flatMap((identity) => [...namesBy(identity, disk)]);
  const seen = new Set<string>();
  return names.filter((name) => {
    const whole = wholeName(name);
    return seen.has(whole) ? false : seen.add(whole);
  });
}

function namesBy(identity: Identity, disk: NamedDisk): readonly DiskName[] {
  const { type, value, strength } = identity;
  switch (type) {
    case "wwid":
      return [...scsiNames(value, disk), ...mapNames(value, disk)];
    case "eui":
    case "nguid":
      return nvmeNames(`eui.${value}`, disk);
    case "nvme-uuid":
      return nvmeNames(`uuid.${value}`, disk);
    case "nvme-wwid":
      return nvmeNames(`nvme.${value}`, disk);
    case "virtio-serial":
      return [plainName("by-id virtio", `virtio-${value}`)];
    case "by-id":
      return [plainName(`by-id ${familyOf(value)}`, value)];
    case "by-path":
      return [plainName(`by-path ${shapeOf(value)}`, value)];
    case "serial":
      return serialNames(value);
    default:
      return strength === "hint" ? [] : [plainName(type, value)];
  }
}

/** A WWID is the type of the designator, `3` for NAA and `2` for EUI-64, and then its value. */
function scsiNames(wwid: string, { role }: NamedDisk): DiskName[] {
  const naa = /^3([0-9a-f]{16}|[0-9a-f]{32})$/.exec(wwid)?.[1];
  const eui = /^2([0-9a-f]{16,32})$/.exec(wwid)?.[1];
  const sysfs = naa === undefined ? (eui === undefined ? [] : [`eui.${eui}`]) : [`naa.${naa}`];
  return [
    plainName("wwid", wwid),
    plainName("by-id scsi", `scsi-${wwid}`),
    ...(naa === undefined ? [] : [plainName("by-id wwn", `wwn-0x${naa}`), plainName("wwn", `0x${naa}`)]),
    ...sysfs.map((name) => plainName("sysfs wwid", name)),
    // LVM's devices file takes the kernel's notation for a disk, and device-mapper's uuid for a map (lvmdevices(8))
    ...(role === "disk" ? sysfs.map((name) => plainName("lvm wwid", `IDNAME=${name}`)) : []),
  ];
}

function nvmeNames(wwid: string, disk: NamedDisk): DiskName[] {
  return [
    plainName("wwid", wwid),
    plainName("by-id nvme wwid", `nvme-${wwid}`),
    ...(disk.role === "disk" ? [plainName("lvm wwid", `IDNAME=${wwid}`)] : []),
    ...mapNames(wwid, disk),
  ];
}

/** A serial number by itself is a name only where hardly anything else can look like it. */
function serialNames(serial: string): DiskName[] {
  const isDistinct = /^[A-Za-z0-9_-]{6,}$/.test(serial) && /[0-9]/.test(serial) && /[A-Za-z]/.test(serial);
  return [plainName("lvm serial", `IDNAME=${serial}`), ...(isDistinct ? [plainName("serial", serial)] : [])];
}

/** device-mapper's uuid of a map, and udev's links to it: the partition stands in their middle (kpartx.rules). */
function mapNames(wwid: string, { role, name }: NamedDisk): DiskName[] {
  if (role === "disk") return [];
  return [
    { sort: "dm uuid", head: "", tail: `mpath-${wwid}` },
    { sort: "by-id dm-uuid", head: "dm-uuid-", tail: `mpath-${wwid}` },
    ...[wwid, name].flatMap((own) => [
      plainName(own === wwid ? "mapper wwid" : "mapper alias", `mapper/${own}`),
      plainName(own === wwid ? "by-id dm-name wwid" : "by-id dm-name alias", `dm-name-${own}`),
    ]),
  ];
}

/** What begins a link of udev: `ata`, `usb`; of SCSI with the type of the designator, since a disk has several. */
function familyOf(link: string): string {
  return /^scsi-[0-9S]/.exec(link)?.[0] ?? link.slice(0, Math.max(0, link.indexOf("-")));
}

/** A place with its numbers taken out, so that only places on the same sort of bus stand for each other. */
function shapeOf(path: string): string {
  return path.replaceAll(/(?<![0-9a-z])(?:0x)?[0-9a-f]*[0-9][0-9a-f]*(?![0-9a-z])/g, "#");
}
