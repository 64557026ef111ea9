import type { ProbeHost } from "../../host/host.js";
import { known, type Probed } from "../../host/probed.js";
import type { Finding } from "../../layout/finding.js";
import type { Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import type { DiskFact } from "./facts.js";
import { droppedIdentity } from "./findings.js";
import { type Lun, lunsOf } from "./luns.js";
import { probeDisks } from "./probe.js";

/** One path to a LUN. */
export interface ScsiPath {
  /** The kernel name, `sda`. */
  readonly device: string;
  /** The device node, `/dev/sda`. */
  readonly path: string;
  /** `host:channel:target:lun` of this boot; null where it can't be told. */
  readonly hctl: string | null;
  /** udev's by-path name, `ccw-0.0.fa00-fc-0x500507630500873a-lun-0x401340b400000000`; null where there is none. */
  readonly place: string | null;
}

/** A SCSI LUN with all paths to it. */
export interface ScsiLun {
  /** As scsi_id and multipath say it; null where the LUN has no identity that names it. */
  readonly wwid: string | null;
  /** Size in bytes; null where it wasn't recorded. */
  readonly bytes: number | null;
  /** Logical sector size in bytes; null where it wasn't recorded. */
  readonly sectorBytes: number | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  /** True where a multipath map holds the paths together. */
  readonly assembled: boolean;
  readonly paths: readonly ScsiPath[];
}

/** What {@link probeScsiLuns} found. */
export interface ScsiLuns {
  readonly luns: readonly ScsiLun[];
  /** Identities that couldn't be used. */
  readonly findings: readonly Finding[];
}

/**
 * The SCSI LUNs of a machine by WWID: from udev's database, and from scsi_id where that doesn't tell.
 *
 * @param inventory read by itself where none is given
 * @throws BmrError `host-unusable` where /sys or /proc isn't mounted
 */
export async function probeScsiLuns(host: ProbeHost, inventory?: Inventory): Promise<Probed<ScsiLuns>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const probed = await probeDisks(host, devices);
  if (probed.is === "unknown") return probed;
  const disks = probed.facts.disks.filter(({ driver }) => driver === "scsi" || driver === "raid-controller");
  const { luns, dropped } = lunsOf(disks, devices);
  return known({ luns: luns.map((lun) => describe(lun, devices)), findings: dropped.map(droppedIdentity) });
}

function describe(lun: Lun, inventory: Inventory): ScsiLun {
  const [first] = lun.paths;
  const device = inventory.find(first.device);
  const map = inventory.holdersOf(first.device).find((holder) => holder.dm?.uuid.startsWith("mpath-"));
  return {
    wwid: lun.mapWwid ?? lun.identities.find(({ strength }) => strength === "volume")?.value ?? null,
    bytes: device?.bytes ?? null,
    // a path's own isn't read
    sectorBytes: (map ?? device)?.sectorBytes ?? null,
    vendor: first.vendor,
    model: first.model,
    serial: first.serial,
    assembled: lun.mapWwid !== null,
    paths: lun.paths.map((path) => describePath(path, inventory)),
  };
}

function describePath(path: DiskFact, inventory: Inventory): ScsiPath {
  const device = inventory.find(path.device);
  return {
    device: path.device,
    path: device?.path ?? `/dev/${path.device}`,
    hctl: /\/(\d+:\d+:\d+:\d+)\/block\//.exec(device?.properties.DEVPATH ?? "")?.[1] ?? null,
    place: path.identities.find(({ strength }) => strength === "place")?.value ?? null,
  };
}
