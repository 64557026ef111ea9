import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { swapKind } from "../../src/kinds/swap/index.js";
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

const MIB = 1024 * 1024;
let images: Images;

beforeAll(async () => {
  images = await newImages();
});

afterAll(() => images.remove());

interface SwapSet {
  readonly name: string;
  readonly bytes?: number;
  /** Options of mkswap, before the device. */
  readonly options?: readonly string[];
  /** KiB that mkswap is told to use. */
  readonly kibibytes?: number;
  /** Written over the signature at the end of the first page. */
  readonly signature?: string;
  readonly findings?: readonly string[];
}

const OFF = "swap/off";

const SETS: readonly SwapSet[] = [
  { name: "as mkswap makes it" },
  { name: "with a UUID", options: ["--uuid", "44df732a-0dfb-4544-9d77-2dd4922f70de"] },
  { name: "without a UUID", options: ["--uuid", "00000000-0000-0000-0000-000000000000"] },
  { name: "with a label", options: ["--label", "SWAP"] },
  { name: "with a label of 15 bytes", options: ["--label", "äöüßÄÖÜs"] },
  { name: "with a label of blanks and quotes", options: ["--label", ` '"\`$(x) `] },
  { name: "with a label of two lines", options: ["--label", "a\nb\n"] },
  { name: "with a label like an option", options: ["--label", "--force"] },
  { name: "with pages of 8 KiB", options: ["--pagesize", "8192"] },
  { name: "with pages of 16 KiB", options: ["--pagesize", "16384"] },
  { name: "with pages of 64 KiB", options: ["--pagesize", "65536"], bytes: 16 * MIB },
  { name: "smaller than its device", kibibytes: 4096 },
  { name: "one page smaller than its device", kibibytes: 8192 - 4 },
  { name: "on a device with half a page at its end", bytes: 8 * MIB + 512 },
  { name: "of 10 pages", bytes: 40960 },
  { name: "of 1 GiB", bytes: 1024 * MIB },
  { name: "hibernated", signature: "S1SUSPEND\0", findings: ["swap/hibernated", OFF] },
  { name: "hibernated by uswsusp", signature: "ULSUSPEND\0", findings: ["swap/hibernated", OFF] },
  { name: "hibernated long ago", signature: "LINHIB0001", findings: ["swap/hibernated", OFF] },
];

async function makeOriginal(set: SwapSet, path: string): Promise<void> {
  const size = set.kibibytes === undefined ? [] : [String(set.kibibytes)];
  await must(["mkswap", "--quiet", ...(set.options ?? []), path, ...size]);
  if (set.signature === undefined) return;
  const file = await open(path, "r+");
  await file.write(Buffer.from(set.signature, "latin1"), 0, 10, 4096 - 10);
  await file.close();
}

/** The header itself, but for the code before it: an oracle that none of our parsers has part in. */
async function headerOf(path: string): Promise<string> {
  const file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(65536), 0, 65536, 0);
  await file.close();
  return createHash("sha256").update(buffer.subarray(1024)).digest("hex");
}

describe.concurrent("a swap area made again is the one that was recorded", () => {
  test.each(SETS)("$name", async (set) => {
    const bytes = set.bytes ?? 8 * MIB;
    const original = await images.create(`${set.name}.a`, bytes);
    await makeOriginal(set, original);
    const recorded = await scanImages(await imageInventory(original, bytes), swapKind);
    expect(recorded.findings.map(({ code }) => code)).toEqual(set.findings ?? [OFF]);
    const part = swapKind.steps?.(recorded) ?? {};
    expect(part.findings).toEqual([]);
    const [step] = part.steps ?? [];
    if (step === undefined) throw new Error("there is no step");
    const rebuilt = await images.create(`${set.name}.b`, bytes);
    const paths = new Map([[IMAGE, rebuilt]]);
    await applyStep(step, paths, {});
    expect(await failedSignatures(step.done, paths)).toEqual([]);
    if (set.signature === undefined) expect(await headerOf(rebuilt)).toBe(await headerOf(original));
    const now = await scanImages(await imageInventory(rebuilt, bytes), swapKind);
    expect(compare(recorded, now, [swapKind], { when: "diskinit" })).toEqual([]);
  });
});
