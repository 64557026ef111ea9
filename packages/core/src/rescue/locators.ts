import { BmrError } from "../error.js";
import { normalWwid } from "../layout/identity.js";
import type { NodeId } from "../layout/ids.js";
import type { BlockDevice } from "../layout/inventory.js";
import type { DeviceRef } from "../plan/part.js";
import type { Seal } from "./seal.js";

/** Where the device of a node is in the rescue system, and how it is known that it is the right one. */
export type Locator =
  /** A disk or map that was bound. `dmUuid` of a map. */
  | {
      readonly is: "disk";
      readonly path: string;
      readonly name: string;
      readonly dmUuid: string | null;
      readonly seal: Seal;
    }
  /** A partition that the kernel makes: its kernel name follows from its disk's. */
  | {
      readonly is: "partition";
      readonly path: string;
      readonly name: string;
      readonly of: NodeId;
      readonly disk: string;
      readonly number: number;
    }
  /** A device-mapper device, known by its uuid: a partition of a map, a logical volume. */
  | { readonly is: "dm"; readonly path: string; readonly dmUuid: string; readonly of: NodeId | null }
  /** A device that was there before, as it was found: an old partition. */
  | {
      readonly is: "found";
      readonly path: string;
      readonly name: string;
      readonly dev: string;
      readonly dmUuid: string | null;
      readonly of: NodeId;
    };

/** A bound disk, for {@link locatorsOf}. */
export interface LocatedDisk {
  readonly node: NodeId;
  readonly device: BlockDevice;
  readonly seal: Seal;
}

/**
 * The device of each node, as a pure function of the disks that were bound.
 *
 * @throws BmrError `plan-invalid` where a device follows from one that the plan doesn't have
 */
export function locatorsOf(disks: readonly LocatedDisk[], refs: readonly DeviceRef[]): ReadonlyMap<NodeId, Locator> {
  const locators = new Map<NodeId, Locator>(disks.map((disk) => [disk.node, diskLocator(disk)]));
  for (const ref of refs) {
    if (ref.by === "mapper") {
      locators.set(ref.node, { is: "dm", path: `/dev/mapper/${ref.name}`, dmUuid: ref.dmUuid, of: null });
      continue;
    }
    const parent = locators.get(ref.of);
    if (parent?.is !== "disk") {
      throw new BmrError("plan-invalid", `the plan has ${ref.node} as a partition of ${ref.of}, which isn't bound`, {
        details: { node: ref.node, of: ref.of },
      });
    }
    locators.set(ref.node, partitionLocator(ref.of, parent, ref.number));
  }
  return locators;
}

/**
 * The device node of a disk or map, for commands and for people. A map's by its name: the number in `/dev/dm-0` is
 * given to another device when the map goes.
 */
export function nodePath(device: BlockDevice): string {
  return device.dm === null ? device.path : `/dev/mapper/${device.dm.name}`;
}

function diskLocator({ device, seal }: LocatedDisk): Locator {
  return { is: "disk", path: nodePath(device), name: device.name, dmUuid: device.dm?.uuid ?? null, seal };
}

function partitionLocator(of: NodeId, parent: Extract<Locator, { is: "disk" }>, number: number): Locator {
  if (parent.dmUuid !== null) {
    const dmUuid = `part${number}-${parent.dmUuid}`;
    return { is: "dm", path: `/dev/disk/by-id/dm-uuid-${udevName(dmUuid)}`, dmUuid, of };
  }
  const name = partitionName(parent.name, number);
  return { is: "partition", path: devicePath(name), name, of, disk: parent.name, number };
}

/** A multipath map by its WWID, before it is bound: udev's link to it, and the uuid that it must have. */
export function mapLocator(wwid: string): Locator {
  const dmUuid = `mpath-${wwid}`;
  return { is: "dm", path: `/dev/disk/by-id/dm-uuid-${udevName(dmUuid)}`, dmUuid, of: null };
}

/** True for the dm uuid of a WWID's map: one that was made by an old scsi_id may have kept its blanks. */
export function isSameMap(dmUuid: string, wwid: string): boolean {
  return dmUuid.startsWith("mpath-") && normalWwid(dmUuid.slice("mpath-".length)) === normalWwid(wwid);
}

/** `sda1`, `nvme0n1p1`, `cciss!c0d0p1`: a name that ends in a digit gets a `p` (block/partitions/core.c; bdevname before). */
export function partitionName(disk: string, number: number): string {
  return `${disk}${/\d$/.test(disk) ? "p" : ""}${number}`;
}

/** The device node of a kernel name: sysfs writes `!` where the name has a slash. */
export function devicePath(name: string): string {
  return `/dev/${name.replaceAll("!", "/")}`;
}

/** udev writes `_` for what it doesn't allow in the name of a link (libudev-util, allow_listed_char_for_devnode()). */
function udevName(text: string): string {
  return text.replace(/[^A-Za-z0-9#+\-.:=@_]/g, "_");
}
