import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = resolve(dirname(fileURLToPath(import.meta.url)), "../src");

/** Each folder may import from itself and from those named here; arrows point downwards only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "error.ts": [],
  host: ["error.ts"],
  layout: ["host", "error.ts"],
  references: ["layout", "error.ts"],
  plan: ["references", "layout", "host", "error.ts"],
  render: ["plan", "layout", "error.ts"],
  "recovery-set": ["plan", "layout", "host", "render", "error.ts"],
  adapter: ["plan", "layout", "host", "render", "error.ts"],
  rescue: ["references", "plan", "layout", "host", "render", "error.ts"],
  kinds: ["rescue", "references", "plan", "layout", "host", "render", "error.ts"],
  "scan.ts": ["layout", "host", "error.ts"],
  testkit: [
    "index.ts",
    "adapter",
    "kinds",
    "recovery-set",
    "rescue",
    "references",
    "plan",
    "layout",
    "host",
    "render",
    "error.ts",
  ],
  "index.ts": [
    "scan.ts",
    "adapter",
    "kinds",
    "recovery-set",
    "rescue",
    "references",
    "plan",
    "layout",
    "host",
    "render",
    "error.ts",
  ],
};

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** The files that a file imports, by their names relative to src; a type import counts too. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  const found = [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"(\.[^"]+)"/gms)].map(
    (match) => match[1] as string,
  );
  return found.map((target) => relative(src, resolve(dirname(join(src, file)), target.replace(/\.js$/, ".ts"))));
}

/** The part of the house that a file is in: its folder, or its own name at the top. */
function room(file: string): string {
  return file.split(sep)[0] as string;
}

test("every file stands in a room that the design knows", () => {
  expect(files.map(room).filter((name) => !(name in MAY_IMPORT))).toEqual([]);
});

test("every import leads to a file", () => {
  const missing = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => !imports.has(target)).map((target) => `${file} -> ${target}`),
  );
  expect(missing).toEqual([]);
});

test("arrows between folders point downwards only", () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => room(target) !== room(file) && !MAY_IMPORT[room(file)]?.includes(room(target)))
      .map((target) => `${file} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("a kind never imports another kind", () => {
  const kindOf = (file: string) => /^kinds\/([^/]+)\//.exec(file)?.[1];
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => kindOf(file) && kindOf(target) && kindOf(file) !== kindOf(target))
      .map((target) => `${file} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("there is no circle among the files", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      circles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      return;
    }
    state.set(file, "open");
    for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test("no duration is measured by the system's clock, which a rescue system may set in the middle of a run", () => {
  const packages = resolve(src, "../..");
  const sources = readdirSync(packages).flatMap((name) => {
    const folder = join(packages, name, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  });
  const wrong = sources.filter((file) => file.endsWith(".ts") && readFileSync(file, "utf8").includes("Date.now("));
  expect(sources.length).toBeGreaterThan(files.length);
  expect(wrong).toEqual([]);
});
