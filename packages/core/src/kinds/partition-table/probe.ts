import type { ProbeHost } from "../../host/host.js";
import { succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Parsed, type Probed, type ProbeFailure } from "../../host/probed.js";
import { sideBySide } from "../../host/side-by-side.js";
import type { BlockDevice, Inventory } from "../../layout/inventory.js";
import { readInventory } from "../../layout/read-inventory.js";
import { devicesWithTable } from "./devices.js";
import { tableFromUdev } from "./from-udev.js";
import { type GptStart, parseGptStart } from "./gpt-start.js";
import { parseSfdiskDump } from "./parse-dump.js";
import { parseSfdiskJson } from "./parse-json.js";
import type { RecordedTable } from "./table.js";

/** The table of one device. */
export interface DeviceTable {
  /** Kernel name of the disk, map or array. */
  readonly device: string;
  readonly table: RecordedTable;
  /** The first two sectors of a disk with a GPT; null for DOS. */
  readonly start: Parsed<GptStart> | null;
  /** What sfdisk had to say about the table on its stderr, line by line. */
  readonly remarks: readonly string[];
}

/** What is known of all partition tables. */
export interface PartitionTableFacts {
  readonly tables: readonly DeviceTable[];
  /** Devices with a table that couldn't be read. */
  readonly failures: readonly { readonly device: string; readonly failure: ProbeFailure }[];
}

/**
 * Reads the GPT and DOS tables of all disks and maps: one `sfdisk --dump` for each device that has one by its
 * signature. Never fails as a whole; what couldn't be read is in `failures`.
 *
 * @param inventory read from the host where it isn't given
 */
export async function probePartitionTables(
  host: ProbeHost,
  inventory?: Inventory,
): Promise<Probed<PartitionTableFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const answers = await sideBySide(devicesWithTable(devices), async (device) => ({
    device: device.name,
    answer: await ask(host, devices, device),
  }));
  return known({
    tables: answers.flatMap(({ device, answer }) => (answer.is === "known" ? [{ device, ...answer.facts }] : [])),
    failures: answers.flatMap(({ device, answer }) =>
      answer.is === "unknown" ? [{ device, failure: answer.failure }] : [],
    ),
  });
}

async function ask(
  host: ProbeHost,
  inventory: Inventory,
  device: BlockDevice,
): Promise<Parsed<Omit<DeviceTable, "device">>> {
  const [answer, start] = await Promise.all([askTable(host, inventory, device), readStart(host, device)]);
  if (answer.is === "unknown") return answer;
  const { table, remarks } = answer.facts;
  const gptStart = table.label === "gpt" ? start : null;
  const tableType = device.signature?.tableType ?? null;
  if (tableType === null || table.label === tableType) return known({ table, start: gptStart, remarks });
  const message = `sfdisk finds a ${table.label} table on ${device.path}, where blkid finds ${tableType}`;
  return { is: "unknown", failure: { reason: "unexpected-output", source: `sfdisk --dump ${device.path}`, message } };
}

interface Answer {
  readonly table: RecordedTable;
  readonly remarks: readonly string[];
}

/** What a recording lacks is looked for in the next form: the script, the JSON, udev's database. */
async function askTable(host: ProbeHost, inventory: Inventory, device: BlockDevice): Promise<Parsed<Answer>> {
  const dump = await askSfdisk(host, device, "--dump", parseSfdiskDump);
  if (dump.is === "known" || dump.failure.reason !== "not-recorded") return dump;
  const json = await askSfdisk(host, device, "--json", parseSfdiskJson);
  if (json.is === "known" || json.failure.reason !== "not-recorded") return json;
  const told = tableFromUdev(inventory, device);
  return told.is === "known" ? known({ table: told.facts, remarks: [] }) : told;
}

async function askSfdisk(
  host: ProbeHost,
  device: BlockDevice,
  form: "--dump" | "--json",
  parse: typeof parseSfdiskDump,
): Promise<Parsed<Answer>> {
  const result = await host.run(["sfdisk", form, device.path]);
  if (!succeeded(result)) return { is: "unknown", failure: failedCommand(result) };
  const table = parse(result.stdout, result.argv.join(" "), device.sectorBytes);
  const remarks = result.stderr.split("\n").filter((line) => line.trim() !== "");
  return table.is === "known" ? known({ table: table.facts, remarks }) : table;
}

/** The first two sectors; on a sector size that nobody told, a GPT of 4096-byte sectors has no header where it is looked for. */
async function readStart(host: ProbeHost, device: BlockDevice): Promise<DeviceTable["start"]> {
  if (device.signature?.tableType === "dos") return null;
  const sector = device.sectorBytes ?? 512;
  const read = await host.read(device.path, { bytes: 2 * sector });
  if (read.is === "file") return parseGptStart(read.content, device.path, sector);
  const reason = read.is === "not-recorded" || read.is === "denied" ? read.is : "failed";
  const said = read.is === "denied" || read.is === "failed" ? read.reason : read.is;
  return {
    is: "unknown",
    failure: { reason, source: device.path, message: `${device.path} couldn't be read: ${said}` },
  };
}
