import type { Device, Lun, Path, Server, Volume } from "./server.js";

/** `udevadm info --export-db` of systemd 252, with the records of SCSI devices that are no block devices. */
export function exportDb(server: Server): string {
  const records: string[] = [];
  for (const lun of server.luns) {
    for (const path of lun.paths) records.push(...scsiRecords(path), pathRecord(path));
    records.push(mapRecord(lun));
    if (lun.partition !== null) records.push(partitionRecord(lun, lun.partition));
  }
  for (const group of server.groups) for (const volume of group.volumes) records.push(volumeRecord(group.name, volume));
  records.push(...bootRecords(server.boot));
  return `${records.join("\n\n")}\n\n`;
}

function record(
  devpath: string,
  head: readonly string[],
  properties: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(properties).map(([name, value]) => `E: ${name}=${value}`);
  return [`P: ${devpath}`, ...head, `E: DEVPATH=${devpath}`, ...lines].join("\n");
}

function blockRecord(
  device: Device,
  links: readonly string[],
  properties: Readonly<Record<string, string | number>>,
): string {
  const head = [
    `M: ${device.name}`,
    `R: ${/\d+$/.exec(device.name)?.[0] ?? ""}`,
    "U: block",
    `T: ${device.type}`,
    `D: b ${device.major}:${device.minor}`,
    `N: ${device.name}`,
    "L: 0",
    ...links.map((link) => `S: ${link}`),
  ];
  return record(device.devpath, head, {
    DEVNAME: `/dev/${device.name}`,
    DEVTYPE: device.type,
    MAJOR: device.major,
    MINOR: device.minor,
    SUBSYSTEM: "block",
    USEC_INITIALIZED: 7_654_321 + device.minor,
    ...properties,
    DEVLINKS: links.map((link) => `/dev/${link}`).join(" "),
    TAGS: ":systemd:",
    CURRENT_TAGS: ":systemd:",
  });
}

function scsiRecords({ device, hctl }: Path): string[] {
  const scsi = device.devpath.slice(0, device.devpath.indexOf("/block/"));
  const plain = (path: string, subsystem: string) => record(path, [`U: ${subsystem}`], { SUBSYSTEM: subsystem });
  return [
    record(scsi, ["U: scsi", "T: scsi_device", "V: sd"], {
      SUBSYSTEM: "scsi",
      DEVTYPE: "scsi_device",
      DRIVER: "sd",
      MODALIAS: "scsi:t-0x00",
    }),
    plain(`${scsi}/bsg/${hctl}`, "bsg"),
    plain(`${scsi}/scsi_device/${hctl}`, "scsi_device"),
    plain(`${scsi}/scsi_disk/${hctl}`, "scsi_disk"),
    plain(`${scsi}/scsi_generic/sg${device.minor}`, "scsi_generic"),
  ];
}

function lunProperties({ wwid }: Lun): Record<string, string> {
  const name = wwid.slice(1);
  return {
    SCSI_TPGS: "1",
    SCSI_TYPE: "disk",
    SCSI_VENDOR: "IBM",
    SCSI_VENDOR_ENC: "IBM\\x20\\x20\\x20\\x20\\x20",
    SCSI_MODEL: "2145",
    SCSI_MODEL_ENC: "2145\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20",
    SCSI_REVISION: "0000",
    ID_SCSI: "1",
    ID_SCSI_INQUIRY: "1",
    SCSI_IDENT_SERIAL: "0200602189e2XX00",
    SCSI_IDENT_LUN_NAA_REGEXT: name,
    ID_VENDOR: "IBM",
    ID_VENDOR_ENC: "IBM\\x20\\x20\\x20\\x20\\x20",
    ID_MODEL: "2145",
    ID_MODEL_ENC: "2145\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20\\x20",
    ID_REVISION: "0000",
    ID_TYPE: "disk",
    ID_WWN: `0x${name.slice(0, 16)}`,
    ID_WWN_VENDOR_EXTENSION: `0x${name.slice(16)}`,
    ID_WWN_WITH_EXTENSION: `0x${name}`,
    ID_BUS: "scsi",
    ID_SERIAL: wwid,
    ID_SERIAL_SHORT: name,
    ID_SCSI_SERIAL: "0200602189e2XX00",
  };
}

