import { readFileSync } from "node:fs";
import type { Device, Group, Lun, Server, Volume } from "./server.js";
import { BOOT_GUIDS, tableGuids } from "./udev.js";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const DUMPE2FS = fixture("dumpe2fs.txt").toString();
const SFDISK = fixture("sfdisk-dump.txt").toString();
const GPT_START = fixture("gpt-start.bin");
/** `debugfs -c -R "stat <2>"`. */
export const DEBUGFS_STAT: string = fixture("debugfs-stat.txt").toString();

/** Blocks of the filesystem in the fixture. */
const DUMPE2FS_BLOCKS = 20_480_000;

/** `dumpe2fs -h` of a filesystem. */
export function dumpe2fs(uuid: string, label: string, at: string, bytes: number): string {
  const scaled = (_: string, name: string, count: string) =>
    `${name}${Math.floor((Number(count) * (bytes / 4096)) / DUMPE2FS_BLOCKS)}`;
  return DUMPE2FS.replace(/^(Filesystem volume name: +).*/m, `$1${label}`)
    .replace(/^(Last mounted on: +).*/m, `$1${at}`)
    .replace(/^(Filesystem UUID: +).*/m, `$1${uuid}`)
    .replace(/^(Directory Hash Seed: +).*/m, `$1${uuid.replace(/^./, "7")}`)
    .replaceAll(/^((?:Inode|Block|Reserved block) count: +)(\d+)/gm, scaled);
}

/** `sfdisk --dump` of a LUN's map. */
export function lunTable(lun: Lun, path: string): string {
  const { disk, partition } = tableGuids(lun);
  return SFDISK.replace(/(?<=^label-id: ).*/m, disk.toUpperCase())
    .replace(/(?<=uuid=).*/, partition.toUpperCase())
    .replace(/lun\.img1/, lun.partition?.dm?.name.replace(/^/, "/dev/mapper/") ?? "")
    .replace(/(?<=^device: ).*/m, path);
}

/** `sfdisk --dump` of the disk that the server boots from. */
export function bootTable({ disk, partitions }: Server["boot"]): string {
  const head = SFDISK.slice(0, SFDISK.indexOf("\n\n")).replace(/(?<=^device: ).*/m, `/dev/${disk.name}`);
  const lines = partitions.map((partition, index) => {
    const { guid, type } = BOOT_GUIDS[index as 0 | 1];
    const start = String((partition.startBytes ?? 0) / 512).padStart(12);
    const size = String(partition.bytes / 512).padStart(12);
    return `/dev/${partition.name} : start=${start}, size=${size}, type=${type.toUpperCase()}, uuid=${guid.toUpperCase()}`;
  });
  return `${head}\n\n${lines.join("\n")}\n`;
}

/** The first two sectors of a LUN: a GPT with its protective MBR, or LVM's label in the second one. */
export function lunStart(lun: Lun): Buffer {
  if (lun.partition !== null) return GPT_START;
  const start = Buffer.alloc(1024);
  start.write("LABELONE", 512, "latin1");
  start.writeBigUInt64LE(1n, 520);
  start.write("LVM2 001", 536, "latin1");
  start.write(lun.pv.uuid.replaceAll("-", ""), 544, "latin1");
  return start;
}

/** The first two sectors of the disk that the server boots from: GRUB's boot.img before the GPT. */
export function bootStart({ partitions }: Server["boot"]): Buffer {
  const start = Buffer.from(GPT_START);
  start.writeUInt16LE(0x8000, 0x5a);
  start.writeBigUInt64LE(BigInt((partitions[0].startBytes ?? 0) / 512), 0x5c);
  start.write("GRUB \0Geom\0Hard Disk\0Read\0 Error", 0x180, "latin1");
  return start;
}

/** `multipathd show maps json` (multipath-tools 0.9.4). */
export function mapsJson(server: Server): string {
  const maps = server.luns.map(({ map, wwid, paths }) => ({
    name: map.dm?.name,
    uuid: wwid,
    sysfs: map.name,
    failback: "immediate",
    queueing: "5 chk",
    paths: paths.length,
    write_prot: "rw",
    dm_st: "active",
    features: "1 queue_if_no_path",
    hwhandler: "1 alua",
    action: "",
    path_faults: 0,
    vend: "IBM     ",
    prod: "2145            ",
    rev: "0000",
    switch_grp: 0,
    map_loads: 1,
    total_q_time: 0,
    q_timeouts: 0,
    path_groups: [paths.slice(0, 2), paths.slice(2)].map((group, index) => ({
      selector: "service-time 0",
      pri: index === 0 ? 50 : 10,
      dm_st: index === 0 ? "active" : "enabled",
      marginal_st: "normal",
      group: index + 1,
      paths: group.map(({ device, hctl }) => ({
        dev: device.name,
        dev_t: `${device.major}:${device.minor}`,
        dm_st: "active",
        dev_st: "running",
        chk_st: "ready",
        checker: "tur",
        pri: index === 0 ? 50 : 10,
        host_wwnn: "0x20000024ff7d3c1a",
        target_wwnn: "0x500507680100d1a4",
        host_wwpn: "0x21000024ff7d3c1a",
        target_wwpn: "0x500507680110d0a4",
        host_adapter: hctl.split(":")[0],
        lun_hex: "0x0000000000000000",
        marginal_st: "normal",
      })),
    })),
  }));
  return `${JSON.stringify({ major_version: 0, minor_version: 1, maps }, null, 3)}\n`;
}

