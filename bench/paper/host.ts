import {
  type Argv,
  type CommandResult,
  type LinkResult,
  type ListResult,
  type ProbeHost,
  type ReadResult,
  textOf,
} from "@bmr/core";
import { lvmReport, vgBackup } from "./lvm.js";
import type { Device, Server } from "./server.js";
import {
  bootStart,
  bootTable,
  DEBUGFS_STAT,
  DIRECTORIES,
  dumpe2fs,
  filesystems,
  lunStart,
  lunTable,
  mapsJson,
  PRESENT,
  plainFiles,
} from "./texts.js";
import { BOOT_GUIDS, exportDb, labelOf } from "./udev.js";

/** Where mktemp makes its directory on paper. */
const TEMPORARY = "/tmp/bmr-vg-PaperServer";
/** Programs that this server doesn't have. */
const MISSING = new Set(["mdadm", "cryptsetup", "btrfs", "xfs_db", "xfs_info", "lsdasd", "dasdview", "lszdev", "zipl"]);

/**
 * A server on paper as a host: it answers what the probes ask of such a server, in the words of the real tools. A
 * question that it doesn't know is an error of the benchmark and not an answer.
 */
export function paperHost(server: Server): ProbeHost {
  const index = indexOf(server);
  return {
    run: async (argv) => ({ argv, ...answer(argv, server, index) }),
    read: async (path, options) => read(path, options?.bytes, index),
    list: async (path): Promise<ListResult> => {
      const names = index.directories.get(path)?.();
      return names === undefined ? { is: "absent" } : { is: "directory", names };
    },
    readlink: async (path): Promise<LinkResult> => {
      if (path === "/lib") return { is: "link", target: "usr/lib" };
      if (PRESENT.has(path)) return { is: "not-a-link" };
      const device = /^\/sys\/class\/block\/([^/]+)$/.exec(path)?.[1];
      const target = device === undefined ? undefined : index.byName.get(device);
      return target === undefined ? { is: "absent" } : { is: "link", target: `../..${target.devpath}` };
    },
  };
}

interface Index {
  readonly byName: ReadonlyMap<string, Device>;
  readonly byPath: ReadonlyMap<string, Device>;
  readonly files: Map<string, string>;
  readonly directories: ReadonlyMap<string, () => readonly string[]>;
  /** The devices of the mounted filesystems, by mount point. */
  readonly mounted: ReadonlyMap<string, Device>;
  /** By kernel name. */
  readonly ext: ReadonlyMap<string, { readonly uuid: string; readonly label: string; readonly at: string }>;
  readonly tables: ReadonlyMap<string, (path: string) => string>;
  /** The first two sectors, by kernel name. */
  readonly starts: ReadonlyMap<string, () => Buffer>;
}

function indexOf(server: Server): Index {
  const byName = new Map(server.devices.map((device) => [device.name, device]));
  const byPath = new Map(server.devices.map((device) => [`/dev/${device.name}`, device]));
  for (const device of server.devices) if (device.dm) byPath.set(`/dev/mapper/${device.dm.name}`, device);
  const directories = new Map<string, () => readonly string[]>([["/sys/class/block", () => [...byName.keys()].sort()]]);
  for (const [path, names] of Object.entries(DIRECTORIES)) directories.set(path, () => names);
  for (const device of server.devices) {
    directories.set(`/sys/class/block/${device.name}/slaves`, () => device.slaves.map((slave) => slave.name).sort());
  }
  const data = filesystems(server).map(
    ({ volume }) => [volume.device.name, { uuid: volume.filesystem, label: labelOf(volume), at: volume.at }] as const,
  );
  const { boot } = server;
  return {
    byName,
    byPath,
    directories,
    files: new Map(Object.entries(plainFiles(server))),
    mounted: new Map([
      ...filesystems(server).map(({ volume }) => [volume.at, volume.device] as const),
      ["/", boot.partitions[1]],
    ]),
    ext: new Map([...data, [boot.partitions[1].name, { uuid: boot.root, label: "root", at: "/" }]]),
    tables: new Map([
      [boot.disk.name, () => bootTable(boot)],
      ...server.luns
        .filter((lun) => lun.partition !== null)
        .map((lun) => [lun.map.name, (path: string) => lunTable(lun, path)] as const),
    ]),
    starts: new Map([
      [boot.disk.name, () => bootStart(boot)],
      ...server.luns.map((lun) => [lun.map.name, () => lunStart(lun)] as const),
    ]),
  };
}

type Answer = Omit<CommandResult, "argv">;

const said = (stdout: string, code = 0): Answer => ({ outcome: { is: "exited", code }, stdout, stderr: "" });

