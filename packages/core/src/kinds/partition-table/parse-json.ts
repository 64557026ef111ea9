import * as z from "zod";
import { type Parsed, unexpected } from "../../host/probed.js";
import { tableOf } from "./raw-table.js";
import type { RecordedTable } from "./table.js";

const Count = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+$/)]).transform(String);

/** `grain` and `device` are words of sfdisk that nothing depends on; any other word that isn't known here is refused. */
const Output = z.strictObject({
  partitiontable: z.strictObject({
    label: z.string(),
    id: z.string().optional(),
    device: z.string(),
    unit: z.string(),
    firstlba: Count.optional(),
    lastlba: Count.optional(),
    "table-length": Count.optional(),
    grain: z.unknown().optional(),
    sectorsize: Count.optional(),
    partitions: z
      .array(
        z.strictObject({
          node: z.string(),
          start: Count,
          size: Count,
          type: z.string(),
          uuid: z.string().optional(),
          name: z.string().optional(),
          attrs: z.string().optional(),
          bootable: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
});

/**
 * Reads what `sfdisk --json` prints (libfdisk/src/script.c write_file_json()).
 *
 * @param source the command, for failures
 * @param sectorBytes the device's logical sector size, for versions before 2.35, which don't print it
 */
export function parseSfdiskJson(text: string, source: string, sectorBytes: number | null): Parsed<RecordedTable> {
  const output = Output.safeParse(jsonOf(text));
  if (!output.success) {
    const issue = output.error.issues[0];
    return { is: "unknown", failure: unexpected(source, text, `${issue?.path.join(".")}: ${issue?.message}`) };
  }
  const { partitiontable: table } = output.data;
  const partitions = (table.partitions ?? []).map((entry) => ({
    node: entry.node,
    start: entry.start,
    size: entry.size,
    type: entry.type,
    uuid: entry.uuid,
    name: entry.name,
    attributes: entry.attrs,
    bootable: entry.bootable === true,
    line: JSON.stringify(entry),
  }));
  const raw = {
    label: table.label,
    id: table.id,
    device: table.device,
    unit: table.unit,
    firstLba: table.firstlba,
    lastLba: table.lastlba,
    tableLength: table["table-length"],
    sectorSize: table.sectorsize,
    partitions,
  };
  return tableOf(raw, source, sectorBytes);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
