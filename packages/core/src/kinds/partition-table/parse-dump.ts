import { type Parsed, unexpected } from "../../host/probed.js";
import { decodeName } from "./partition-name.js";
import { type RawPartition, tableOf } from "./raw-table.js";
import type { RecordedTable } from "./table.js";

/**
 * Reads what `sfdisk --dump` prints (sfdisk(8), "Input formats: named-fields format"; libfdisk/src/script.c
 * write_file_sfdisk()). The form of util-linux before 2.26 (`# partition table of`, `Id=`) is refused: it knew no GPT.
 *
 * @param source the command, for failures
 * @param sectorBytes the device's logical sector size, for versions before 2.35, which don't print it
 */
export function parseSfdiskDump(text: string, source: string, sectorBytes: number | null): Parsed<RecordedTable> {
  // sfdisk ends each line: numbers of one that breaks off would be too small
  if (!text.endsWith("\n"))
    return refused(source, text.slice(text.lastIndexOf("\n") + 1), "output that ends with a line");
  const lines = text.split("\n").map((line) => line.trimEnd());
  const blank = lines.indexOf("");
  const [head, body] = blank === -1 ? [lines, []] : [lines.slice(0, blank), lines.slice(blank)];
  const headers = new Map<string, string>();
  for (const line of head) {
    const match = /^([a-z-]+): (.+)$/.exec(line);
    if (match === null || !HEADERS.has(match[1] as string)) {
      return refused(source, line, `a header of an sfdisk script: ${[...HEADERS].join(", ")}`);
    }
    headers.set(match[1] as string, match[2] as string);
  }
  const partitions: RawPartition[] = [];
  for (const line of body.filter(Boolean)) {
    const partition = readLine(line);
    if (partition === null) return refused(source, line, "a partition of an sfdisk script");
    partitions.push(partition);
  }
  const raw = {
    label: headers.get("label"),
    id: headers.get("label-id"),
    device: headers.get("device"),
    unit: headers.get("unit"),
    firstLba: headers.get("first-lba"),
    lastLba: headers.get("last-lba"),
    tableLength: headers.get("table-length"),
    sectorSize: headers.get("sector-size"),
    partitions,
  };
  return tableOf(raw, source, sectorBytes);
}

/** `grain` is an alignment for partitions without a start; in a dump all have one, so nothing depends on it. */
const HEADERS: ReadonlySet<string> = new Set([
  "label",
  "label-id",
  "device",
  "unit",
  "first-lba",
  "last-lba",
  "table-length",
  "grain",
  "sector-size",
]);

/** The name ends at the first quote that leaves known fields behind it; before 2.33 quotes in it weren't escaped (util-linux #656). */
const LINE =
  /^(.+?) : start=\s*(\d+), size=\s*(\d+), type=([^,\s]+)(?:, uuid=([^,\s]+))?(?:, name="(.*?)")?(?:, attrs="([^"]*)")?(, bootable)?$/s;

function readLine(line: string): RawPartition | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, node = "", start = "", size = "", type = "", uuid, name, attributes, bootable] = match;
  return {
    node,
    start,
    size,
    type,
    uuid,
    name: name === undefined ? undefined : decodeName(name),
    attributes,
    bootable: bootable !== undefined,
    line,
  };
}

function refused(source: string, line: string, expectation: string): Parsed<never> {
  return { is: "unknown", failure: unexpected(source, line, expectation) };
}