/** Group and volume of every filesystem on a logical volume. */
export function filesystems(server: Server): { group: Group; volume: Volume }[] {
  return server.groups.flatMap((group) => group.volumes.map((volume) => ({ group, volume })));
}

const ABOVE = [
  "22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw",
  "23 27 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw",
  "24 27 0:5 / /dev rw,nosuid,relatime shared:2 - devtmpfs udev rw,size=16343804k,nr_inodes=4085951,mode=755,inode64",
  "26 27 0:24 / /run rw,nosuid,nodev,noexec,relatime shared:5 - tmpfs tmpfs rw,size=3275324k,mode=755,inode64",
] as const;

/** /proc/self/mountinfo */
export function mountinfo(server: Server): string {
  const line = (id: number, device: Device, at: string, source: string) =>
    `${id} ${at === "/" ? 1 : 27} ${device.major}:${device.minor} / ${at} rw,relatime shared:${id} - ext4 ${source} rw,errors=remount-ro`;
  const [, root] = server.boot.partitions;
  const data = filesystems(server).map(({ volume }, index) =>
    line(100 + index, volume.device, volume.at, `/dev/mapper/${volume.device.dm?.name}`),
  );
  return `${[...ABOVE, line(27, root, "/", `/dev/${root.name}`), ...data].join("\n")}\n`;
}

/** /etc/fstab */
export function fstab(server: Server): string {
  const data = filesystems(server).map(({ volume }) => `UUID=${volume.filesystem} ${volume.at} ext4 defaults 0 2`);
  return `# <file system> <mount point> <type> <options> <dump> <pass>\nUUID=${server.boot.root} / ext4 errors=remount-ro 0 1\n${data.join("\n")}\n`;
}

/** The files in /etc of a server with multipathing, and those that say which machine it is. */
export function plainFiles(server: Server): Readonly<Record<string, string>> {
  const bindings = server.luns.map(({ map, wwid }) => `${map.dm?.name} ${wwid}`);
  return {
    "/proc/partitions": "major minor  #blocks  name\n\n",
    "/proc/sys/kernel/hostname": "paper\n",
    "/proc/self/mountinfo": mountinfo(server),
    "/proc/swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
    "/etc/fstab": fstab(server),
    "/etc/os-release":
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    "/sys/class/dmi/id/product_uuid": "4c4c4544-0042-3510-8054-b9c04f4a3532\n",
    "/etc/multipath.conf": "defaults {\n\tuser_friendly_names yes\n\tfind_multipaths yes\n}\n",
    "/etc/multipath/bindings": `# Multipath bindings, Version : 1.0\n${bindings.join("\n")}\n`,
    "/etc/multipath/wwids": `# Multipath wwids, Version : 1.0\n${server.luns.map(({ wwid }) => `/${wwid}/`).join("\n")}\n`,
  };
}

/** What is in directories that the probes list. */
export const DIRECTORIES: Readonly<Record<string, readonly string[]>> = {
  "/boot": [
    "System.map-6.1.0-18-amd64",
    "config-6.1.0-18-amd64",
    "grub",
    "initrd.img-6.1.0-18-amd64",
    "vmlinuz-6.1.0-18-amd64",
  ],
  "/boot/grub": ["fonts", "grub.cfg", "grubenv", "i386-pc", "locale", "unicode.pf2"],
  "/etc": ["fstab", "multipath.conf", "os-release"],
  "/usr": ["bin", "lib", "sbin"],
  "/usr/lib/modules": ["6.1.0-18-amd64"],
  "/lib/modules": ["6.1.0-18-amd64"],
  "/etc/multipath/conf.d": [],
  "/etc/initramfs-tools/conf.d": [],
};

/** Programs and files that are there, and aren't links. */
export const PRESENT: ReadonlySet<string> = new Set([
  ...["mkinitramfs", "update-initramfs", "grub-install", "update-grub", "grub-mkconfig"].map(
    (name) => `/usr/sbin/${name}`,
  ),
  "/usr/lib/grub/i386-pc/boot.img",
  "/etc/multipath/wwids",
  "/etc/multipath/bindings",
]);
