import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../src/kinds/index.js";
import { renderFieldTables } from "../src/render/field-table.js";

const page = join(import.meta.dirname, "../../../docs/what-is-kept.md");
const remedy = "node --conditions=@bmr/source --import tsx scripts/what-is-kept.ts";

test("docs/what-is-kept.md says what the tables of fields say", () => {
  const text = readFileSync(page, "utf8");
  const tables = text.slice(text.indexOf("\n## ") + 1);
  expect(tables, `docs/what-is-kept.md has drifted; write it again: ${remedy}`).toBe(renderFieldTables(kinds));
});

test("no field stands in a table twice", () => {
  for (const { kind, fields } of kinds) {
    const paths = fields.map((field) => `${kind} ${field.of} ${field.path}`);
    expect(paths).toEqual([...new Set(paths)]);
  }
});

test("a cell is one cell, whatever is in it", () => {
  const rendered = renderFieldTables([
    {
      kind: "made-up",
      fields: [{ of: "node", path: "a", title: "A|B", source: "x\\|y\nz", holds: "never", note: "*<b>*[c](d)`" }],
    },
  ]);
  expect(rendered).toBe(
    [
      "## made-up",
      "",
      "| field | of | how it is known | must hold | drift | note |",
      "|---|---|---|---|---|---|",
      "| A\\|B (`a`) | the device | x\\\\\\|y z | not promised || \\*\\<b\\>\\*\\[c\\](d)\\` |",
      "",
    ].join("\n"),
  );
});
