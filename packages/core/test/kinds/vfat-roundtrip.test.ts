import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { localHost } from "../../src/host/local.js";
import { vfatKind } from "../../src/kinds/vfat/index.js";
import { parseBootSector } from "../../src/kinds/vfat/parse-boot-sector.js";
import { compare } from "../../src/layout/compare.js";
import type { Layout } from "../../src/layout/layout.js";
import type { PlanPart } from "../../src/plan/part.js";
import {
  applyStep,
  failedSignatures,
  IMAGE,
  type Images,
  imageInventory,
  must,
  newImages,
  run,
  scanImages,
} from "./ext-images.js";
import { BAD_LABELS, GOOD_LABELS, VFAT_SETS, type VfatSet } from "./vfat-option-sets.js";

const MIB = 1024 * 1024;
/** dosfstools isn't everywhere; what can't run counts as skipped. */
const isMissing = lacks("mkfs.vfat");
let images: Images;

beforeAll(async () => {
  images = await newImages();
});

afterAll(() => images.remove());

async function makeOriginal(set: VfatSet): Promise<string> {
  const path = await images.create(`${images.next()}.a`, set.bytes);
  const size = set.kibibytes === undefined ? [] : [String(set.kibibytes)];
  const label = set.label === undefined ? [] : ["-n", "ORIGINAL"];
  await must(["mkfs.vfat", ...set.options, ...label, path, ...size]);
  const file = await open(path, "r+");
  for (const [at, bytes] of Object.entries(set.patch ?? {})) {
    await file.write(Buffer.from(bytes), 0, bytes.length, Number(at));
  }
  if (set.label !== undefined) {
    const { buffer } = await file.read(Buffer.alloc(2 * MIB), 0, 2 * MIB, 0);
    const label = Buffer.alloc(11, " ");
    label.set(set.label);
    let count = 0;
    for (let at = buffer.indexOf("ORIGINAL   "); at !== -1; at = buffer.indexOf("ORIGINAL   ", at + 1)) {
      await file.write(label, 0, 11, at);
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(2);
  }
  await file.close();
  return path;
}

/** Reserved sectors and tables, byte by byte: an oracle that only knows where they end. */
async function metadataOf(path: string): Promise<string> {
  const file = await open(path, "r");
  const start = await file.read(Buffer.alloc(512), 0, 512, 0);
  const parsed = parseBootSector(path, start.buffer);
  if (parsed.is === "unknown") throw new Error(parsed.failure.message);
  const { reservedBytes, fats, fatBytes } = parsed.facts;
  const length = reservedBytes + fats * fatBytes;
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
  await file.close();
  return createHash("sha256").update(buffer).digest("hex");
}

interface Rebuilt {
  readonly path: string;
  readonly recorded: Layout;
  readonly part: PlanPart;
}

async function rebuild(original: string, bytes: number): Promise<Rebuilt> {
  const recorded = await scanImages(await imageInventory(original, bytes), vfatKind);
  const part = vfatKind.steps?.(recorded) ?? {};
  const [step] = part.steps ?? [];
  if (step === undefined) throw new Error(`there is no step: ${JSON.stringify(recorded.findings)}`);
  const path = await images.create(`${images.next()}.b`, bytes);
  const paths = new Map([[IMAGE, path]]);
  await applyStep(step, paths, {});
  expect(await failedSignatures(step.done, paths)).toEqual([]);
  return { path, recorded, part };
}

async function expectSame({ path, recorded }: Rebuilt, bytes: number): Promise<void> {
  const now = await scanImages(await imageInventory(path, bytes), vfatKind);
  expect(compare(recorded, now, [vfatKind], { when: "diskinit" })).toEqual([]);
}

/** What fsck.vfat finds, but for the name of the image. */
async function checked(path: string): Promise<readonly [number, string]> {
  const { code, stdout, stderr } = await run(["fsck.vfat", "-n", path]);
  return [code, (stdout + stderr).replaceAll(path, "image")];
}

async function roundTrip(set: VfatSet): Promise<void> {
  const original = await makeOriginal(set);
  const rebuilt = await rebuild(original, set.bytes);
  expect(rebuilt.recorded.findings.map(({ code }) => code)).toEqual(set.findings ?? []);
  expect(rebuilt.part.findings).toEqual([]);
  await expectSame(rebuilt, set.bytes);
  if (set.same ?? true) {
    expect(await metadataOf(rebuilt.path)).toBe(await metadataOf(original));
    expect(await checked(rebuilt.path)).toEqual(await checked(original));
  } else expect((await checked(rebuilt.path))[0]).toBe(0);
  await images.drop(original, rebuilt.path);
}

describe.skipIf(isMissing)("a FAT filesystem made again is the one that was recorded", () => {
  test.each(VFAT_SETS)("$name", roundTrip);

  test.each(GOOD_LABELS)("the label %j", async (label) => {
    await roundTrip({ name: label, bytes: 8 * MIB, options: ["-n", label] });
    await roundTrip({ name: label, bytes: 40 * MIB, options: ["-F", "32", "-n", label] });
  });

  test("any options", { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anySet, async (set) => {
        const probe = await images.create(`${images.next()}.probe`, set.bytes);
        const size = set.kibibytes === undefined ? [] : [String(set.kibibytes)];
        const possible = await run(["mkfs.vfat", ...set.options, probe, ...size]);
        await images.drop(probe);
        fc.pre(possible.code === 0);
        await roundTrip(set);
      }),
      { numRuns: process.env.BMR_TEST_LONG ? 400 : 15 },
    );
  });
});

