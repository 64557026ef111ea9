import { readFileSync } from "node:fs";
import { adapterConformance } from "@bmr/core/testkit";
import { expect, test } from "vitest";
import adapter from "../../../../examples/example-adapter.js";

for (const { name, run } of adapterConformance({ adapter, options: [{ repository: "/srv/repo" }] })) test(name, run);

test("the guide shows the very adapter that is tried here", () => {
  const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
  const [, code] = /\n([\s\S]+)$/.exec(read("examples/example-adapter.ts")) ?? [];
  expect(read("docs/write-an-adapter.md")).toContain(code);
});
