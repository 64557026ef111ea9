import { normalWwid } from "../layout/identity.js";
import type { BlockDevice } from "../layout/inventory.js";
import { hintsOf, sharedIdentities } from "./identity-match.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
import { isPathOfMap } from "./stack.js";

/**
 * The disks that lead to the volume of a candidate and that no multipath map holds: itself, where it is no map, and
 * others of which udev says the same identity. What was dropped as worthless identifies nothing; what several disks
 * share does so together with the unit's serial number.
 */
export function loosePathsOf(candidate: Candidate, { inventory, candidates }: RescueFacts): readonly BlockDevice[] {
  const { identities } = candidate.node;
  const volumes = new Set(
    identities.filter(({ strength }) => strength === "volume").map(({ value }) => normalWwid(value)),
  );
  const own = inventory.find(candidate.device);
  const wwn = volumes.size === 0 ? undefined : wwnOf(inventory, own);
  const twins = new Set(candidates.filter((other) => isSameUnit(candidate, other)).map(({ device }) => device));
  return inventory.devices.filter((device) => {
    if (device.type !== "disk" || device.dm !== null || isPathOfMap(inventory, device.name)) return false;
    if (device === own || twins.has(device.name)) return true;
    const { ID_SERIAL, ID_WWN_WITH_EXTENSION } = device.properties;
    return volumes.has(normalWwid(ID_SERIAL ?? "")) || (wwn !== undefined && wwn === ID_WWN_WITH_EXTENSION);
  });
}

/** Two disks with one shared identity and one serial number: a LUN over two paths, beside a stranger that shows its WWID. */
function isSameUnit({ node: one }: Candidate, { node: other }: Candidate): boolean {
  const [shared, theirs] = [sharedIdentities(one.identities), sharedIdentities(other.identities)];
  const serials = hintsOf(other.identities, "serial");
  return (
    shared.some(({ type, value }) => theirs.some((identity) => identity.type === type && identity.value === value)) &&
    one.bytes === other.bytes &&
    hintsOf(one.identities, "serial").some((serial) => serials.includes(serial))
  );
}

/** The WWN that udev tells of a disk, or of the paths of a map. */
function wwnOf(inventory: RescueFacts["inventory"], device: BlockDevice | undefined): string | undefined {
  const disks = device === undefined ? [] : [device, ...device.slaves.map((name) => inventory.find(name))];
  return disks.map((disk) => disk?.properties.ID_WWN_WITH_EXTENSION).find((wwn) => wwn !== undefined);
}
