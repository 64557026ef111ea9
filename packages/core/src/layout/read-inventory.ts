import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import { type CommandResult, succeeded } from "../host/outcome.js";
import { sideBySide } from "../host/side-by-side.js";
import { ambiguous, askBlkid } from "./blkid.js";
import { dmDependencies, dmNames } from "./dm-names.js";
import type { Finding } from "./finding.js";
import { type BlockDevice, type Inventory, inventoryOf, isPassing } from "./inventory.js";
import { ownSignature, udevLooked } from "./signature.js";
import {
  attribute,
  listBlockDevices,
  readDiskAttributes,
  readSlaves,
  readSysfs,
  type SysfsEntry,
  type SysfsFacts,
} from "./sysfs-block.js";
import { parseUdevDb, type UdevProperties, type UdevRecord } from "./udev-db.js";
import { udevFindings } from "./udev-findings.js";

/** All block devices, and what there is to say about the reading of them. */
export interface InventoryReading {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
}

/**
 * Reads every block device of the machine: names and numbers from sysfs, links and signatures from udev's database,
 * and from blkid where udev tells no signature.
 *
 * @throws BmrError `host-unusable` where /sys or /proc isn't mounted or can't be read
 */
export async function readInventory(host: ProbeHost): Promise<InventoryReading> {
  const [entries, { answer, records }] = await Promise.all([
    listBlockDevices(host),
    readUdevDb(host),
    requireProc(host),
  ]);
  const findings = udevFindings(answer, records, entries?.map(({ name }) => name) ?? null);
  const devices = await completeDm(
    host,
    await readDevices(
      host,
      entries ?? records.map(({ name }) => ({ name, directory: `/sys/class/block/${name}` })),
      new Map(records.map((record) => [record.name, record])),
    ),
  );
  return { inventory: inventoryOf(await completeSignatures(host, inventoryOf(devices), findings)), findings };
}

async function requireProc(host: ProbeHost): Promise<void> {
  const read = await host.read("/proc/partitions");
  if (read.is === "file" || read.is === "not-recorded") return;
  const reason = read.is === "denied" || read.is === "failed" ? read.reason : "procfs isn't mounted there";
  throw new BmrError(
    "host-unusable",
    `/proc/partitions can't be read: ${reason}. Without /proc no mounts are seen; mount -t proc proc /proc`,
    { details: { path: "/proc/partitions" } },
  );
}

/** All that udev knows, and the answer that it is taken from. */
async function readUdevDb(host: ProbeHost): Promise<{ answer: CommandResult; records: readonly UdevRecord[] }> {
  const first = await host.run(["udevadm", "info", "--export-db"]);
  // Before udev 117 the program was called udevinfo.
  const older = first.outcome.is === "missing" ? await host.run(["udevinfo", "--export-db"]) : first;
  const answer = succeeded(older) ? older : first;
  return { answer, records: succeeded(answer) ? parseUdevDb(answer.stdout) : [] };
}

/** Maps come first: of a path only what it has of its own is read, since all else is the map's. */
async function readDevices(
  host: ProbeHost,
  entries: readonly SysfsEntry[],
  records: ReadonlyMap<string, UdevRecord>,
): Promise<BlockDevice[]> {
  const isDm = ({ name }: SysfsEntry) => name.startsWith("dm-");
  const read = (some: readonly SysfsEntry[], paths: ReadonlySet<string>) =>
    sideBySide(some, (entry) => readDevice(host, entry, records, paths.has(entry.name)));
  const mapped = await read(entries.filter(isDm), new Set());
  const paths = mapped.filter((device) => device?.dm?.uuid.startsWith("mpath-")).flatMap((map) => map?.slaves ?? []);
  const others = await read(
    entries.filter((entry) => !isDm(entry)),
    new Set(paths),
  );
  return [...mapped, ...others].filter((device) => device !== null);
}

async function readDevice(
  host: ProbeHost,
  entry: SysfsEntry,
  records: ReadonlyMap<string, UdevRecord>,
  isPath: boolean,
): Promise<BlockDevice | null> {
  const record = records.get(entry.name);
  const properties = record?.properties ?? {};
  const sysfs = await readSysfs(host, entry, { devpath: record?.devpath ?? null, numbers: numbersOf(properties) });
  const { devpath, numbers } = sysfs;
  // A path below a multipathed NVMe namespace has no device node; the namespace stands for it.
  if (sysfs.hidden || (numbers === null && record === undefined)) return null;
  const partition = partitionOf(entry.name, record, sysfs);
  const [disk, dm, slaves] = await Promise.all([
    partition === null && !isPath ? readDiskAttributes(host, entry) : undefined,
    readDm(host, entry, properties),
    isVirtual(devpath) ? readSlaves(host, entry.directory) : [],
  ]);
  const parent = partition === null ? undefined : records.get(partition.of)?.properties;
  const signature = ownSignature(properties, parent);
  return {
    name: entry.name,
    path: record?.node ?? (dm === null ? `/dev/${entry.name.replaceAll("!", "/")}` : `/dev/mapper/${dm.name}`),
    type: partition === null ? "disk" : "partition",
    major: numbers?.[0] ?? 0,
    minor: numbers?.[1] ?? 0,
    properties: record === undefined && devpath !== null ? { DEVPATH: devpath } : properties,
    links: record?.links ?? [],
    bytes: sysfs.bytes,
    readOnly: sysfs.readOnly,
    removable: disk?.removable ?? null,
    sectorBytes: disk?.sectorBytes ?? null,
    physicalSectorBytes: disk?.physicalSectorBytes ?? null,
    slaves: slaves ?? [],
    partition,
    dm,
    signature,
    signatureKnown: signature !== null || udevLooked(properties),
  };
}

