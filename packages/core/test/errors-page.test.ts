import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = read("docs/errors.md");

/** The members of a union of strings, as they stand in the source. */
function unionOf(path: string, name: string): string[] {
  const text = new RegExp(`export type ${name} =([^;]+);`).exec(read(path))?.[1] ?? "";
  return [...text.matchAll(/"([a-z-]+)"/g)].map((match) => match[1] as string);
}

test.each([
  ["packages/core/src/error.ts", "BmrErrorCode", 15],
  ["packages/core/src/rescue/problem.ts", "ProblemCode", 20],
])("each code of %s has a line in docs/errors.md", (path, name, least) => {
  const codes = unionOf(path, name);
  expect(codes.length).toBeGreaterThan(least);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
