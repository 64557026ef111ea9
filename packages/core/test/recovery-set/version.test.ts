import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import { drift } from "../../src/layout/drift.js";
import { rebuiltNodes } from "../../src/layout/rebuilt.js";
import { buildPlan } from "../../src/plan/build.js";
import { readRecoverySet } from "../../src/recovery-set/index.js";
import { renderBmrCommands } from "../../src/render/commands.js";
import { renderPicture } from "../../src/render/picture.js";
import { renderTree } from "../../src/render/tree.js";
import { stepsOf } from "../../src/rescue/modes.js";
import { layoutOf, recording } from "../drift/server.js";

const VERSION_1 = join(import.meta.dirname, "../fixtures/recovery-set/version-1");

it("a set of version 1 is read whole, by its sums", async () => {
  const { manifest, layout, plan, files } = await readRecoverySet(VERSION_1);
  expect(manifest).toMatchObject({ version: 1, machine: { hostname: "labserver" }, tool: { name: "bmr" } });
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(["BMRcmds", "VG-sysvg", "multipath.conf", "ptbl-lun_35000c500a0000001"]),
  );
  expect(layout.nodes.length).toBeGreaterThan(20);
  expect(rebuiltNodes(layout).size).toBeGreaterThan(15);
  expect(plan.disks.map(({ node }) => node)).toEqual([
    "lun:35000c500a0000001",
    "lun:35000c500a0000002",
    "lun:35000c500a0000003",
  ]);
  expect(stepsOf(plan, "recover").length).toBeGreaterThan(30);
});

it("what it recorded is what a scan of the same machine finds now", async () => {
  const { layout } = await readRecoverySet(VERSION_1);
  expect(drift(layout, await layoutOf(recording("server")), kinds)).toEqual([]);
});

it("it can be shown, and every kind reads its own details in it", async () => {
  const { layout, plan } = await readRecoverySet(VERSION_1);
  expect(renderTree(layout)).toContain("lun:35000c500a0000001");
  expect(renderPicture(layout)).toMatch(/^<svg /);
  expect(renderBmrCommands(plan).split("\n").length).toBeGreaterThan(100);
  expect(buildPlan(layout, kinds, []).plan.steps.length).toBeGreaterThan(30);
});

it("the same set under a later version's number is refused by one error that says what to do", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bmr-version-"));
  cpSync(VERSION_1, directory, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8"));
  writeFileSync(
    join(directory, "manifest.json"),
    JSON.stringify({ ...manifest, version: 2, tool: { name: "bmr", version: "9.0.0" } }),
  );
  await expect(readRecoverySet(directory)).rejects.toMatchObject({
    code: "set-invalid",
    message: expect.stringContaining("it is of version 2, written by bmr 9.0.0, and this bmr knows up to version 1"),
    details: { faults: [expect.anything()] },
  });
  rmSync(directory, { recursive: true });
});