function pathRecord({ device, lun, place, diskseq }: Path): string {
  return blockRecord(device, [`disk/by-path/${place}`, `disk/by-diskseq/${diskseq}`], {
    DISKSEQ: diskseq,
    ...lunProperties(lun),
    ID_PATH: place,
    ID_PATH_TAG: place.replaceAll(/[^A-Za-z0-9-]/g, "_"),
    FC_TARGET_LUN: lun.index,
    DM_MULTIPATH_DEVICE_PATH: "1",
    ID_FS_TYPE: "mpath_member",
    SYSTEMD_READY: "0",
  });
}

function dmProperties({ dm }: Device): Record<string, string> {
  return {
    DM_UDEV_DISABLE_LIBRARY_FALLBACK_FLAG: "1",
    DM_UDEV_PRIMARY_SOURCE_FLAG: "1",
    DM_UDEV_RULES: "1",
    DM_UDEV_RULES_VSN: "2",
    DM_ACTIVATION: "1",
    DM_NAME: dm?.name ?? "",
    DM_UUID: dm?.uuid ?? "",
    DM_SUSPENDED: "0",
  };
}

function pvProperties(uuid: string): Record<string, string> {
  return {
    ID_FS_UUID: uuid,
    ID_FS_UUID_ENC: uuid,
    ID_FS_VERSION: "LVM2 001",
    ID_FS_TYPE: "LVM2_member",
    ID_FS_USAGE: "raid",
  };
}

const SFDISK = { disk: "8478b066-91ee-6946-b265-8df6d3da62bd", type: "e6d6d379-f507-44c2-a23c-238f2a3df928" } as const;

/** Disk GUID and partition GUID of a LUN's table. */
export function tableGuids(lun: Lun): { readonly disk: string; readonly partition: string } {
  const tail = lun.index.toString(16).padStart(12, "0");
  return { disk: `${SFDISK.disk.slice(0, 24)}${tail}`, partition: `b793cbf8-b33a-fa44-8f19-${tail}` };
}

function mapRecord(lun: Lun): string {
  const { map, wwid, partition, pv } = lun;
  const links = [
    `mapper/${map.dm?.name}`,
    `disk/by-id/dm-name-${map.dm?.name}`,
    `disk/by-id/dm-uuid-${map.dm?.uuid}`,
    `disk/by-id/scsi-${wwid}`,
    `disk/by-id/wwn-0x${wwid.slice(1)}`,
  ];
  return blockRecord(map, partition === null ? [...links, `disk/by-id/lvm-pv-uuid-${pv.uuid}`] : links, {
    ...dmProperties(map),
    MPATH_SBIN_PATH: "/sbin",
    DM_TYPE: "scsi",
    DM_WWN: `0x${wwid.slice(1)}`,
    DM_SERIAL: wwid,
    ...(partition === null
      ? pvProperties(pv.uuid)
      : { ID_PART_TABLE_UUID: tableGuids(lun).disk, ID_PART_TABLE_TYPE: "gpt" }),
    SYSTEMD_READY: "1",
  });
}

function partitionRecord(lun: Lun, partition: Device): string {
  const guids = tableGuids(lun);
  const links = [
    `mapper/${partition.dm?.name}`,
    `disk/by-id/dm-name-${partition.dm?.name}`,
    `disk/by-id/dm-uuid-${partition.dm?.uuid}`,
    `disk/by-id/scsi-${lun.wwid}-part1`,
    `disk/by-id/wwn-0x${lun.wwid.slice(1)}-part1`,
    `disk/by-partuuid/${guids.partition}`,
    `disk/by-id/lvm-pv-uuid-${lun.pv.uuid}`,
  ];
  return blockRecord(partition, links, {
    ...dmProperties(partition),
    DM_PART: "1",
    DM_MPATH: lun.map.dm?.name ?? "",
    DM_TYPE: "scsi",
    DM_WWN: `0x${lun.wwid.slice(1)}`,
    DM_SERIAL: lun.wwid,
    ...pvProperties(lun.pv.uuid),
    ID_PART_ENTRY_SCHEME: "gpt",
    ID_PART_ENTRY_UUID: guids.partition,
    ID_PART_ENTRY_TYPE: SFDISK.type,
    ID_PART_ENTRY_NUMBER: "1",
    ID_PART_ENTRY_OFFSET: "2048",
    ID_PART_ENTRY_SIZE: String(partition.bytes / 512),
    ID_PART_ENTRY_DISK: `${lun.map.major}:${lun.map.minor}`,
  });
}

