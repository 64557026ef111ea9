import type { Inventory } from "../../layout/inventory.js";
import type { SwapArea } from "./probe.js";

/** The kernel name of the device that fstab's first field means; the UUID and label of an area are its header's. */
export function resolveSpec(spec: string, areas: readonly SwapArea[], inventory: Inventory): string | undefined {
  const [, tag, value] = /^([A-Z]+)=(.*)$/s.exec(spec) ?? [];
  if (tag === undefined || value === undefined) return inventory.find(spec)?.name;
  switch (tag) {
    case "UUID":
      return areas.find((area) => uuidOf(area, inventory)?.toLowerCase() === value.toLowerCase())?.device;
    case "LABEL":
      return areas.find((area) => labelOf(area, inventory) === value)?.device;
    case "PARTUUID":
      return inventory.find(`/dev/disk/by-partuuid/${value.toLowerCase()}`)?.name;
    case "PARTLABEL":
      return inventory.devices.find(({ links }) => links.some((link) => isPartLabel(link, value)))?.name;
    default:
      return undefined;
  }
}

function uuidOf(area: SwapArea, inventory: Inventory): string | null | undefined {
  return area.header === null ? inventory.find(area.device)?.signature?.uuid : area.header.uuid;
}

function labelOf(area: SwapArea, inventory: Inventory): string | null | undefined {
  return area.header === null ? inventory.find(area.device)?.signature?.label : area.header.label;
}

/** udev writes the characters that a path can't have as `\x20`. */
function isPartLabel(link: string, label: string): boolean {
  const name = /^\/dev\/disk\/by-partlabel\/(.*)$/s.exec(link)?.[1];
  return (
    name?.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) === label
  );
}
