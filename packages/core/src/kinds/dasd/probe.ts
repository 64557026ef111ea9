import type { ProbeHost } from "../../host/host.js";
import { type CommandResult, succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Parsed, type Probed, type ProbeFailure } from "../../host/probed.js";
import { sideBySide } from "../../host/side-by-side.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import { attribute } from "../../layout/sysfs-block.js";
import { type CcwFact, type DasdFact, type DasdFacts, isAnswer } from "./facts.js";
import { parseDasdview } from "./parse-dasdview.js";
import { parseFdasd } from "./parse-fdasd.js";
import { parseLabel } from "./parse-label.js";
import { SETTINGS } from "./settings.js";

/** Drivers of the channel subsystem below which DASDs are listed, offline ones too. */
const DRIVERS = ["dasd-eckd", "dasd-fba"] as const;
/** `cssid.ssid.devno`; neither of the first two is always 0. */
const BUS_ID = /^[0-9a-f]+\.[0-3]\.[0-9a-f]{4}$/;

/**
 * Finds the DASDs of a machine, online and offline, with their layout and partitions. Reads an inventory by itself where
 * none is given. On a machine without a channel subsystem the answer is empty.
 */
export async function probeDasds(host: ProbeHost, inventory?: Inventory): Promise<Probed<DasdFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const online = devices.devices.flatMap((device) => {
    const busId = busIdOf(device);
    return busId === null ? [] : [{ busId, device }];
  });
  const listed = await listedBusIds(host);
  const present = new Set(online.map(({ busId }) => busId));
  const offline = [...new Set(listed)].filter((busId) => !present.has(busId)).map((busId) => ({ busId, device: null }));
  const found = [...online, ...offline].sort((a, b) => (a.busId < b.busId ? -1 : 1));
  if (found.length === 0) return known({ dasds: [], zvm: null });
  const [dasds, zvm] = await Promise.all([
    sideBySide(found, ({ busId, device }) => describe(host, busId, device)),
    isZvm(host),
  ]);
  return known({ dasds, zvm });
}

/** A whole DASD by its kernel name; where it is in the channel subsystem, by its path in sysfs or udev's name for it. */
function busIdOf({ name, type, properties }: BlockDevice): string | null {
  if (type !== "disk" || !/^dasd[a-z]+$/.test(name)) return null;
  const inPath = /\/([0-9a-f]+\.[0-3]\.[0-9a-f]{4})\/block\//.exec(properties.DEVPATH ?? "")?.[1];
  return inPath ?? /^ccw-([0-9a-f.]+)$/.exec(properties.ID_PATH ?? "")?.[1] ?? null;
}

async function listedBusIds(host: ProbeHost): Promise<string[]> {
  const lists = await Promise.all(DRIVERS.map((driver) => host.list(`/sys/bus/ccw/drivers/${driver}`)));
  return lists.flatMap((list) => (list.is === "directory" ? list.names.filter((name) => BUS_ID.test(name)) : []));
}

async function describe(host: ProbeHost, busId: string, device: BlockDevice | null): Promise<DasdFact> {
  const ccw = await readCcw(host, busId);
  const nothing = { busId, device: device?.name ?? null, ccw, view: null, label: null, table: null };
  if (device === null) return nothing;
  const view = answer(await host.run(["dasdview", "-x", device.path]), parseDasdview);
  if (!isAnswer(view) || view.format === "unformatted") return { ...nothing, view };
  if (view.type === "ECKD" && view.format === "cdl") {
    return { ...nothing, view, table: answer(await host.run(["fdasd", "-p", device.path]), parseFdasd) };
  }
  return { ...nothing, view, label: answer(await host.run(["dasdview", "-l", device.path]), parseLabel) };
}

function answer<T extends object>(result: CommandResult, parse: (text: string) => Parsed<T>): T | ProbeFailure {
  if (!succeeded(result)) return failedCommand(result);
  const parsed = parse(result.stdout);
  return parsed.is === "known" ? parsed.facts : parsed.failure;
}

async function readCcw(host: ProbeHost, busId: string): Promise<CcwFact | null> {
  const directory = `/sys/bus/ccw/devices/${busId}`;
  const names = ["online", "availability", "discipline", "alias", "uid", "vendor", "ese", ...MORE, ...SETTINGS];
  const values = await Promise.all(names.map((name) => attribute(host, `${directory}/${name}`)));
  const of = new Map(names.map((name, index) => [name, values[index] ?? null]));
  if (values.every((value) => value === null)) return null;
  const flag = (name: string) => (of.get(name) === null ? null : of.get(name) !== "0");
  const count = of.get("host_access_count") ?? null;
  return {
    online: flag("online"),
    availability: of.get("availability") ?? null,
    discipline: of.get("discipline") ?? null,
    alias: flag("alias"),
    uid: of.get("uid") ?? null,
    vendor: of.get("vendor") ?? null,
    ese: flag("ese"),
    hostAccessCount: count !== null && /^\d+$/.test(count) ? Number(count) : null,
    reservation: of.get("last_presentreservation_state") ?? null,
    copyRole: of.get("copy_role") ?? null,
    settings: Object.fromEntries(
      SETTINGS.flatMap((name) => (of.get(name) == null ? [] : [[name, of.get(name) as string]])),
    ),
  };
}

const MORE = ["host_access_count", "last_presentreservation_state", "copy_role"] as const;

/** arch/s390/kernel/sysinfo.c: VM00 is the innermost hypervisor. */
async function isZvm(host: ProbeHost): Promise<boolean | null> {
  const sysinfo = await host.read("/proc/sysinfo");
  if (sysinfo.is !== "file") return null;
  return /^VM00 Control Program: +z\/VM/m.test(sysinfo.content);
}
