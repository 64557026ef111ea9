/**
 * A server on paper: LUNs of an IBM SVC by four paths each over two FC adapters, every four of them a volume group
 * with two logical volumes, an ext4 filesystem on each; and a virtio disk to boot from. Every fourth LUN has a
 * partition table, the others are physical volumes as a whole.
 */

/** Bytes of a LUN, as in fixtures/sfdisk-dump.txt. */
export const LUN_BYTES = 53_687_091_200;
/** Start and size in bytes of a LUN's only partition, as in fixtures/sfdisk-dump.txt. */
export const PARTITION = { start: 1_048_576, bytes: 104_853_504 * 512 } as const;
export const EXTENT = 4_194_304;
/** Bytes of a logical volume, as of the filesystem in fixtures/dumpe2fs.txt. */
export const VOLUME_BYTES = 20_000 * EXTENT;
/** Bytes of the root filesystem: 312 whole groups of blocks, as mke2fs lays them out. */
const ROOT_BYTES = 312 * 32_768 * 4096;
const DATA_START = 1_048_576;

/** A block device of the kernel. */
export interface Device {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly bytes: number;
  /** Below /sys. */
  readonly devpath: string;
  readonly type: "disk" | "partition";
  readonly number?: number;
  readonly startBytes?: number;
  readonly slaves: readonly Device[];
  readonly dm?: { readonly name: string; readonly uuid: string };
}

export interface Path {
  readonly device: Device;
  readonly lun: Lun;
  /** host:channel:target:lun */
  readonly hctl: string;
  /** udev's by-path name. */
  readonly place: string;
  readonly diskseq: number;
}

export interface Lun {
  readonly index: number;
  readonly wwid: string;
  readonly paths: readonly Path[];
  readonly map: Device;
  /** kpartx's device of the only partition; null where the whole LUN is a physical volume. */
  readonly partition: Device | null;
  readonly pv: PhysicalVolume;
}

export interface PhysicalVolume {
  readonly device: Device;
  readonly uuid: string;
  readonly extents: number;
}

export interface Segment {
  readonly pv: PhysicalVolume;
  readonly firstExtent: number;
  readonly extents: number;
}

export interface Volume {
  readonly name: string;
  readonly uuid: string;
  readonly device: Device;
  readonly segments: readonly Segment[];
  readonly filesystem: string;
  readonly at: string;
}

export interface Group {
  readonly name: string;
  readonly uuid: string;
  readonly pvs: readonly PhysicalVolume[];
  readonly volumes: readonly Volume[];
}

export interface Server {
  readonly luns: readonly Lun[];
  readonly groups: readonly Group[];
  readonly boot: { readonly disk: Device; readonly partitions: readonly [Device, Device]; readonly root: string };
  readonly devices: readonly Device[];
}

/** @param count a multiple of 4 */
export function paperServer(count: number): Server {
  const dm = dmNumbers();
  const luns = Array.from({ length: count }, (_, index) => makeLun(index, dm));
  for (const lun of luns) if (lun.index % 4 === 0) Object.assign(lun, partitioned(lun, dm));
  const groups = Array.from({ length: count / 4 }, (_, index) =>
    makeGroup(index, luns.slice(4 * index, 4 * index + 4), dm),
  );
  const boot = makeBootDisk();
  const devices = [
    boot.disk,
    ...boot.partitions,
    ...luns.flatMap((lun) => lun.paths.map((path) => path.device)),
    ...luns.map((lun) => lun.map),
    ...luns.flatMap((lun) => lun.partition ?? []),
    ...groups.flatMap((group) => group.volumes.map((volume) => volume.device)),
  ];
  return { luns, groups, boot, devices };
}

/** A uuid that is always the same for the same thing. */
export function paperUuid(kind: number, index: number): string {
  const hex = index.toString(16).padStart(12, "0");
  return `${kind.toString(16).padStart(8, "0")}-5eed-4b1d-8000-${hex}`;
}

/** LVM's uuids: 32 of its 62 characters in groups of 6-4-4-4-4-4-6. */
export function lvmUuid(kind: string, index: number): string {
  const text = (kind + index.toString(36)).padEnd(32, "Zk4Yd0QmTsW9xHcLrB7vGfJn2PaE1uXo").slice(0, 32);
  return [0, 6, 10, 14, 18, 22, 26].map((at, part) => text.slice(at, at + (part % 6 === 0 ? 6 : 4))).join("-");
}

type NextDm = (name: string, uuid: string, bytes: number, slaves: readonly Device[]) => Device;

function dmNumbers(): NextDm {
  let next = 0;
  return (name, uuid, bytes, slaves) => {
    const minor = next++;
    const devpath = `/devices/virtual/block/dm-${minor}`;
    return { name: `dm-${minor}`, major: 253, minor, bytes, devpath, type: "disk", slaves, dm: { name, uuid } };
  };
}