function numbersOf(properties: UdevProperties): readonly [number, number] | null {
  const { MAJOR, MINOR } = properties;
  return MAJOR === undefined || MINOR === undefined ? null : [Number(MAJOR), Number(MINOR)];
}

/** device-mapper, md, bcache, loop …: they may stand on others. Unknown counts as such. */
function isVirtual(devpath: string | null): boolean {
  return devpath === null || devpath.startsWith("/devices/virtual/") || /^\/block\/(dm-|md)/.test(devpath);
}

function partitionOf(name: string, record: UdevRecord | undefined, sysfs: SysfsFacts): BlockDevice["partition"] {
  if (sysfs.partition === null && record?.properties.DEVTYPE !== "partition") return null;
  const parts = (sysfs.devpath ?? "").split("/");
  const of = parts.at(-2);
  if (of === undefined || of === "" || of === "block") return null;
  const inName = /(\d+)$/.exec(name)?.[1];
  const number = sysfs.partition?.number ?? Number(record?.properties.PARTN ?? inName);
  return { number, of, startBytes: sysfs.partition?.startBytes ?? null };
}

async function readDm(host: ProbeHost, entry: SysfsEntry, properties: UdevProperties): Promise<BlockDevice["dm"]> {
  if (!entry.name.startsWith("dm-")) return null;
  const [name, uuid] = await Promise.all([
    attribute(host, `${entry.directory}/dm/name`),
    attribute(host, `${entry.directory}/dm/uuid`),
  ]);
  const known = name ?? properties.DM_NAME;
  return known === undefined ? null : { name: known, uuid: uuid ?? properties.DM_UUID ?? "" };
}

/** Old kernels tell neither names nor slaves of device-mapper devices in sysfs; dmsetup does. */
async function completeDm(host: ProbeHost, devices: readonly BlockDevice[]): Promise<readonly BlockDevice[]> {
  const isDm = (device: BlockDevice) => device.name.startsWith("dm-");
  const unnamed = devices.some((device) => isDm(device) && device.dm === null);
  const unfounded = devices.some((device) => isDm(device) && device.slaves.length === 0);
  if (!unnamed && !unfounded) return devices;
  const [names, dependencies] = await Promise.all([
    unnamed ? dmNames(host) : new Map<string, { name: string; uuid: string }>(),
    unfounded ? dmDependencies(host) : new Map<string, readonly string[]>(),
  ]);
  const byNumbers = new Map(devices.map((device) => [`${device.major}:${device.minor}`, device.name]));
  return devices.map((device) => {
    if (!isDm(device)) return device;
    const dm = device.dm ?? names.get(`${device.major}:${device.minor}`) ?? null;
    const below = dm === null || device.slaves.length > 0 ? undefined : dependencies.get(dm.name);
    const slaves = below?.map((numbers) => byNumbers.get(numbers)).filter((name) => name !== undefined);
    const path = device.dm === null && dm !== null ? `/dev/mapper/${dm.name}` : device.path;
    return { ...device, dm, path, slaves: slaves ?? device.slaves };
  });
}

/** Asks blkid where udev told no signature: udev may not have looked, and an empty device looks the same. */
async function completeSignatures(
  host: ProbeHost,
  inventory: Inventory,
  findings: Finding[],
): Promise<readonly BlockDevice[]> {
  const ofMaps = new Set(inventory.devices.filter((device) => isPathOfMap(inventory, device)));
  const asked = inventory.devices.filter((device) => isUntold(device) && !ofMaps.has(device));
  const paths = new Set(asked.map(({ path }) => path));
  const answers = await askBlkid(host, [...paths], (path) =>
    paths.has(path) ? path : (inventory.find(path)?.path ?? path),
  );
  return inventory.devices.map((device) => {
    if (ofMaps.has(device)) return { ...device, signature: null, signatureKnown: false };
    if (device.properties.ID_FS_AMBIVALENT !== undefined) {
      findings.push(ambiguous(device.path));
      return { ...device, signature: null, signatureKnown: false };
    }
    const answer = answers.get(device.path);
    if (answer === undefined) return device;
    if ("signature" in answer) return { ...device, signature: answer.signature, signatureKnown: true };
    findings.push(answer.finding);
    return { ...device, signature: null, signatureKnown: false };
  });
}

function isUntold(device: BlockDevice): boolean {
  return device.signature === null && device.bytes !== 0 && !isPassing(device.name);
}

/** A path, or a partition that the kernel found on one: what is on it is told by the map; a path may be passive or dead. */
function isPathOfMap(inventory: Inventory, device: BlockDevice): boolean {
  const disk = device.partition?.of ?? device.name;
  return inventory.holdersOf(disk).some((holder) => holder.dm?.uuid.startsWith("mpath-") === true);
}