const anySet: fc.Arbitrary<VfatSet> = fc
  .record({
    sectors: fc.integer({ min: 200, max: 2_000_000 }),
    kibibytes: fc.option(fc.integer({ min: 100, max: 1_000_000 }), { nil: undefined }),
    bits: fc.constantFrom("12", "16", "32"),
    sectorBytes: fc.constantFrom("512", "512", "512", "1024", "4096"),
    cluster: fc.constantFrom("1", "2", "4", "8", "16", "32", "64", "128"),
    reserved: fc.integer({ min: 1, max: 100 }),
    fats: fc.constantFrom("1", "2", "3", "4"),
    // a whole number of sectors: with another mkfs.vfat makes what the kernel refuses
    root: fc.integer({ min: 1, max: 64 }).map((sectors) => String(sectors * 128)),
    geometry: fc.constantFrom("255/63", "64/32", "16/63", "255/1"),
    packed: fc.boolean(),
  })
  .map(({ sectors, kibibytes, packed, ...set }) => ({
    name: "any",
    bytes: sectors * 512,
    ...(kibibytes === undefined || kibibytes * 2 > sectors ? {} : { kibibytes }),
    options: [
      ...["-F", set.bits, "-S", set.sectorBytes, "-s", set.cluster, "-R", String(set.reserved), "-f", set.fats],
      ...(set.bits === "32" ? [] : ["-r", set.root]),
      ...["-g", set.geometry],
      ...(packed ? ["-a"] : []),
    ],
  }));

describe.skipIf(isMissing)("a label that can't be made again is refused by name", () => {
  test.each(BAD_LABELS)("%s", async (_name, label) => {
    for (const set of [
      { name: "16", bytes: 8 * MIB, options: ["-F", "16", "-s", "2"], label },
      { name: "32", bytes: 40 * MIB, options: ["-F", "32"], label },
    ]) {
      const original = await makeOriginal(set);
      const { recorded, path } = await rebuild(original, set.bytes);
      expect(recorded.findings.map(({ code, severity }) => [code, severity])).toEqual([["vfat/label", "loss"]]);
      expect(recorded.findings[0]?.message).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      const now = await scanImages(await imageInventory(path, set.bytes), vfatKind);
      const differences = compare(recorded, now, [vfatKind], { when: "diskinit" });
      expect(differences.map(({ field, is }) => [field, is])).toEqual([["content.label", null]]);
    }
  });
});

