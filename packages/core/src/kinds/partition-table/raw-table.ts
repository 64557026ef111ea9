import { known, type Parsed, type ProbeFailure, unexpected } from "../../host/probed.js";
import { parseAttributes } from "./attributes.js";
import { LABELS, type Label, type RecordedPartition, type RecordedTable } from "./table.js";

/** A table in sfdisk's own words, whichever way it was printed. Numbers are decimal digits, in sectors. */
export interface RawTable {
  readonly label: string | undefined;
  readonly id: string | undefined;
  readonly device: string | undefined;
  readonly unit: string | undefined;
  readonly firstLba: string | undefined;
  readonly lastLba: string | undefined;
  readonly tableLength: string | undefined;
  readonly sectorSize: string | undefined;
  readonly partitions: readonly RawPartition[];
}

/** One partition in sfdisk's own words. */
export interface RawPartition {
  readonly node: string;
  readonly start: string;
  readonly size: string;
  readonly type: string;
  readonly uuid: string | undefined;
  readonly name: string | undefined;
  readonly attributes: string | undefined;
  readonly bootable: boolean;
  /** What was printed, for the failure. */
  readonly line: string;
}

/** How many entries a GPT has where sfdisk prints no `table-length`: it names only what differs. */
const USUAL_TABLE_LENGTH = "128";

/**
 * Sectors become bytes, sfdisk's words the model's.
 *
 * @param sectorBytes the device's logical sector size, for versions of sfdisk before 2.35, which don't print it
 */
export function tableOf(raw: RawTable, source: string, sectorBytes: number | null): Parsed<RecordedTable> {
  const refuse = (line: string | undefined, expectation: string): Parsed<never> => ({
    is: "unknown",
    failure: unexpected(source, line ?? "", expectation),
  });
  const label = LABELS.find((known) => known === raw.label);
  if (label === undefined) return refuse(raw.label, "the label gpt or dos");
  if (raw.unit !== "sectors") return refuse(raw.unit, "the unit sectors");
  const sector = raw.sectorSize === undefined ? sectorBytes : Number(raw.sectorSize);
  if (sector === null) return { is: "unknown", failure: noSectorSize(source) };
  if (!isSectorSize(sector)) return refuse(raw.sectorSize, "a sector size in bytes");
  const usable = usableOf(raw, sector);
  if (usable === undefined) return refuse(`${raw.firstLba} ${raw.lastLba}`, "the first and last LBA as numbers");
  const tableLength = Number(raw.tableLength ?? USUAL_TABLE_LENGTH);
  if (!Number.isInteger(tableLength)) return refuse(raw.tableLength, "the table length as a number");
  const partitions: RecordedPartition[] = [];
  for (const entry of raw.partitions) {
    const partition = partitionOf(entry, label, sector, raw.device ?? "");
    if (partition === null)
      return refuse(entry.line, "a partition with number, start, size, type and known attributes");
    partitions.push(partition);
  }
  partitions.sort((a, b) => a.number - b.number);
  const isGpt = label === "gpt";
  const id = raw.id === undefined ? null : isGpt ? raw.id.toUpperCase() : raw.id.toLowerCase();
  return known({
    label,
    id,
    sectorBytes: sector,
    usable: isGpt ? usable : null,
    tableLength: isGpt ? tableLength : null,
    partitions,
  });
}

function usableOf(raw: RawTable, sector: number): RecordedTable["usable"] | undefined {
  if (raw.firstLba === undefined || raw.lastLba === undefined) return null;
  const [startBytes, lastBytes] = [bytesIn(raw.firstLba, sector), bytesIn(raw.lastLba, sector)];
  return startBytes === null || lastBytes === null ? undefined : { startBytes, endBytes: lastBytes + sector };
}

function partitionOf(raw: RawPartition, label: Label, sector: number, device: string): RecordedPartition | null {
  const number = numberOf(raw.node, device);
  const [startBytes, bytes] = [bytesIn(raw.start, sector), bytesIn(raw.size, sector)];
  if (number === null || startBytes === null || bytes === null) return null;
  const place = { number, startBytes, bytes };
  if (label === "dos") {
    if (!/^[0-9a-f]{1,2}$/i.test(raw.type)) return null;
    const type = `0x${raw.type.toLowerCase()}`;
    return { ...place, type, uuid: null, name: null, attributes: null, bootable: raw.bootable };
  }
  const attributes = attributesOf(raw.attributes);
  if (attributes === undefined || raw.uuid === undefined) return null;
  return {
    ...place,
    type: raw.type.toLowerCase(),
    uuid: raw.uuid.toLowerCase(),
    name: raw.name ?? "",
    attributes,
    bootable: null,
  };
}

/** sfdisk prints `attrs=""` where bits are set that it has no word for: then they aren't known from it. */
function attributesOf(text: string | undefined): readonly number[] | null | undefined {
  if (text === undefined) return [];
  if (text.trim() === "") return null;
  return parseAttributes(text) ?? undefined;
}

/** The number behind a device's name, `sda5`, `nvme0n1p2`, `mpatha-part1`, or a number alone. */
function numberOf(node: string, device: string): number | null {
  const rest = node.startsWith(device) ? node.slice(device.length) : node;
  const digits = /(\d+)$/.exec(rest)?.[1];
  const number = Number(digits);
  return digits !== undefined && Number.isSafeInteger(number) && number > 0 ? number : null;
}

function isSectorSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= 512 && bytes % 512 === 0;
}

function bytesIn(sectors: string, sectorBytes: number): number | null {
  const bytes = Number(sectors) * sectorBytes;
  return /^\d+$/.test(sectors) && Number.isSafeInteger(bytes) ? bytes : null;
}

function noSectorSize(source: string): ProbeFailure {
  return {
    reason: "not-recorded",
    source,
    message: `${source} counts in sectors, and how large these are was recorded neither there nor in sysfs`,
  };
}
