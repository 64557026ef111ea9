import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extKind } from "../../src/kinds/ext/index.js";
import { compare } from "../../src/layout/compare.js";
import {
  applyStep,
  failedSignatures,
  IMAGE,
  type Images,
  imageInventory,
  must,
  newImages,
  scanImages,
} from "./ext-images.js";
import { HOSTILE_CONFIG, OPTION_SETS, type OptionSet } from "./ext-option-sets.js";

const MIB = 1024 * 1024;
let images: Images;
let hostile: string;

beforeAll(async () => {
  images = await newImages();
  hostile = join(images.directory, "hostile.conf");
  await writeFile(hostile, HOSTILE_CONFIG);
});

afterAll(() => images.remove());

/** Makes the image that is to be recorded, from the defaults that are built into mke2fs. */
async function makeOriginal(set: OptionSet, path: string): Promise<void> {
  const blocks = set.blocks === undefined ? [] : [String(set.blocks)];
  await must(["mke2fs", "-q", "-F", ...set.mke2fs, path, ...blocks], {
    env: { MKE2FS_CONFIG: "/nonexistent", ...set.env },
  });
  for (const options of set.tune2fs ?? []) await must(["tune2fs", ...options, path]);
  if (set.resizeTo !== undefined) {
    await must(["e2fsck", "-f", "-y", path]);
    await must(["resize2fs", path, String(set.resizeTo)]);
  }
  if (set.debugfs !== undefined) await must(["debugfs", "-w", path], { stdin: set.debugfs });
}

/** Lines of `dumpe2fs -h`, but for the keys that the table of fields calls never. */
async function promisedLines(path: string): Promise<string[]> {
  const never = extKind.fields
    .filter((field) => field.holds === "never")
    .map((field) => field.title.replace(/:.*/, ""));
  const lines = (await must(["dumpe2fs", "-h", path])).split("\n");
  return lines.filter((line) => !never.some((key) => line.startsWith(`${key}:`)) && !line.startsWith("    mmp_"));
}

async function roundTrip(set: OptionSet): Promise<void> {
  const bytes = (set.mebibytes ?? 64) * MIB;
  const original = await images.create(`${set.name}.a`, bytes);
  await makeOriginal(set, original);
  const recorded = await scanImages(await imageInventory(original, bytes), extKind);
  expect(recorded.findings.map(({ code }) => code)).toEqual(set.findings ?? []);
  const part = extKind.steps?.(recorded) ?? {};
  expect(part.findings).toEqual([]);
  expect(part.steps).toHaveLength(1);
  const step = part.steps?.[0];
  if (step === undefined) return;
  const rebuilt = await images.create(`${set.name}.b`, bytes);
  const paths = new Map([[IMAGE, rebuilt]]);
  await applyStep(step, paths, { MKE2FS_CONFIG: hostile });
  expect(await failedSignatures(step.done, paths)).toEqual([]);
  expect(await promisedLines(rebuilt)).toEqual(await promisedLines(original));
  const now = await scanImages(await imageInventory(rebuilt, bytes), extKind);
  expect(compare(recorded, now, [extKind], { when: "diskinit" })).toEqual([]);
  await must(["e2fsck", "-f", "-n", rebuilt]);
}

describe.concurrent("a filesystem made again is the one that was recorded", () => {
  test.each(OPTION_SETS)("$name", roundTrip);
});