describe.skipIf(isMissing)("what can't be rebuilt as it was is said at scan", () => {
  const codes = async (set: VfatSet, host = localHost()) => {
    const layout = await scanImages(await imageInventory(await makeOriginal(set), set.bytes), vfatKind, host);
    return { layout, codes: layout.findings.map(({ code, severity }) => [code, severity]) };
  };

  test("tables of a size that mkfs.vfat wouldn't choose", async () => {
    // as if there were 4 sectors more in each of the two tables, and 8 fewer before them
    const set = { name: "fat size", bytes: 64 * MIB, options: ["-F", "32", "-s", "2", "-a", "-R", "40"] };
    const { layout, codes: found } = await codes({ ...set, patch: { 14: [32, 0], 36: [0xfe, 0x01, 0, 0] } });
    expect(found).toEqual([["vfat/fat-size", "warning"]]);
    const message = layout.findings[0]?.message ?? "";
    const [, was, is] = /have (\d+) bytes each and are rebuilt with (\d+)/.exec(message) ?? [];
    expect(Number(was)).toBe(0x1fe * 512);
    const original = await images.create("fat-size.a", set.bytes);
    const [step] = vfatKind.steps?.(layout).steps ?? [];
    if (step === undefined) throw new Error("there is no step");
    await applyStep(step, new Map([[IMAGE, original]]), {});
    const now = await scanImages(await imageInventory(original, set.bytes), vfatKind);
    const differences = compare(layout, now, [vfatKind], { when: "diskinit" });
    expect(differences.map(({ field, is }) => [field, is])).toEqual([
      ["content.detail.bootSector.fatBytes", Number(is)],
    ]);
  });

  test("an odd sector that mkfs.vfat would leave out or take along", async () => {
    const patch = { 19: [0, 0], 32: [0xff, 0xff, 0x01, 0x00] };
    const fewer = await codes({ name: "fewer", bytes: 64 * MIB, options: ["-F", "16", "-a"], patch });
    expect(fewer.codes).toEqual([["vfat/size", "warning"]]);
    const message = fewer.layout.findings[0]?.message ?? "";
    const [, was, is] = /has (\d+) bytes and is rebuilt with (\d+)/.exec(message) ?? [];
    expect(Number(was)).toBe(0x1ffff * 512);
    expect(Math.abs(Number(was) - Number(is))).toBe(512);
    const path = await images.create("fewer.b", 64 * MIB);
    const [step] = vfatKind.steps?.(fewer.layout).steps ?? [];
    if (step === undefined) throw new Error("there is no step");
    await applyStep(step, new Map([[IMAGE, path]]), {});
    const now = await scanImages(await imageInventory(path, 64 * MIB), vfatKind);
    const differences = compare(fewer.layout, now, [vfatKind], { when: "diskinit" });
    expect(differences.map(({ field, is }) => [field, is])).toEqual([["content.detail.bootSector.bytes", Number(is)]]);
  });

  test("too many clusters, and too few", async () => {
    // 4085 and 4086 clusters are FAT12 to some systems and FAT16 to others: mkfs.vfat makes neither
    const bytes = 4 * MIB;
    const set = { name: "clusters", bytes, options: ["-F", "12", "-s", "2", "-a"] };
    const { layout, codes: found } = await codes({ ...set, patch: { 13: [1], 19: [0x36, 0x10] } });
    expect(found).toEqual([["vfat/shape", "loss"]]);
    expect(layout.nodes[0]).toMatchObject({ content: { is: "unknown" } });
    expect(vfatKind.steps?.(layout)).toEqual({});
  });

  test("a boot sector that nobody may read, and one that isn't recorded", async () => {
    const set = { name: "denied", bytes: 4 * MIB, options: ["-i", "11112222", "-n", "X"] };
    const denied = { ...localHost(), read: async () => ({ is: "denied", reason: "Permission denied" }) as const };
    const unread = await codes(set, denied);
    expect(unread.codes).toEqual([["vfat/probe-denied", "loss"]]);
    expect(unread.layout.nodes[0]).toMatchObject({ content: { is: "unknown" } });
    const silent = { ...localHost(), read: async () => ({ is: "not-recorded" }) as const };
    const { layout, codes: found } = await codes(set, silent);
    expect(found).toEqual([]);
    const part = vfatKind.steps?.(layout) ?? {};
    expect(part.findings?.map(({ code, severity }) => [code, severity])).toEqual([["vfat/not-recorded", "warning"]]);
    const path = await images.create("unrecorded", set.bytes);
    const [step] = part.steps ?? [];
    if (step === undefined) throw new Error("there is no step");
    await applyStep(step, new Map([[IMAGE, path]]), {});
    expect(await failedSignatures(step.done, new Map([[IMAGE, path]]))).toEqual([]);
  });
});
