import type { UdevProperties } from "./udev-db.js";

/**
 * Every block device that the kernel knows, read once from udev's database and sysfs, and given to all probes.
 * Names in here are kernel names of this boot: they serve to ask tools and never leave the layout as addresses.
 */

/** One block device. */
export interface BlockDevice {
  /** The kernel name as below /sys/class/block, `sda`, `dm-0`, `cciss!c0d0`. */
  readonly name: string;
  /** The device node that a tool is given, `/dev/sda`, `/dev/cciss/c0d0`. */
  readonly path: string;
  readonly type: "disk" | "partition";
  readonly major: number;
  readonly minor: number;
  /** udev's properties; where udev doesn't know the device, DEVPATH alone. */
  readonly properties: UdevProperties;
  /** The links to it, whole paths: `/dev/disk/by-id/…`, `/dev/mapper/…`. */
  readonly links: readonly string[];
  /** Size in bytes; null where it wasn't recorded. */
  readonly bytes: number | null;
  readonly readOnly: boolean | null;
  /** Of whole disks; null for a path of a multipath map, as the sector sizes are: the map tells. */
  readonly removable: boolean | null;
  /** Logical sector size in bytes, of whole disks. */
  readonly sectorBytes: number | null;
  /** Physical sector size in bytes, of whole disks. */
  readonly physicalSectorBytes: number | null;
  /** Kernel names of the devices below (device-mapper, md). */
  readonly slaves: readonly string[];
  /** For a partition that the kernel made: its number, its whole disk's kernel name, its start in bytes. */
  readonly partition: { readonly number: number; readonly of: string; readonly startBytes: number | null } | null;
  /** For a device-mapper device: its name and its uuid (`mpath-3600…`, `LVM-…`, `part1-mpath-3600…`). */
  readonly dm: { readonly name: string; readonly uuid: string } | null;
  /**
   * What blkid's prober found on it, by udev or by `blkid` itself; null when nothing was found. Null and not known for a
   * path of a multipath map and the partitions on it: what is there is told by the map.
   */
  readonly signature: Signature | null;
  /** False where nobody told whether there is a signature: neither udev nor blkid was recorded. */
  readonly signatureKnown: boolean;
}

/** What blkid says of a device, decoded to what it means (udev encodes unsafe characters). */
export interface Signature {
  /** `ext4`, `swap`, `LVM2_member`, `crypto_LUKS`, `linux_raid_member`, `mpath_member` …; null for a table alone. */
  readonly type: string | null;
  readonly uuid: string | null;
  readonly label: string | null;
  /** `filesystem`, `raid`, `crypto`, `other`. */
  readonly usage: string | null;
  /** The partition table's type, `gpt`, `dos`, `dasd`. */
  readonly tableType: string | null;
  readonly tableUuid: string | null;
}

/** All block devices of a machine. */
export interface Inventory {
  /** Sorted by kernel name, numbers by value. */
  readonly devices: readonly BlockDevice[];
  /** By kernel name, by `/dev` path, by any link, by `major:minor`, or by device-mapper uuid. */
  find(nameOrPath: string): BlockDevice | undefined;
  /** The partitions that the kernel made on this device, by number. */
  partitionsOf(name: string): readonly BlockDevice[];
  /** The devices that stand on this one (device-mapper, md), from `slaves`. */
  holdersOf(name: string): readonly BlockDevice[];
}

/** Devices that come and go with the running system, or can't be written: no part of what a server is rebuilt from. */
export function isPassing(name: string): boolean {
  return /^(loop|ram|zram|sr|fd|nbd|mtdblock|rbd)\d/.test(name);
}

/** An inventory over these devices, with its look-ups. */
export function inventoryOf(devices: readonly BlockDevice[]): Inventory {
  const sorted = sortedByName(devices);
  const byName = new Map<string, BlockDevice>();
  let byOtherName: ReadonlyMap<string, BlockDevice> | undefined;
  let byLink: ReadonlyMap<string, BlockDevice> | undefined;
  const partitions = new Map<string, BlockDevice[]>();
  const holders = new Map<string, BlockDevice[]>();
  for (const device of sorted) {
    byName.set(device.name, device);
    if (device.partition !== null) append(partitions, device.partition.of, device);
    for (const slave of device.slaves) append(holders, slave, device);
  }
  for (const list of partitions.values()) list.sort((a, b) => (a.partition?.number ?? 0) - (b.partition?.number ?? 0));
  return {
    devices: sorted,
    find: (nameOrPath) => {
      const named = byName.get(nameOrPath);
      if (named !== undefined) return named;
      byOtherName ??= otherNames(sorted);
      const found = byOtherName.get(nameOrPath);
      if (found !== undefined || !nameOrPath.startsWith("/")) return found;
      byLink ??= links(sorted);
      return byLink.get(nameOrPath);
    },
    partitionsOf: (name) => partitions.get(name) ?? [],
    holdersOf: (name) => holders.get(name) ?? [],
  };
}

function otherNames(devices: readonly BlockDevice[]): ReadonlyMap<string, BlockDevice> {
  const index = new Map<string, BlockDevice>();
  for (const device of devices) {
    index.set(`${device.major}:${device.minor}`, device);
    index.set(device.path, device);
    if (device.dm === null) continue;
    index.set(`/dev/mapper/${device.dm.name}`, device);
    if (device.dm.uuid !== "") index.set(device.dm.uuid, device);
  }
  return index;
}

/** They are many more than the devices, and seldom asked for. */
function links(devices: readonly BlockDevice[]): ReadonlyMap<string, BlockDevice> {
  const index = new Map<string, BlockDevice>();
  for (const device of devices) {
    for (const link of device.links) if (!index.has(link)) index.set(link, device);
  }
  return index;
}

function append(lists: Map<string, BlockDevice[]>, key: string, device: BlockDevice): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [device]);
  else list.push(device);
}

/** `sda` before `sdaa`, `dm-2` before `dm-10`: shorter stems first, then numbers by value. */
function sortedByName(devices: readonly BlockDevice[]): BlockDevice[] {
  return devices
    .map((device) => ({ device, ...splitName(device.name) }))
    .sort(
      (a, b) =>
        a.stem.length - b.stem.length ||
        (a.stem < b.stem ? -1 : a.stem > b.stem ? 1 : 0) ||
        a.number - b.number ||
        (a.device.name < b.device.name ? -1 : 1),
    )
    .map(({ device }) => device);
}

function splitName(name: string): { stem: string; number: number } {
  const digits = /\d+$/.exec(name);
  return digits === null
    ? { stem: name, number: -1 }
    : { stem: name.slice(0, digits.index), number: Number(digits[0]) };
}
