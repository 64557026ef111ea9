import type { ProbeHost } from "../../host/host.js";
import { known, type Parsed, type Probed, unexpected } from "../../host/probed.js";
import type { Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import { type Backups, readBackups } from "./backup.js";
import type { LvFacts, PvFacts, VgFacts } from "./facts.js";
import { LV_COLUMNS, lvsOf } from "./parse-lvs.js";
import { PV_COLUMNS, pvOf } from "./parse-pvs.js";
import { VG_COLUMNS, vgOf } from "./parse-vgs.js";
import { askReport, type Report, type Row } from "./report.js";
import { RowError } from "./rows.js";

/** All that LVM knows. */
export interface LvmFacts {
  readonly pvs: readonly PvFacts[];
  readonly vgs: readonly VgFacts[];
  readonly lvs: readonly LvFacts[];
  /** The groups' metadata as text, by name. */
  readonly backups: Backups;
  /** The directory that was made for that and couldn't be removed again, and why; null where nothing is left. */
  readonly leftBehind: string | null;
  /** What LVM had to say beside its answers, each line once. */
  readonly remarks: readonly string[];
  /** Whether there is a file of the devices that LVM may use (lvmdevices(8), since 2.03.12). */
  readonly devicesFile: boolean;
}

const NOTHING: LvmFacts = {
  pvs: [],
  vgs: [],
  lvs: [],
  backups: new Map(),
  leftBehind: null,
  remarks: [],
  devicesFile: false,
};

/** Where lvmdevices(8) keeps its list, unless lvm.conf names another file. */
const DEVICES_FILE = "/etc/lvm/devices/system.devices";

/**
 * Reads all of LVM by one call each of `pvs`, `vgs`, `lvs` and `vgcfgbackup`. Where LVM isn't installed and no device
 * bears its signature, there is nothing, and that is no failure.
 *
 * @param inventory read from the host where it isn't given
 */
export async function probeLvm(host: ProbeHost, inventory?: Inventory): Promise<Probed<LvmFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const [devicesFile, pvReport, vgReport, lvReport] = await Promise.all([
    host.read(DEVICES_FILE, { bytes: 1 }),
    askReport(host, "pvs", PV_COLUMNS),
    askReport(host, "vgs", VG_COLUMNS),
    askReport(host, "lvs", LV_COLUMNS, ["--all", "--segments"]),
  ]);
  const pvs = understand(pvReport, "pvs", (rows) => rows.flatMap((row) => pvOf(row) ?? []));
  if (pvs.is === "unknown") return unanswered(pvs, devices);
  const vgs = understand(vgReport, "vgs", (rows) => rows.map(vgOf));
  if (vgs.is === "unknown") return unanswered(vgs, devices);
  const lvs = understand(lvReport, "lvs", lvsOf);
  if (lvs.is === "unknown") return unanswered(lvs, devices);
  const names = vgs.facts.map(({ name }) => name);
  const remarks = [pvReport, vgReport, lvReport].flatMap((report) =>
    report.is === "known" ? report.facts.remarks : [],
  );
  return known({
    pvs: pvs.facts,
    vgs: vgs.facts,
    lvs: lvs.facts,
    ...(await readBackups(host, names)),
    remarks: [...new Set(remarks)],
    devicesFile: devicesFile.is === "file",
  });
}

function understand<T>(report: Parsed<Report>, tool: string, read: (rows: readonly Row[]) => T): Parsed<T> {
  if (report.is === "unknown") return report;
  try {
    return known(read(report.facts.rows));
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { is: "unknown", failure: unexpected(tool, JSON.stringify(error.row), error.message) };
  }
}

function unanswered(answer: Extract<Parsed<unknown>, { is: "unknown" }>, inventory: Inventory): Probed<LvmFacts> {
  const { reason } = answer.failure;
  const isAbsent = reason === "missing" || reason === "not-recorded";
  return isAbsent && !inventory.devices.some(isOfLvm) ? known(NOTHING) : answer;
}

function isOfLvm({ signature, dm }: Inventory["devices"][number]): boolean {
  return signature?.type === "LVM2_member" || dm?.uuid.startsWith("LVM-") === true;
}
