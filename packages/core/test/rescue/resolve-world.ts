/** What the tests of resolve share: three recorded disks, and one call for each question. */
import { expect } from "vitest";
import type { Content } from "../../src/layout/layout.js";
import type { Problem, ProblemCode } from "../../src/rescue/problem.js";
import { type Resolution, type ResolveOptions, resolve } from "../../src/rescue/resolve.js";
import { factsOf, hint, optionsFor, place, planFor, type TestDisk, type TestWorld, volume } from "./world.js";

/** Two LUNs. */
export const A: TestDisk = { name: "sda", identities: [volume("3600a"), place("pci-1-lun-0")] };
export const B: TestDisk = { name: "sdb", identities: [volume("3600b"), place("pci-1-lun-1")] };
/** A virtio disk without a serial number: known by its place only. */
export const V: TestDisk = { name: "vda", identities: [place("pci-0000:00:04.0"), hint("model", "Virtio")] };
export const GPT: Content = { is: "table", kind: "partition-table", label: "gpt", uuid: null, detail: {} };

export function run(
  recorded: readonly TestDisk[],
  world: TestWorld,
  options: Partial<ResolveOptions> = {},
): Resolution {
  return resolve(planFor(recorded), factsOf(world), optionsFor(options));
}

export function problemsOf(resolution: Resolution): readonly Problem[] {
  expect(resolution.is).toBe("refused");
  return resolution.is === "refused" ? resolution.problems : [];
}

export function codesOf(resolution: Resolution): ProblemCode[] {
  return problemsOf(resolution).map((problem) => problem.code);
}

export function boundPaths(resolution: Resolution): Record<string, string> {
  if (resolution.is === "refused") throw new Error(JSON.stringify(resolution.problems, null, 1));
  return Object.fromEntries(resolution.bound.disks.map((disk) => [disk.node, disk.path]));
}
