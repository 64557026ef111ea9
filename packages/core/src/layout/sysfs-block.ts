import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";

/** Where sysfs describes a block device. */
export interface SysfsEntry {
  /** The kernel name. */
  readonly name: string;
  /** `/sys/class/block/sda1`; `/sys/block/sda/sda1` on kernels before 2.6.26. */
  readonly directory: string;
}

/** What sysfs says of one block device; null where it says nothing. */
export interface SysfsFacts {
  readonly numbers: readonly [major: number, minor: number] | null;
  readonly bytes: number | null;
  readonly readOnly: boolean | null;
  /** The path below /sys, as the link shows it. */
  readonly devpath: string | null;
  readonly partition: { readonly number: number | null; readonly startBytes: number | null } | null;
  /** A path of a multipathed NVMe namespace: has no device node and can't be opened. */
  readonly hidden: boolean;
}

/** sysfs counts sizes and starts in these, whatever the device's own block size is (kernel: block/genhd.c). */
const SECTOR = 512;

/**
 * The names below /sys/class/block, on older kernels those below /sys/block.
 *
 * @returns null where a recording doesn't have them
 * @throws BmrError `host-unusable` where sysfs isn't mounted or can't be read
 */
export async function listBlockDevices(host: ProbeHost): Promise<SysfsEntry[] | null> {
  const listed = await host.list("/sys/class/block");
  if (listed.is === "directory") {
    return listed.names.map((name) => ({ name, directory: `/sys/class/block/${name}` }));
  }
  if (listed.is === "not-recorded") return null;
  if (listed.is === "absent") return await listOldBlockDevices(host);
  throw unusable("/sys/class/block", listed.is === "not-a-directory" ? "it isn't a directory" : listed.reason);
}

/** Before 2.6.26 there is no /sys/class/block, and partitions are directories in that of their disk. */
async function listOldBlockDevices(host: ProbeHost): Promise<SysfsEntry[]> {
  const disks = await host.list("/sys/block");
  if (disks.is !== "directory") throw unusable("/sys", "sysfs isn't mounted there");
  const entries = await Promise.all(
    disks.names.map(async (disk): Promise<SysfsEntry[]> => {
      const directory = `/sys/block/${disk}`;
      const inside = await host.list(directory);
      const names = inside.is === "directory" ? inside.names.filter((name) => name.startsWith(disk)) : [];
      return [{ name: disk, directory }, ...names.map((name) => ({ name, directory: `${directory}/${name}` }))];
    }),
  );
  return entries.flat();
}

function unusable(path: string, reason: string): BmrError {
  return new BmrError(
    "host-unusable",
    `${path} can't be read: ${reason}. Without it no storage is seen; mount -t sysfs sysfs /sys`,
    { details: { path } },
  );
}

/** What udev's record of a device repeats of sysfs, from where udevadm reads it anew (systemd: `sd_device_read_uevent_file()`). */
export type KnownOfSysfs = Pick<SysfsFacts, "devpath" | "numbers">;

/** Reads what sysfs says of a device of any kind, but for what is known already. */
export async function readSysfs(host: ProbeHost, entry: SysfsEntry, known: KnownOfSysfs): Promise<SysfsFacts> {
  const { directory } = entry;
  const devpath = known.devpath ?? (await readDevpath(host, directory));
  const [dev, size, ro, hidden, partition] = await Promise.all([
    known.numbers === null ? attribute(host, `${directory}/dev`) : null,
    attribute(host, `${directory}/size`),
    attribute(host, `${directory}/ro`),
    // only drivers/nvme/host/multipath.c hides disks
    entry.name.startsWith("nvme") ? attribute(host, `${directory}/hidden`) : null,
    devpath !== null && isPlainDisk(devpath) ? null : attribute(host, `${directory}/partition`),
  ]);
  const isPartition = partition !== null || (devpath !== null && isBelowDisk(devpath));
  return {
    numbers: known.numbers ?? numbersOf(dev),
    bytes: times(size, SECTOR),
    readOnly: ro === "1" ? true : ro === "0" ? false : null,
    hidden: hidden === "1",
    devpath,
    partition: isPartition
      ? { number: wholeNumber(partition), startBytes: times(await attribute(host, `${directory}/start`), SECTOR) }
      : null,
  };
}

async function readDevpath(host: ProbeHost, directory: string): Promise<string | null> {
  if (directory.startsWith("/sys/block/")) return directory.slice("/sys".length);
  const link = await host.readlink(directory);
  return link.is === "link" ? devpathOf(link.target) : null;
}

/** What only whole disks have. Sector sizes in bytes; `logical_block_size` was `hw_sector_size` before 2.6.31. */
export async function readDiskAttributes(
  host: ProbeHost,
  { name, directory }: SysfsEntry,
): Promise<{ removable: boolean | null; sectorBytes: number | null; physicalSectorBytes: number | null }> {
  const [removable, logical, physical] = await Promise.all([
    // nothing of device-mapper is ever removable (kernel: drivers/md/dm.c sets no such flag)
    name.startsWith("dm-") ? "0" : attribute(host, `${directory}/removable`),
    attribute(host, `${directory}/queue/logical_block_size`),
    attribute(host, `${directory}/queue/physical_block_size`),
  ]);
  const sector = logical ?? (await attribute(host, `${directory}/queue/hw_sector_size`));
  return {
    removable: removable === null ? null : removable !== "0",
    sectorBytes: sectorSize(sector),
    physicalSectorBytes: sectorSize(physical),
  };
}

/** The kernel names below `slaves/`; null where sysfs has no such directory (before 2.6.17) or wasn't recorded. */
export async function readSlaves(host: ProbeHost, directory: string): Promise<readonly string[] | null> {
  const listed = await host.list(`${directory}/slaves`);
  return listed.is === "directory" ? listed.names : null;
}

/** A sysfs attribute without its newline; null where it can't be read. */
export async function attribute(host: ProbeHost, path: string): Promise<string | null> {
  const read = await host.read(path);
  return read.is === "file" ? read.content.trimEnd() : null;
}

function devpathOf(target: string): string | null {
  const at = target.indexOf("/devices/");
  return at === -1 ? null : target.slice(at);
}

/** `…/block/sda`. An NVMe namespace has its partitions in a directory that is called as it is, and no `block`. */
function isPlainDisk(devpath: string): boolean {
  return /\/block\/[^/]+$/.test(devpath);
}

/** `…/block/sda/sda1`: the directory above is a disk's. `…/block/sda` and `…/nvme0/nvme0n1` are disks. */
function isBelowDisk(devpath: string): boolean {
  return /\/block\/[^/]+\/[^/]+$/.test(devpath);
}

function numbersOf(dev: string | null): readonly [number, number] | null {
  const match = /^(\d+):(\d+)$/.exec(dev ?? "");
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

function wholeNumber(text: string | null): number | null {
  const number = text !== null && /^\d+$/.test(text) ? Number(text) : null;
  return Number.isSafeInteger(number) ? number : null;
}

/** A power of two from 512 on (kernel: blk_validate_block_size()); parsers of tables rely on it. */
function sectorSize(text: string | null): number | null {
  const bytes = wholeNumber(text);
  return bytes !== null && bytes >= SECTOR && Number.isInteger(Math.log2(bytes)) ? bytes : null;
}

function times(text: string | null, unit: number): number | null {
  const number = wholeNumber(text);
  return number === null || !Number.isSafeInteger(number * unit) ? null : number * unit;
}
