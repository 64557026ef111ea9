import { BmrError } from "../error.js";
import type { ProbeHost } from "../host/host.js";
import { known, type Parsed } from "../host/probed.js";
import { type MountinfoLine, parseMountinfo } from "../layout/mountinfo.js";
import { parseSwaps } from "../layout/proc-swaps.js";

/**
 * What is mounted, in the order of mounting: of two at one place, the later one is seen.
 *
 * @throws BmrError `host-unusable`: without it nobody knows what is in use, so nothing may be written
 */
export async function readMounts(host: ProbeHost): Promise<readonly MountinfoLine[]> {
  return required("/proc/self/mountinfo", parseMountinfo, host);
}

/**
 * What is swapped on. A kernel without swap has no /proc/swaps: nothing is.
 *
 * @throws BmrError `host-unusable`
 */
export async function readSwaps(host: ProbeHost): Promise<readonly string[]> {
  if ((await host.read("/proc/swaps")).is === "absent") return [];
  return required("/proc/swaps", parsePaths, host);
}

function parsePaths(text: string): Parsed<readonly string[]> {
  const parsed = parseSwaps(text);
  return parsed.is === "known" ? known(parsed.facts.map(({ path }) => path)) : parsed;
}

async function required<F>(path: string, parse: (text: string) => Parsed<F>, host: ProbeHost): Promise<F> {
  const read = await host.read(path);
  if (read.is !== "file") {
    const reason = "reason" in read ? read.reason : read.is;
    throw new BmrError(
      "host-unusable",
      `${path} can't be read (${reason}), so what is in use isn't known; mount -t proc proc /proc`,
      {
        details: { path },
      },
    );
  }
  const parsed = parse(read.content);
  if (parsed.is === "known") return parsed.facts;
  throw new BmrError("host-unusable", parsed.failure.message, { details: { path, failure: parsed.failure } });
}

/** The mount that a path lies in: the longest mount point above it, the last one mounted there. */
export function mountOf(path: string, mounts: readonly MountinfoLine[]): MountinfoLine | undefined {
  let best: MountinfoLine | undefined;
  for (const mount of mounts) {
    if (isBelow(path, mount.at) && (best === undefined || mount.at.length >= best.at.length)) best = mount;
  }
  return best;
}

/** True for the directory itself and all below it. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