function extProperties(uuid: string, label: string): Record<string, string> {
  return {
    ID_FS_LABEL: label,
    ID_FS_LABEL_ENC: label,
    ID_FS_UUID: uuid,
    ID_FS_UUID_ENC: uuid,
    ID_FS_VERSION: "1.0",
    ID_FS_TYPE: "ext4",
    ID_FS_USAGE: "filesystem",
  };
}

/** The label of a volume's filesystem. */
export function labelOf(volume: Volume): string {
  return volume.at.slice("/srv/".length).replace("/", "-");
}

function volumeRecord(group: string, volume: Volume): string {
  const { device, filesystem } = volume;
  const links = [
    `mapper/${device.dm?.name}`,
    `${group}/${volume.name}`,
    `disk/by-id/dm-name-${device.dm?.name}`,
    `disk/by-id/dm-uuid-${device.dm?.uuid}`,
    `disk/by-uuid/${filesystem}`,
    `disk/by-label/${labelOf(volume)}`,
  ];
  return blockRecord(device, links, {
    ...dmProperties(device),
    DM_VG_NAME: group,
    DM_LV_NAME: volume.name,
    ...extProperties(filesystem, labelOf(volume)),
  });
}

function bootRecords({ disk, partitions, root }: Server["boot"]): string[] {
  const table = { ID_PART_TABLE_UUID: SFDISK.disk, ID_PART_TABLE_TYPE: "gpt" };
  const common = { DISKSEQ: 3, ID_SERIAL: "boot0", ID_PATH: "pci-0000:00:05.0", ID_PATH_TAG: "pci-0000_00_05_0" };
  const entry = (number: number, guid: string, type: string) => ({
    PARTN: number,
    ...common,
    ...table,
    ID_PART_ENTRY_SCHEME: "gpt",
    ID_PART_ENTRY_UUID: guid,
    ID_PART_ENTRY_TYPE: type,
    ID_PART_ENTRY_NUMBER: number,
    ID_PART_ENTRY_OFFSET: (partitions[number - 1]?.startBytes ?? 0) / 512,
    ID_PART_ENTRY_SIZE: (partitions[number - 1]?.bytes ?? 0) / 512,
    ID_PART_ENTRY_DISK: "254:0",
  });
  const [biosBoot, rootGuid] = BOOT_GUIDS;
  return [
    blockRecord(disk, ["disk/by-path/pci-0000:00:05.0", "disk/by-id/virtio-boot0"], { ...common, ...table }),
    blockRecord(
      partitions[0],
      ["disk/by-path/pci-0000:00:05.0-part1", "disk/by-id/virtio-boot0-part1", `disk/by-partuuid/${biosBoot.guid}`],
      entry(1, biosBoot.guid, biosBoot.type),
    ),
    blockRecord(
      partitions[1],
      [
        "disk/by-path/pci-0000:00:05.0-part2",
        "disk/by-id/virtio-boot0-part2",
        `disk/by-partuuid/${rootGuid.guid}`,
        `disk/by-uuid/${root}`,
      ],
      { ...entry(2, rootGuid.guid, rootGuid.type), ...extProperties(root, "root") },
    ),
  ];
}

/** The partitions of the disk that the server boots from: BIOS boot, root. */
export const BOOT_GUIDS = [
  { guid: "0b007000-0000-4000-8000-000000000001", type: "21686148-6449-6e6f-744e-656564454649" },
  { guid: "0b007000-0000-4000-8000-000000000002", type: "0fc63daf-8483-4772-8e79-3d69d8477de4" },
] as const;