function answer(argv: Argv, server: Server, index: Index): Answer {
  const [program, ...words] = argv;
  const last = words.at(-1) ?? "";
  switch (program) {
    case "uname":
      return said(words[0] === "-m" ? "x86_64\n" : "paper\n");
    case "udevadm":
      if (words.join(" ") === "info --export-db") return said(exportDb(server));
      break;
    case "multipathd":
      if (words.join(" ") === "show maps json") return said(mapsJson(server));
      break;
    case "pvs":
    case "vgs":
    case "lvs":
      if (words.includes("json")) return said(lvmReport(server, program, columnsOf(words)));
      break;
    case "mktemp":
      return said(`${TEMPORARY}\n`);
    case "vgcfgbackup":
      for (const group of server.groups) index.files.set(`${TEMPORARY}/${group.name}`, vgBackup(group));
      return said("");
    case "rm":
      if (last === TEMPORARY) return said("");
      break;
    case "stat":
      return said(words.slice(words.indexOf("--") + 1).map((path) => statLine(words, path, index)).join("")); // biome-ignore format: one line
    case "blkid":
      return blkid(words, index);
    case "dumpe2fs":
    case "debugfs":
    case "sfdisk":
      return ofDevice(program, words, last, index);
  }
  if (MISSING.has(program)) return { outcome: { is: "missing" }, stdout: "", stderr: "" };
  throw new Error(`the server on paper has no answer to ${argv.join(" ").slice(0, 200)}`);
}

/** A directory of root's; a filesystem of 10 GiB that is half full; the root of a mounted one. */
function statLine(words: readonly string[], path: string, index: Index): string {
  if (words[0] === "--printf=%f %u %g %n\\0") return `41ed 0 0 ${path}\0`;
  if (words[1] === "--printf=%S %b %f %c %d %n\\0") return `4096 2621440 1310720 655360 650000 ${path}\0`;
  const mounted = index.mounted.get(path);
  if (words[0] === "--printf=%d %i %f %u %g\\n" && mounted !== undefined) {
    // as makedev(3) packs it: the last 8 bits of the minor number stand lowest
    const { major, minor } = mounted;
    return `${major * 256 + (minor % 256) + Math.floor(minor / 256) * 2 ** 20} 2 41ed 0 0\n`;
  }
  throw new Error(`the server on paper has no answer to stat ${words.slice(0, 2).join(" ")} ${path}`);
}

function columnsOf(words: readonly string[]): string[] {
  const at = words.findIndex((word) => word === "-o" || word === "--options");
  return (words[at + 1] ?? "").split(",");
}

/** Only the BIOS boot partition has nothing that udev would tell. */
function blkid(words: readonly string[], index: Index): Answer {
  const { guid } = BOOT_GUIDS[0];
  if (index.byPath.get(words.at(-1) ?? "")?.number !== 1) throw new Error(`on paper, udev tells: ${words.join(" ")}`);
  if (words[0] === "-c") return said(`/dev/vda1: PARTUUID="${guid}"\n`);
  return said(`ID_PART_ENTRY_SCHEME=gpt\nID_PART_ENTRY_UUID=${guid}\nID_PART_ENTRY_NUMBER=1\n`);
}

function ofDevice(program: string, words: readonly string[], path: string, index: Index): Answer {
  const device = index.byPath.get(path);
  const ext = index.ext.get(device?.name ?? "");
  const table = index.tables.get(device?.name ?? "");
  if (program === "sfdisk" && words[0] === "--dump" && table !== undefined) return said(table(path));
  if (program === "dumpe2fs" && words[0] === "-h" && device !== undefined && ext !== undefined) {
    return { ...said(dumpe2fs(ext.uuid, ext.label, ext.at, device.bytes)), stderr: "dumpe2fs 1.47.0 (5-Feb-2023)\n" };
  }
  if (program === "debugfs" && words.includes("stat <2>") && ext !== undefined) {
    return { ...said(DEBUGFS_STAT), stderr: "debugfs 1.47.0 (5-Feb-2023)\n" };
  }
  throw new Error(`the server on paper has no answer to ${[program, ...words].join(" ")}`);
}

function read(path: string, bytes: number | undefined, index: Index): ReadResult {
  const sysfs = /^\/sys\/class\/block\/([^/]+)\/(.+)$/.exec(path);
  const device = index.byName.get(sysfs?.[1] ?? "");
  if (sysfs !== null && device !== undefined) return fileOf(attribute(device, sysfs[2] as string));
  const onDisk = index.byPath.get(path);
  const start = index.starts.get(onDisk?.name ?? "")?.();
  if (start !== undefined && bytes !== undefined) return fileOf(textOf(start.subarray(0, bytes)));
  if (onDisk !== undefined) throw new Error(`the server on paper doesn't know what is on ${path}`);
  return fileOf(index.files.get(path));
}

function fileOf(content: string | undefined): ReadResult {
  return content === undefined ? { is: "absent" } : { is: "file", content };
}

/** An attribute of sysfs; undefined where this device has no such file. */
function attribute(device: Device, name: string): string | undefined {
  const isDisk = device.type === "disk";
  const attributes: Readonly<Record<string, string | number | undefined>> = {
    dev: `${device.major}:${device.minor}`,
    size: device.bytes / 512,
    ro: 0,
    hidden: isDisk ? 0 : undefined,
    removable: isDisk ? 0 : undefined,
    partition: device.number,
    start: device.startBytes === undefined ? undefined : device.startBytes / 512,
    "queue/logical_block_size": isDisk ? 512 : undefined,
    "queue/physical_block_size": isDisk ? 512 : undefined,
    "dm/name": device.dm?.name,
    "dm/uuid": device.dm?.uuid,
  };
  const value = attributes[name];
  return value === undefined ? undefined : `${value}\n`;
}
