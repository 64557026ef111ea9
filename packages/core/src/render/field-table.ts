import { type Field, type FieldSource, isDrift } from "../layout/fields.js";

/** When a field must hold, for people. */
const HOLDS: Readonly<Record<Field["holds"], string>> = {
  diskinit: "once the disks are rebuilt",
  restore: "once the files are back",
  never: "not promised",
};

/** What a field is part of, where that isn't the content. */
const OF: Readonly<Record<Field["of"], string>> = {
  node: "the device",
  content: "what is on it",
  mount: "the mount",
  config: "the machine",
};

/** The tables of fields as Markdown: one section for each source, one row for each field, in the order that they have. */
export function renderFieldTables(sources: readonly FieldSource[]): string {
  return sources.map(renderTable).join("\n");
}

function renderTable({ kind, fields }: FieldSource): string {
  const rows = fields.map((field) =>
    row([
      `${escaped(field.title)} (\`${field.path}\`)`,
      OF[field.of],
      escaped(field.source),
      HOLDS[field.holds],
      isDrift(field) ? "yes" : "",
      escaped(field.note ?? ""),
    ]),
  );
  const head = [row(["field", "of", "how it is known", "must hold", "drift", "note"]), "|---|---|---|---|---|---|"];
  return [`## ${kind}`, "", ...head, ...rows, ""].join("\n");
}

function row(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === "" ? "" : ` ${cell} `)).join("|")}|`;
}

/** Text in which nothing has a meaning to Markdown, in a cell of a table. */
function escaped(text: string): string {
  return text.replace(/[\\|*<>[\]`~]/g, "\\$&").replaceAll("\n", " ");
}
