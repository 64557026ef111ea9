import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { decodeUdev } from "../../layout/udev-db.js";
import { isOnPath } from "./on-path.js";

/** What an fstab line's first field names. */
export type FoundSpec =
  | { readonly is: "device"; readonly device: BlockDevice }
  | { readonly is: "ambiguous"; readonly devices: readonly BlockDevice[] }
  | { readonly is: "absent" };

const TAGS = ["UUID", "LABEL", "PARTUUID", "PARTLABEL"] as const;
type Tag = (typeof TAGS)[number];

const LINK_DIRECTORIES: Readonly<Record<string, Tag>> = {
  "/dev/disk/by-uuid/": "UUID",
  "/dev/disk/by-label/": "LABEL",
  "/dev/disk/by-partuuid/": "PARTUUID",
  "/dev/disk/by-partlabel/": "PARTLABEL",
};

/**
 * The device that an fstab line names: by tag (`UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`, with or without quotes)
 * or by path. A tag that several devices carry is ambiguous: udev's links show just one of them, and not always the same.
 */
export function findSpec(spec: string, inventory: Inventory): FoundSpec {
  const tag = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/s.exec(spec);
  if (tag !== null) return findTag(tag[1] as Tag, unquote(tag[2] as string), inventory);
  if (!spec.startsWith("/")) return { is: "absent" };
  const directory = Object.keys(LINK_DIRECTORIES).find((start) => spec.startsWith(start));
  if (directory !== undefined) {
    const found = findTag(LINK_DIRECTORIES[directory] as Tag, decodeUdev(spec.slice(directory.length)), inventory);
    if (found.is !== "absent") return found;
  }
  const device = inventory.find(spec);
  return device === undefined ? { is: "absent" } : { is: "device", device };
}

function findTag(tag: Tag, value: string, inventory: Inventory): FoundSpec {
  const devices = (tagIndex(inventory).get(`${tag}=${value}`) ?? []).filter((device) => !isOnPath(device, inventory));
  const [device] = devices;
  if (device === undefined) return { is: "absent" };
  // One btrfs on several devices: each of them carries its UUID and label.
  const isOne = devices.length === 1 || devices.every((other) => other.signature?.type === "btrfs");
  return isOne ? { is: "device", device } : { is: "ambiguous", devices };
}

const indexes = new WeakMap<Inventory, ReadonlyMap<string, readonly BlockDevice[]>>();

/** The devices by each tag that they carry, `UUID=…`; made once for an inventory. */
function tagIndex(inventory: Inventory): ReadonlyMap<string, readonly BlockDevice[]> {
  const made = indexes.get(inventory);
  if (made !== undefined) return made;
  const index = new Map<string, BlockDevice[]>();
  for (const device of inventory.devices) {
    for (const tag of TAGS) {
      const value = tagOf(device, tag);
      const key = `${tag}=${value}`;
      if (value !== null) index.set(key, [...(index.get(key) ?? []), device]);
    }
  }
  indexes.set(inventory, index);
  return index;
}

function tagOf(device: BlockDevice, tag: Tag): string | null {
  switch (tag) {
    case "UUID":
      return device.signature?.type ? device.signature.uuid : null;
    case "LABEL":
      return device.signature?.type ? device.signature.label : null;
    case "PARTUUID":
      return device.properties.ID_PART_ENTRY_UUID ?? null;
    case "PARTLABEL":
      return partitionName(device);
  }
}

function partitionName(device: BlockDevice): string | null {
  const name = device.properties.ID_PART_ENTRY_NAME;
  return name === undefined ? null : decodeUdev(name);
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, "$2");
}
