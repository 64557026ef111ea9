import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What the single file can't use: it runs on Node 18.19, whose V8 (10.2) doesn't have it. */
const NEWER = /\.(?:toSorted|toReversed|toSpliced)\(|\b(?:Object|Map)\.groupBy\(|\bArray\.fromAsync\(|\bstyleText\b/;

test("no source uses what came after Node 18", () => {
  const sources = ["core", "cli", "adapter-tar", "adapter-tsm"].flatMap((name) =>
    readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(packages, name, "src", file)),
  );
  expect(sources.length).toBeGreaterThan(100);
  const code = (file: string) => readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  expect(sources.filter((file) => NEWER.test(code(file)))).toEqual([]);
});