const ADAPTERS = ["pci0000:3a/0000:3a:00.0/0000:3b:00.0", "pci0000:3a/0000:3a:00.0/0000:3b:00.1"] as const;

function makeLun(index: number, dm: NextDm): Lun {
  const wwid = `360050768018086278${index.toString(16).padStart(15, "0")}`;
  const lun = { index, wwid, partition: null } as unknown as Lun;
  const paths = [0, 1, 2, 3].map((number): Path => {
    const adapter = number >> 1;
    const target = number & 1;
    const hctl = `${adapter + 1}:0:${target}:${index}`;
    const rport = `host${adapter + 1}/rport-${adapter + 1}:0-${target}/target${adapter + 1}:0:${target}`;
    const kernel = diskName(4 * index + number);
    const devpath = `/devices/${ADAPTERS[adapter]}/${rport}/${hctl}/block/${kernel}`;
    const place = `pci-0000:3b:00.${adapter}-fc-0x50050768011${adapter}d${target}a4-lun-${index}`;
    const device = { name: kernel, ...diskNumbers(4 * index + number), bytes: LUN_BYTES, devpath, slaves: [] } as const;
    return { device: { ...device, type: "disk" }, lun, hctl, place, diskseq: 10 + 4 * index + number };
  });
  const name = `mpath${letters(index)}`;
  const map = dm(name, `mpath-${wwid}`, LUN_BYTES, paths.map((path) => path.device)); // biome-ignore format: one line
  return Object.assign(lun, { paths, map, pv: physicalVolume(map, index) });
}

function partitioned(lun: Lun, dm: NextDm): Pick<Lun, "partition" | "pv"> {
  const { name = "", uuid = "" } = lun.map.dm ?? {};
  const partition = dm(`${name}-part1`, `part1-${uuid}`, PARTITION.bytes, [lun.map]);
  return { partition, pv: physicalVolume(partition, lun.index) };
}

function physicalVolume(device: Device, index: number): PhysicalVolume {
  return { device, uuid: lvmUuid("p", index), extents: Math.floor((device.bytes - DATA_START) / EXTENT) };
}

function makeGroup(index: number, luns: readonly Lun[], dm: NextDm): Group {
  const name = `vg${String(index).padStart(4, "0")}`;
  const uuid = lvmUuid("g", index);
  const pvs = luns.map((lun) => lun.pv);
  const volumes = [0, 1].map((number): Volume => {
    const segments = allocate(pvs, number * (VOLUME_BYTES / EXTENT), VOLUME_BYTES / EXTENT);
    const lvUuid = lvmUuid("v", 2 * index + number);
    const dmUuid = `LVM-${uuid}${lvUuid}`.replaceAll("-", "").replace(/^LVM/, "LVM-");
    const device = dm(`${name}-data${number}`, dmUuid, VOLUME_BYTES, segments.map((segment) => segment.pv.device)); // biome-ignore format: one line
    const filesystem = paperUuid(0xf5, 2 * index + number);
    return { name: `data${number}`, uuid: lvUuid, device, segments, filesystem, at: `/srv/${name}/data${number}` };
  });
  return { name, uuid, pvs, volumes };
}

/** The pieces of a linear volume that begins `skip` extents into its group. */
function allocate(pvs: readonly PhysicalVolume[], skip: number, extents: number): Segment[] {
  const segments: Segment[] = [];
  let before = 0;
  for (const pv of pvs) {
    const first = Math.max(0, skip - before);
    const last = Math.min(pv.extents, skip + extents - before);
    if (first < last) segments.push({ pv, firstExtent: first, extents: last - first });
    before += pv.extents;
  }
  return segments;
}

function makeBootDisk(): Server["boot"] {
  const devpath = "/devices/pci0000:00/0000:00:05.0/virtio2/block/vda";
  const disk: Device = { name: "vda", major: 254, minor: 0, bytes: LUN_BYTES, devpath, type: "disk", slaves: [] };
  const part = (number: number, startBytes: number, bytes: number): Device => ({
    ...disk,
    name: `vda${number}`,
    minor: number,
    bytes,
    devpath: `${devpath}/vda${number}`,
    type: "partition",
    number,
    startBytes,
  });
  const partitions = [part(1, 1_048_576, 1_048_576), part(2, 2_097_152, ROOT_BYTES)] as const;
  return { disk, partitions, root: paperUuid(0xb0, 0) };
}

/** sda … sdz, sdaa …: drivers/scsi/sd.c, sd_format_disk_name(). */
function diskName(index: number): string {
  return `sd${letters(index)}`;
}

function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** drivers/scsi/sd.c, sd_major() and the minor: 16 majors in turn, 16 minors for each disk. */
function diskNumbers(index: number): { major: number; minor: number } {
  const turn = (index & 0xf0) >> 4;
  return {
    major: turn === 0 ? 8 : turn < 8 ? 64 + turn : 120 + turn,
    minor: ((index & 0xf) << 4) | (index & 0xfff00),
  };
}
