import type { Draft } from "../../layout/draft.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";

/** Where a physical volume is in the layout. */
export interface PvPlace {
  readonly node: NodeId;
  /** True where LVM used one path of a map, or a partition on it, past the map. */
  readonly pastMap: boolean;
}

/**
 * The node that carries a physical volume. Where LVM took a path instead of its map (a boot without the WWIDs in the
 * initramfs does that), the map is what the volume belongs on.
 */
export function pvPlace(draft: Draft, device: string): PvPlace | undefined {
  const found = draft.inventory.find(device);
  const above = found === undefined ? undefined : onMap(draft.inventory, found);
  const node = draft.idOf(above?.name ?? device);
  return node === undefined ? undefined : { node, pastMap: above !== undefined };
}

/** The same place on the map that a path, or a partition of a path, belongs to. */
function onMap(inventory: Inventory, device: BlockDevice): BlockDevice | undefined {
  const whole = device.partition?.of ?? device.name;
  const map = inventory.holdersOf(whole).find((holder) => holder.dm?.uuid.startsWith("mpath-"));
  if (map === undefined || device.partition === null) return map;
  const uuid = `part${device.partition.number}-${map.dm?.uuid}`;
  return inventory.find(uuid);
}

/** device-mapper's name of a volume: both names with their hyphens doubled (libdm, dm_build_dm_name()). */
export function dmName(group: string, volume: string): string {
  const double = (name: string) => name.replaceAll("-", "--");
  return `${double(group)}-${double(volume)}`;
}

/** device-mapper's uuid of a volume: both UUIDs without their hyphens (lib/activate/dev_manager.c, build_dm_uuid()). */
export function dmUuid(group: string, volume: string): string {
  return `LVM-${group.replaceAll("-", "")}${volume.replaceAll("-", "")}`;
}

/** The device of an active volume, by its dm uuid; by its name where that wasn't recorded. */
export function volumeDevice(
  inventory: Inventory,
  group: { readonly name: string; readonly uuid: string },
  volume: { readonly name: string; readonly uuid: string },
): BlockDevice | undefined {
  const uuid = dmUuid(group.uuid, volume.uuid);
  return (
    inventory.find(uuid) ??
    inventory.find(`/dev/mapper/${dmName(group.name, volume.name)}`) ??
    inventory.find(`/dev/${group.name}/${volume.name}`)
  );
}
