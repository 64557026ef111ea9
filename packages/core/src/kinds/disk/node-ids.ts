import type { Identity } from "../../layout/identity.js";
import { type NodeId, nodeId } from "../../layout/ids.js";
import type { Lun } from "./luns.js";

/** How an id begins that is made of a volume identity. */
const PREFIXES: Readonly<Record<string, string>> = {
  wwid: "lun",
  eui: "nvme",
  nguid: "nvme",
  "nvme-uuid": "nvme",
  "nvme-wwid": "nvme",
  "virtio-serial": "virtio",
  "mmc-cid": "mmc",
};

/**
 * The ids of the LUNs, in their order: after the volume identity, else after a place or a serial number that no other
 * of these disks has, else a number.
 */
export function lunIds(luns: readonly Lun[]): NodeId[] {
  let counts: ReadonlyMap<string, number> | undefined;
  const isOwn = (identity: Identity) => {
    counts ??= countIdentities(luns);
    return counts.get(keyOf(identity)) === 1;
  };
  let unidentified = 0;
  return luns.map(({ identities, mapWwid }) => {
    if (mapWwid !== null) return nodeId("lun", mapWwid);
    const volume = identities.find(({ strength }) => strength === "volume");
    if (volume !== undefined) return nodeId(PREFIXES[volume.type] ?? "disk", volume.value);
    const other =
      identities.find((identity) => identity.strength === "place" && isOwn(identity)) ??
      identities.find((identity) => identity.type === "serial" && isOwn(identity));
    unidentified += other === undefined ? 1 : 0;
    return nodeId("disk", other?.value ?? `unidentified-${unidentified}`);
  });
}

function countIdentities(luns: readonly Lun[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of luns.flatMap(({ identities }) => identities.map(keyOf)))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function keyOf({ type, value }: Identity): string {
  return `${type} ${value}`;
}

/** The id of one path of a map, after its place; paths that can't be told apart by place are numbered. */
export function pathIds(lun: Lun, wwid: string): NodeId[] {
  const taken = new Set<NodeId>();
  return lun.paths.map(({ identities }, index) => {
    const place = identities.find(({ strength }) => strength === "place")?.value ?? `${index + 1}`;
    const id = nodeId("path", wwid, place);
    const own = taken.has(id) ? nodeId("path", wwid, place, `${index + 1}`) : id;
    taken.add(own);
    return own;
  });
}
