import type { ProbeHost } from "../host/host.js";
import { readAttribute } from "./seal.js";

/** A device that stands on another one, as sysfs shows it at this moment. */
export interface StandingDevice {
  /** The kernel name. */
  readonly name: string;
  readonly dev: string | null;
  /** Of the kernel, or of a multipath map (dm uuid `part1-mpath-…`). */
  readonly isPartition: boolean;
}

/** All that stands on a device now: partitions and holders, and what stands on those. */
export async function devicesAbove(host: ProbeHost, name: string): Promise<readonly StandingDevice[]> {
  const found = new Map<string, StandingDevice>();
  const queue = [name];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const device of await directlyAbove(host, at)) {
      if (found.has(device.name)) continue;
      found.set(device.name, device);
      queue.push(device.name);
    }
  }
  return [...found.values()];
}

async function directlyAbove(host: ProbeHost, name: string): Promise<StandingDevice[]> {
  const directory = `/sys/class/block/${name}`;
  const [entries, holders] = await Promise.all([host.list(directory), host.list(`${directory}/holders`)]);
  const children = entries.is === "directory" ? entries.names.filter((entry) => entry.startsWith(name)) : [];
  const partitions = await Promise.all(
    children.map(async (child): Promise<StandingDevice | undefined> => {
      if ((await readAttribute(host, `${directory}/${child}/partition`)) === null) return undefined;
      return { name: child, dev: await readAttribute(host, `${directory}/${child}/dev`), isPartition: true };
    }),
  );
  const held = await Promise.all(
    (holders.is === "directory" ? holders.names : []).map(async (holder): Promise<StandingDevice> => {
      const [dev, uuid] = await Promise.all([
        readAttribute(host, `/sys/class/block/${holder}/dev`),
        readAttribute(host, `/sys/class/block/${holder}/dm/uuid`),
      ]);
      return { name: holder, dev, isPartition: /^part\d+-mpath-/.test(uuid ?? "") };
    }),
  );
  return [...partitions.filter((partition) => partition !== undefined), ...held];
}

/** What stands on the paths of a multipath map beside the map itself: the kernel sees the same partitions there. */
export async function pathsOf(host: ProbeHost, map: string): Promise<readonly StandingDevice[]> {
  const uuid = await readAttribute(host, `/sys/class/block/${map}/dm/uuid`);
  if (uuid?.startsWith("mpath-") !== true) return [];
  const slaves = await host.list(`/sys/class/block/${map}/slaves`);
  const above = await Promise.all(
    (slaves.is === "directory" ? slaves.names : []).map((slave) => directlyAbove(host, slave)),
  );
  return above.flat().filter((device) => device.name !== map);
}

/**
 * The disks that a device stands on: the kernel's whole disks, and multipath maps, which stand for theirs. A disk
 * is its own.
 */
export async function disksBelow(host: ProbeHost, name: string): Promise<readonly string[]> {
  const disks = new Set<string>();
  const seen = new Set([name]);
  const queue = [name];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const next = await directlyBelow(host, at);
    if (next.length === 0) disks.add(at);
    for (const below of next) {
      if (seen.has(below)) continue;
      seen.add(below);
      queue.push(below);
    }
  }
  return [...disks];
}

async function directlyBelow(host: ProbeHost, name: string): Promise<readonly string[]> {
  const directory = `/sys/class/block/${name}`;
  if ((await readAttribute(host, `${directory}/dm/uuid`))?.startsWith("mpath-")) return [];
  const partition = await readAttribute(host, `${directory}/partition`);
  if (partition !== null) {
    const link = await host.readlink(directory);
    const parent = link.is === "link" ? link.target.split("/").at(-2) : undefined;
    return parent === undefined ? [] : [parent];
  }
  const slaves = await host.list(`${directory}/slaves`);
  return slaves.is === "directory" ? slaves.names : [];
}
