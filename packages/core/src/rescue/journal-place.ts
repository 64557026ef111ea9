import type { ProbeHost } from "../host/host.js";
import { canonicalPath } from "./canonical-path.js";
import { mountOf, readMounts } from "./mountinfo.js";

/** Filesystems that are gone when the rescue system stops: a live system's root is an overlay over its memory. */
const IN_MEMORY: readonly string[] = ["tmpfs", "ramfs", "rootfs", "overlay", "aufs", "devtmpfs"];

/**
 * The type of the filesystem in memory that a directory lies in; null where it is on something that stays. A journal
 * in memory helps against a step that fails, and not against a power failure.
 *
 * @throws BmrError `host-unusable`
 */
export async function memoryBelow(host: ProbeHost, directory: string): Promise<string | null> {
  const mount = mountOf(await canonicalPath(host, directory), await readMounts(host));
  if (mount === undefined) return "rootfs";
  if (IN_MEMORY.includes(mount.type)) return mount.type;
  return /^\/dev\/z?ram\d+$/.test(mount.source) ? mount.source : null;
}
