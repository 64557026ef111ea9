import { isCleanText } from "../../host/bytes.js";
import type { ProbeHost } from "../../host/host.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { DirectoryAttributes } from "../../layout/layout.js";
import { type MountinfoLine, parseMountinfo } from "../../layout/mountinfo.js";

/** The root directory's inode on every ext filesystem (ext2_fs.h, EXT2_ROOT_INO). */
const ROOT_INODE = 2;

/**
 * The root directories of those filesystems that are mounted, by kernel name: one `stat` for all of them, where
 * debugfs takes a process for each. That a mount point shows the root directory, and not what else is mounted over it,
 * is seen from the answer itself: the filesystem's device number, and inode 2. Whoever isn't in the result must be
 * asked in another way.
 */
export async function mountedRoots(
  host: ProbeHost,
  devices: readonly BlockDevice[],
): Promise<ReadonlyMap<string, DirectoryAttributes>> {
  const read = await host.read("/proc/self/mountinfo");
  const mounts = read.is === "file" ? parseMountinfo(read.content) : undefined;
  if (mounts?.is !== "known") return new Map();
  const names = new Map(devices.map(({ name, major, minor }) => [`${major}:${minor}`, name]));
  const avoided = new Set(mounts.facts.filter((mount) => !answersAtOnce(mount)).map(({ at }) => at));
  const points = mounts.facts.filter(
    (mount) =>
      names.has(mount.device) &&
      showsAllAsItIs(mount) &&
      isCleanText(mount.at) &&
      !onTheWayTo(mount.at).some((at) => avoided.has(at)),
  );
  if (points.length === 0) return new Map();
  // the exit status counts for nothing: each answer stands for itself
  const { stdout } = await host.run([
    "stat",
    "--printf=%d %i %f %u %g\\n",
    "--",
    ...new Set(points.map(({ at }) => at)),
  ]);
  return rootsIn(stdout, names);
}

/** A mount of a part of the filesystem has another root, one with mapped owners (mount_setattr(2)) shows others. */
function showsAllAsItIs({ root, options }: MountinfoLine): boolean {
  return root === "/" && !options.includes("idmapped");
}

/** What has no block device (major 0) and is no other machine's all the same. */
const LOCAL: ReadonlySet<string> = new Set(["btrfs", "tmpfs", "ramfs", "rootfs", "devtmpfs", "overlay"]);

/** False for what can make a question hang (a network filesystem, a daemon's), and for a point that would mount something. */
function answersAtOnce({ device, type }: MountinfoLine): boolean {
  return LOCAL.has(type) || (!device.startsWith("0:") && !type.startsWith("fuse"));
}

/** The path itself and all directories above it. */
function onTheWayTo(path: string): string[] {
  return ["/", ...[...path.matchAll(/\/(?=.)|$/g)].slice(1).map(({ index }) => path.slice(0, index))];
}

function rootsIn(answer: string, names: ReadonlyMap<string, string>): ReadonlyMap<string, DirectoryAttributes> {
  const roots = new Map<string, DirectoryAttributes>();
  for (const [, device, inode, mode, uid, gid] of answer.matchAll(/^(\d+) (\d+) ([0-9a-f]+) (\d+) (\d+)\n/gm)) {
    const name = names.get(numbersOf(BigInt(device as string)));
    if (name === undefined || Number(inode) !== ROOT_INODE) continue;
    roots.set(name, { mode: Number.parseInt(mode as string, 16) & 0o7777, uid: Number(uid), gid: Number(gid) });
  }
  return roots;
}

/** `major:minor` of a device number as stat(1) prints it (glibc's makedev(3): bits of both on either side of bit 32). */
function numbersOf(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn);
  return `${major}:${minor}`;
}
