import { bytesOf } from "../../host/bytes.js";
import type { ProbeHost } from "../../host/host.js";
import { type CommandResult, succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Probed, type ProbeFailure } from "../../host/probed.js";
import { sideBySide } from "../../host/side-by-side.js";
import { type BlockDevice, type Inventory, isPassing } from "../../layout/inventory.js";
import type { DirectoryAttributes } from "../../layout/layout.js";
import { readInventory } from "../../layout/read-inventory.js";
import type { ExtDetail } from "./detail.js";
import { mountedRoots } from "./mounted-roots.js";
import { parseDumpe2fs } from "./parse-dumpe2fs.js";
import { type ExtInode, parseStat } from "./parse-stat.js";
import type { ExtSuperblock } from "./superblock.js";

/** What was found on one device. */
export interface ExtDevice {
  /** Its kernel name. */
  readonly device: string;
  /** What blkid says it is: `ext2`, `ext3`, `ext4`, `ext4dev`, `jbd` (an external journal). */
  readonly type: string;
  readonly detail: ExtDetail;
  /** What couldn't be asked, or wasn't understood. `not-recorded` is none of these: the detail says it. */
  readonly failures: readonly ProbeFailure[];
}

/** The ext filesystems and journals of a machine. */
export interface ExtFacts {
  readonly devices: readonly ExtDevice[];
}

const TYPES: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "ext4dev", "jbd"]);

/**
 * Reads the superblock and the root directory of every ext filesystem, mounted or not, without writing anything: by
 * `dumpe2fs -h`, side by side as far as the host lets commands run at once, by one `stat` for all root directories that
 * a mount point shows, and by `debugfs -c -R "stat <2>"` for each other one.
 */
export async function probeExtTunables(host: ProbeHost, inventory?: Inventory): Promise<Probed<ExtFacts>> {
  const all = inventory ?? (await readInventory(host)).inventory;
  const wanted = all.devices.filter(
    (device) => TYPES.has(device.signature?.type ?? "") && !isPassing(device.name) && !isPath(device, all),
  );
  const roots = wanted.length === 0 ? new Map() : await mountedRoots(host, wanted);
  const found = await sideBySide(wanted, (device) => probeDevice(host, device, roots.get(device.name)));
  const missing = found.map(({ failures }) => failures[0]).filter((failure) => failure?.reason === "missing");
  if (missing[0] !== undefined && missing.length === found.length) return { is: "unknown", failure: missing[0] };
  return known({ devices: found });
}

/** A path of a multipath map isn't asked: its map is. */
function isPath(device: BlockDevice, inventory: Inventory): boolean {
  return inventory.holdersOf(device.name).some((holder) => holder.dm?.uuid.startsWith("mpath-"));
}

async function probeDevice(
  host: ProbeHost,
  device: BlockDevice,
  mountedRoot: DirectoryAttributes | undefined,
): Promise<ExtDevice> {
  const failures: ProbeFailure[] = [];
  const superblock = await readSuperblock(host, device, failures);
  const isJournal = device.signature?.type === "jbd";
  const orphanFile = superblock?.orphanFileInode ?? null;
  const [root, orphans, strictEncoding] = await Promise.all([
    superblock === null || isJournal ? null : (mountedRoot ?? readInode(host, device, 2, failures)),
    orphanFile === null ? null : readInode(host, device, orphanFile, failures),
    superblock?.features.includes("casefold") ? readStrictEncoding(host, device, failures) : null,
  ]);
  const detail: ExtDetail = {
    superblock,
    rootDirectory: root === null ? null : { mode: root.mode, uid: root.uid, gid: root.gid },
    orphanFileBytes: orphans?.size ?? null,
    strictEncoding,
  };
  return { device: device.name, type: device.signature?.type ?? "", detail, failures };
}

async function readSuperblock(
  host: ProbeHost,
  device: BlockDevice,
  failures: ProbeFailure[],
): Promise<ExtSuperblock | null> {
  const result = await host.run(["dumpe2fs", "-h", device.path]);
  if (!succeeded(result)) return refuse(result, failures);
  const parsed = parseDumpe2fs(result.argv.join(" "), result.stdout, device.signature?.label ?? null);
  if (parsed.is === "known") return parsed.facts;
  failures.push(parsed.failure);
  return null;
}

async function readInode(
  host: ProbeHost,
  device: BlockDevice,
  inode: number,
  failures: ProbeFailure[],
): Promise<ExtInode | null> {
  // -c: without reading the bitmaps, which takes minutes on a large filesystem
  const result = await host.run(["debugfs", "-c", "-R", `stat <${inode}>`, device.path]);
  if (!succeeded(result)) return refuse(result, failures);
  const parsed = parseStat(result.argv.join(" "), result.stdout, result.stderr);
  if (parsed.is === "known") return parsed.facts;
  failures.push(parsed.failure);
  return null;
}

/** That a recording has no answer is no failure of the machine: it is told by what is null. */
function refuse(result: CommandResult, failures: ProbeFailure[]): null {
  if (result.outcome.is !== "not-recorded") failures.push(failedCommand(result));
  return null;
}

/** Offset of `s_encoding_flags` on the device (ext2_fs.h: 0x27E in the superblock, which begins at 1024), and its bit for strict. */
const ENCODING_FLAGS = { at: 1024 + 0x27e, strict: 1 };

/** No e2fsprogs prints the flags of the encoding, so they are read from the superblock itself. */
async function readStrictEncoding(
  host: ProbeHost,
  device: BlockDevice,
  failures: ProbeFailure[],
): Promise<boolean | null> {
  const read = await host.read(device.path, { bytes: 2048 });
  if (read.is === "not-recorded") return null;
  const bytes = read.is === "file" ? bytesOf(read.content) : new Uint8Array();
  const flags = bytes[ENCODING_FLAGS.at];
  if (flags !== undefined) return (flags & ENCODING_FLAGS.strict) !== 0;
  failures.push({
    reason: read.is === "denied" ? "denied" : "failed",
    source: device.path,
    message: `the superblock of ${device.path} can't be read: ${"reason" in read ? read.reason : read.is}`,
  });
  return null;
}
