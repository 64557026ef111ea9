import type { ProbeHost } from "../host/host.js";
import { canonicalPath } from "./canonical-path.js";
import { isSameMap, type Locator } from "./locators.js";
import { readAttribute, readSeal, sealDifferences } from "./seal.js";

/** What the kernel knows of a located device. */
export type FoundDevice =
  | { readonly is: "found"; readonly name: string; readonly dev: string }
  | { readonly is: "absent"; readonly why: string }
  /** Something is there, and it isn't what the plan means. */
  | { readonly is: "wrong"; readonly why: string };

/** Looks a located device up in sysfs, and whether it is the one that the plan means. */
export async function findDevice(host: ProbeHost, locator: Locator): Promise<FoundDevice> {
  switch (locator.is) {
    case "disk":
      return findDisk(host, locator);
    case "partition":
      return findPartition(host, locator);
    case "dm":
      return findDm(host, locator);
    case "found":
      return findAgain(host, locator);
  }
}

async function findDisk(host: ProbeHost, locator: Extract<Locator, { is: "disk" }>): Promise<FoundDevice> {
  const now = await readSeal(host, locator.name);
  if (now.dev === null) return absent(`${locator.path} is gone`);
  const differences = sealDifferences(locator.seal, now);
  if (differences.length > 0) return wrong(`${locator.path} isn't the disk that was bound: ${differences.join(", ")}`);
  const linked = (await canonicalPath(host, locator.path)).split("/").at(-1) ?? "";
  // a map's name is given anew when it is renamed
  if (linked.startsWith("dm-") && linked !== locator.name) {
    return wrong(`${locator.path} leads to ${linked}, and ${locator.name} was bound`);
  }
  return { is: "found", name: locator.name, dev: now.dev };
}

async function findPartition(host: ProbeHost, locator: Extract<Locator, { is: "partition" }>): Promise<FoundDevice> {
  const directory = `/sys/class/block/${locator.name}`;
  const [dev, number, link] = await Promise.all([
    readAttribute(host, `${directory}/dev`),
    readAttribute(host, `${directory}/partition`),
    host.readlink(directory),
  ]);
  if (dev === null) return absent(`the kernel has no partition ${locator.path}`);
  if (number !== String(locator.number)) return wrong(`${locator.path} is partition ${number ?? "of no number"}`);
  // the link tells the parent, …/block/sda/sda1
  const parent = link.is === "link" ? link.target.split("/").at(-2) : undefined;
  if (parent !== locator.disk) return wrong(`${locator.path} isn't a partition of ${locator.disk}`);
  return { is: "found", name: locator.name, dev };
}

async function findDm(host: ProbeHost, locator: Extract<Locator, { is: "dm" }>): Promise<FoundDevice> {
  const linked = (await canonicalPath(host, locator.path)).split("/").at(-1) ?? "";
  if (linked.startsWith("dm-")) {
    const [uuid, dev] = await dmAttributes(host, linked);
    if (dev === null) return absent(`${locator.path} leads to ${linked}, which the kernel doesn't have`);
    if (uuid !== null && hasUuid(locator, uuid)) return { is: "found", name: linked, dev };
    return wrong(`${locator.path} has the dm uuid ${uuid || "(none)"}, and should have ${locator.dmUuid}`);
  }
  return findDmByUuid(host, locator);
}

/** Without udev, /dev/mapper holds device nodes and no links. */
async function findDmByUuid(host: ProbeHost, locator: Extract<Locator, { is: "dm" }>): Promise<FoundDevice> {
  const listed = await host.list("/sys/class/block");
  if (listed.is !== "directory") return absent("/sys/class/block can't be listed");
  for (const name of listed.names.filter((name) => name.startsWith("dm-"))) {
    const [uuid, dev] = await dmAttributes(host, name);
    if (uuid === null || !hasUuid(locator, uuid) || dev === null) continue;
    const node = await host.read(locator.path, { bytes: 0 });
    return node.is === "absent"
      ? absent(`${name} has the dm uuid ${uuid}, and udev made no ${locator.path} for it`)
      : { is: "found", name, dev };
  }
  return absent(`there is no ${locator.path}`);
}

/** A map's WWID may have kept its blanks; all else is as device-mapper was told. */
function hasUuid({ dmUuid }: Extract<Locator, { is: "dm" }>, uuid: string): boolean {
  return uuid === dmUuid || (dmUuid.startsWith("mpath-") && isSameMap(uuid, dmUuid.slice("mpath-".length)));
}

async function dmAttributes(host: ProbeHost, name: string): Promise<[uuid: string | null, dev: string | null]> {
  return Promise.all([
    readAttribute(host, `/sys/class/block/${name}/dm/uuid`),
    readAttribute(host, `/sys/class/block/${name}/dev`),
  ]);
}

async function findAgain(host: ProbeHost, locator: Extract<Locator, { is: "found" }>): Promise<FoundDevice> {
  const [uuid, dev] = await dmAttributes(host, locator.name);
  if (dev === null) return absent(`${locator.path} is gone`);
  if (dev === locator.dev && uuid === locator.dmUuid) return { is: "found", name: locator.name, dev };
  return wrong(`${locator.path} isn't the device that was there before`);
}

function absent(why: string): FoundDevice {
  return { is: "absent", why };
}

function wrong(why: string): FoundDevice {
  return { is: "wrong", why };
}
