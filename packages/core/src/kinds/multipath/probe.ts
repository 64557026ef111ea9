import type { ProbeHost } from "../../host/host.js";
import { succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Parsed, type Probed, type ProbeFailure } from "../../host/probed.js";
import { extended } from "../../layout/extended.js";
import { normalWwid } from "../../layout/identity.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import { type Configuration, readConfiguration } from "./configuration.js";
import { parseMapsJson } from "./parse-json.js";
import { parseMultipathList } from "./parse-list.js";
import type { MapReport } from "./report.js";

/** A multipath map as the kernel has it. */
export interface MapFact {
  /** The kernel name, `dm-0`. */
  readonly device: string;
  /** The map's name, `mpatha` or the WWID. */
  readonly name: string;
  readonly wwid: string;
  /** Kernel names of its paths. */
  readonly paths: readonly string[];
  /** What multipath says of it; null where it wasn't asked or didn't say. */
  readonly report: MapReport | null;
}

/** What the multipath kind found. */
export interface MultipathFacts {
  readonly maps: readonly MapFact[];
  readonly configuration: Configuration;
  /** Why no reports are there. */
  readonly failures: readonly ProbeFailure[];
  /** Maps that multipath tells and the kernel doesn't have. */
  readonly unknownMaps: readonly MapReport[];
}

/**
 * Finds multipath maps. That there is a map, its WWID and its paths come from the kernel (dm uuid `mpath-…`, slaves);
 * multipathd, or else multipath, only adds what it thinks of them. Without a map nothing more is asked.
 */
export async function probeMultipath(host: ProbeHost, inventory?: Inventory): Promise<Probed<MultipathFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const found = devices.devices.flatMap((device) => mapOf(device) ?? []);
  if (found.length === 0) {
    return known({ maps: [], configuration: { files: [], unreadable: [] }, failures: [], unknownMaps: [] });
  }
  const [reports, configuration] = await Promise.all([askMaps(host), readConfiguration(host)]);
  const byWwid = new Map(reports.maps.map((report) => [normalWwid(report.wwid), report]));
  const maps = found.map((map) => extended(map, { report: byWwid.get(map.wwid) ?? null }));
  const wwids = new Set(found.map(({ wwid }) => wwid));
  const unknownMaps = reports.maps.filter((report) => !wwids.has(normalWwid(report.wwid)));
  return known({ maps, configuration, failures: reports.failures, unknownMaps });
}

function mapOf(device: BlockDevice): Omit<MapFact, "report"> | null {
  if (!device.dm?.uuid.startsWith("mpath-")) return null;
  const wwid = normalWwid(device.dm.uuid.slice("mpath-".length));
  return { device: device.name, name: device.dm.name, wwid, paths: device.slaves };
}

/** JSON from the daemon (0.7.0 and later), else the list that multipath itself prints. */
async function askMaps(host: ProbeHost): Promise<{ maps: readonly MapReport[]; failures: readonly ProbeFailure[] }> {
  const json = await ask(host, ["multipathd", "show", "maps", "json"], parseMapsJson);
  if (json.is === "known") return { maps: json.facts, failures: [] };
  const list = await ask(host, ["multipath", "-ll"], parseMultipathList);
  if (list.is === "known") return { maps: list.facts, failures: [] };
  return { maps: [], failures: [json.failure, list.failure] };
}

async function ask(
  host: ProbeHost,
  argv: readonly [string, ...string[]],
  parse: (text: string, source: string) => Parsed<readonly MapReport[]>,
): Promise<Parsed<readonly MapReport[]>> {
  const result = await host.run(argv);
  return succeeded(result) ? parse(result.stdout, argv.join(" ")) : { is: "unknown", failure: failedCommand(result) };
}
