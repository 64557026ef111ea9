import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packages } from "../../../scripts/test-tools.js";

test("CI installs all that tests need, so that none is skipped there", () => {
  const run = readFileSync(new URL("../../../.ci/run", import.meta.url), "utf8");
  const [, list = ""] = /apt-get install (.*?)>\/dev\/null/s.exec(run) ?? [];
  expect([...new Set(Object.values(packages))].filter((name) => !list.split(/\s+/).includes(name))).toEqual([]);
});
