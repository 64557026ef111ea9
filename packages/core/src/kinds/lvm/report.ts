import * as z from "zod";
import type { ProbeHost } from "../../host/host.js";
import { type Argv, type CommandResult, succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Parsed, unexpected } from "../../host/probed.js";

/** One row of a report: values by column. A column that isn't there wasn't recorded. */
export type Row = Readonly<Record<string, string>>;

/** What one of LVM's reporting tools said. */
export interface Report {
  readonly rows: readonly Row[];
  /** What it said beside the rows, on its stderr, line by line. */
  readonly remarks: readonly string[];
}

/**
 * Settings of lvm.conf that change how a report looks, set to their defaults. LVM warns of a setting that is newer than
 * itself and goes on.
 */
const FORM =
  'log { command_names=0 prefix="" report_command_log=0 } report { mark_hidden_devices=1 list_item_separator="," compact_output=0 binary_values_as_numeric=0 }';

/** In none of LVM's names and tags (lvm(8), "Valid names" and "Tags"). */
const SEPARATOR = "|";

/**
 * Asks `pvs`, `vgs` or `lvs` for these columns, sizes in bytes: as JSON (since 2.02.158), else as separated text.
 *
 * @param options what else goes on the command line: `--all`, `--segments`
 */
export async function askReport(
  host: ProbeHost,
  tool: "pvs" | "vgs" | "lvs",
  columns: readonly string[],
  options: readonly string[] = [],
): Promise<Parsed<Report>> {
  const common = [...options, "--units", "b", "--nosuffix", "--options", columns.join(",")];
  const json: Argv = [tool, "--reportformat", "json", "--config", FORM, ...common];
  const first = await host.run(json);
  if (!knowsNoJson(first)) return reportOf(first, parseJsonRows);
  const text = await host.run([tool, "--noheadings", "--separator", SEPARATOR, "--config", FORM, ...common]);
  return reportOf(text, (stdout, source) => parseTextRows(stdout, source, columns));
}

/** EINVALID_CMD_LINE (3), and the option is named: `unrecognized option '--reportformat'`. */
function knowsNoJson(result: CommandResult): boolean {
  return result.outcome.is === "exited" && result.outcome.code === 3 && result.stderr.includes("reportformat");
}

function reportOf(
  result: CommandResult,
  parse: (stdout: string, source: string) => Parsed<readonly Row[]>,
): Parsed<Report> {
  if (!succeeded(result)) return { is: "unknown", failure: failedCommand(result) };
  const rows = parse(result.stdout, result.argv[0]);
  if (rows.is === "unknown") return rows;
  return known({ rows: rows.facts, remarks: remarksOf(result) });
}

/** What LVM said on stderr, without its word on settings that it doesn't know. */
export function remarksOf(result: CommandResult): string[] {
  return result.stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^Configuration (setting|section) ".*" unknown\.$/.test(line));
}

const Output = z.object({
  report: z.array(z.record(z.string(), z.array(z.record(z.string(), z.string())))),
});

/** The rows of a report in JSON, whatever they are of: `pv`, `vg`, `lv` or `seg`. */
export function parseJsonRows(text: string, source: string): Parsed<readonly Row[]> {
  const output = Output.safeParse(jsonOf(text));
  if (!output.success) {
    return { is: "unknown", failure: unexpected(source, text, "a report in LVM's JSON, all values strings") };
  }
  return known(output.data.report.flatMap((report) => Object.values(report).flat()));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The rows of a report without headings, its columns apart by `|`. */
export function parseTextRows(text: string, source: string, columns: readonly string[]): Parsed<readonly Row[]> {
  const rows: Row[] = [];
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    const values = line.replace(/^ {2}/, "").split(SEPARATOR);
    if (values.length !== columns.length) {
      return { is: "unknown", failure: unexpected(source, line, `${columns.length} columns apart by ${SEPARATOR}`) };
    }
    rows.push(Object.fromEntries(columns.map((column, at) => [column, values[at] as string])));
  }
  return known(rows);
}
