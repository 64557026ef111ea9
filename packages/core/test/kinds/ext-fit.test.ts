import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extKind } from "../../src/kinds/ext/index.js";
import { swapKind } from "../../src/kinds/swap/index.js";
import { compare } from "../../src/layout/compare.js";
import { fitLayout } from "../../src/layout/fit.js";
import type { BlockNode, FilesystemUsage, Layout } from "../../src/layout/layout.js";
import { applyStep, IMAGE, type Images, imageInventory, must, newImages, run, scanImages } from "./ext-images.js";
import { OPTION_SETS, type OptionSet } from "./ext-option-sets.js";

const MIB = 1024 * 1024;
let images: Images;
beforeAll(async () => {
  images = await newImages();
});
afterAll(() => images.remove());

function fit(layout: Layout, bytes: number, resize: boolean): ReturnType<typeof fitLayout> {
  return fitLayout(layout, new Map([[IMAGE, bytes]]), [extKind, swapKind], { resize });
}

/** Scans a filesystem that mke2fs made of these options. */
async function made(set: OptionSet): Promise<Layout> {
  const bytes = (set.mebibytes ?? 64) * MIB;
  const path = await images.create(`${set.name}-${images.next()}`, bytes);
  const blocks = set.blocks === undefined ? [] : [String(set.blocks)];
  await must(["mke2fs", "-q", "-F", ...set.mke2fs, path, ...blocks], {
    env: { MKE2FS_CONFIG: "/nonexistent", ...set.env },
  });
  for (const options of set.tune2fs ?? []) await must(["tune2fs", ...options, path]);
  const layout = await scanImages(await imageInventory(path, bytes), extKind);
  await images.drop(path);
  return layout;
}

/** Makes the fitted filesystem on an image of this size, and what a scan sees of it then. */
async function rebuilt(layout: Layout, bytes: number): Promise<Layout> {
  const path = await images.create(`rebuilt-${images.next()}`, bytes);
  const [step] = extKind.steps?.(layout).steps ?? [];
  if (step === undefined) throw new Error("there is no step");
  await applyStep(step, new Map([[IMAGE, path]]), {});
  expect((await run(["e2fsck", "-fn", path])).code).toBe(0);
  const now = await scanImages(await imageInventory(path, bytes), extKind);
  await images.drop(path);
  return now;
}

function nodeOf(layout: Layout): BlockNode {
  return layout.nodes.find((node) => node.id === IMAGE) as BlockNode;
}

function superblockOf(layout: Layout): Record<string, number> {
  const { content } = nodeOf(layout);
  if (content.is !== "filesystem") throw new Error(content.is);
  return content.detail.superblock as Record<string, number>;
}

function bytesOf(layout: Layout): number {
  const { blockCount, blockSize } = superblockOf(layout) as { blockCount: number; blockSize: number };
  return blockCount * blockSize;
}

/** Without those that a scan has something to say about; multiple mount protection makes each tool wait for seconds. */
const plain = OPTION_SETS.filter(({ debugfs, resizeTo, findings }) => !debugfs && !resizeTo && !findings).filter(
  ({ mke2fs }) => !mke2fs.join().includes("mmp"),
);

describe.concurrent("a filesystem for a device of another size is one that mke2fs makes, and reads back as announced", () => {
  test.each(plain)("$name", async (set) => {
    const recorded = await made(set);
    const was = (set.mebibytes ?? 64) * MIB;
    const sizes = [was * 3 + 5 * 512, Math.floor((was * 7) / 8 / 512) * 512 + 512];
    // each one is grown or cut; both of all take a minute more
    const chosen = process.env.BMR_TEST_LONG ? sizes : [sizes[plain.indexOf(set) % 2] as number];
    for (const bytes of chosen) {
      const { layout, problems } = fit(recorded, bytes, true);
      if (problems.length > 0) {
        expect([bytes < was, problems[0]?.code]).toEqual([true, "cannot-shrink"]);
        continue;
      }
      const now = await rebuilt(layout, bytes);
      expect(compare(layout, now, [extKind], { when: "diskinit" })).toEqual([]);
      expect(bytesOf(now)).toBeLessThanOrEqual(bytes);
    }
  });
});

const ORDINARY: OptionSet = {
  name: "ordinary",
  mebibytes: 512,
  mke2fs: ["-t", "ext4", "-b", "4096", "-U", "c1b9d5a2-f162-11cf-9ece-0020afc76f16"],
};

/** The layout as if the filesystem were mounted, and so full. */
function mounted(layout: Layout, usage: FilesystemUsage | null): Layout {
  const mount = {
    id: "mount:/srv" as BlockNode["id"],
    at: "/srv",
    source: { is: "node", node: IMAGE },
    type: "ext4",
    options: [],
    active: true,
    fstab: null,
    readOnly: false,
    directory: null,
    usage,
  } as const;
  return { ...layout, mounts: [mount] };
}

function usageOf(layout: Layout, usedBytes: number, usedInodes = 100): FilesystemUsage {
  const { inodeCount } = superblockOf(layout) as { inodeCount: number };
  const bytes = bytesOf(layout);
  return { bytes, freeBytes: bytes - usedBytes, inodes: inodeCount, freeInodes: inodeCount - usedInodes };
}

describe("the rule for ext", () => {
  test("without --resize a larger device changes nothing, and a smaller one is refused", async () => {
    const layout = await made(ORDINARY);
    expect(bytesOf(fit(layout, 1024 * MIB, false).layout)).toBe(512 * MIB);
    expect(fit(layout, 511 * MIB, false).problems).toMatchObject([
      { code: "too-small", node: IMAGE, remedy: expect.stringMatching(/^--resize/) },
    ]);
  });

  test("grown and cut as resize2fs does it: the same size, inodes, and share of reserved blocks", async () => {
    const layout = await made(ORDINARY);
    for (const mebibytes of [1024, 256]) {
      const bytes = mebibytes * MIB;
      const { layout: fitted, changes } = fit(layout, bytes, true);
      expect(changes.at(-1)).toEqual({ node: IMAGE, what: "ext4", wasBytes: 512 * MIB, bytes });
      const image = await images.create(`oracle-${mebibytes}`, Math.max(bytes, 512 * MIB));
      await must(["mke2fs", "-q", "-F", ...ORDINARY.mke2fs, image, "512M"], { env: { MKE2FS_CONFIG: "/nonexistent" } });
      await must(["e2fsck", "-fy", image]);
      await must(["resize2fs", image, `${mebibytes}M`]);
      const oracle = superblockOf(await scanImages(await imageInventory(image, bytes), extKind));
      const ours = superblockOf(fitted);
      for (const field of ["blockCount", "inodeCount", "inodesPerGroup", "reservedGdtBlocks"]) {
        expect([field, ours[field]]).toEqual([field, oracle[field]]);
      }
      expect(Math.abs((ours.reservedBlocks as number) - (oracle.reservedBlocks as number))).toBeLessThan(2);
    }
  });

  test("one that left room on its device keeps its size on a larger one", async () => {
    const layout = await made({ ...ORDINARY, blocks: 65536 });
    expect(bytesOf(fit(layout, 1024 * MIB, true).layout)).toBe(256 * MIB);
    expect(fit(layout, 300 * MIB, false).problems).toEqual([]);
  });

  test("never below what it holds and a tenth more; by statfs where it is mounted, since its superblock is as old as the mount", async () => {
    const layout = await made(ORDINARY);
    const full = mounted(layout, usageOf(layout, 300 * MIB));
    expect(fit(full, 340 * MIB, true).problems).toEqual([]);
    expect(fit(full, 330 * MIB, true).problems).toMatchObject([{ code: "cannot-shrink", node: IMAGE }]);
    const unknown = fit(mounted(layout, null), 500 * MIB, true);
    expect(unknown.problems).toMatchObject([
      { code: "cannot-shrink", message: expect.stringContaining("wasn't recorded") },
    ]);
    // unmounted and clean: the superblock's own numbers hold
    expect(fit(layout, 100 * MIB, true).problems).toEqual([]);
  });

  test("never with fewer inodes than files and a tenth more", async () => {
    const layout = await made(ORDINARY);
    const { inodeCount } = superblockOf(layout) as { inodeCount: number };
    const crowded = mounted(layout, usageOf(layout, 30 * MIB, inodeCount / 2));
    expect(fit(crowded, 128 * MIB, true).problems).toMatchObject([{ code: "cannot-shrink" }]);
    expect(fit(crowded, 384 * MIB, true).problems).toEqual([]);
  });

  test("fitting again changes nothing", async () => {
    const layout = await made(ORDINARY);
    const { layout: fitted } = fit(layout, 777 * MIB, true);
    expect(fit(fitted, 777 * MIB, true)).toMatchObject({ changes: [], problems: [] });
  });
});

describe("the rule for swap", () => {
  const swap = async (mebibytes: number, ...options: readonly string[]): Promise<Layout> => {
    const path = await images.create(`swap-${images.next()}`, mebibytes * MIB);
    await must(["mkswap", "--quiet", ...options, path]);
    return scanImages(await imageInventory(path, mebibytes * MIB), swapKind);
  };
  const again = async (layout: Layout, bytes: number): Promise<Layout> => {
    const path = await images.create(`swap-${images.next()}`, bytes);
    const [step] = swapKind.steps?.(layout).steps ?? [];
    if (step === undefined) throw new Error("there is no step");
    await applyStep(step, new Map([[IMAGE, path]]), {});
    return scanImages(await imageInventory(path, bytes), swapKind);
  };

  test.each([
    ["a larger disk keeps its size", 64, 100 * MIB + 512, 64 * MIB, true],
    ["a larger disk keeps its size, without --resize too", 64, 100 * MIB, 64 * MIB, false],
    ["a smaller disk cuts it to whole pages", 64, 50 * MIB + 512, 50 * MIB, true],
  ])("%s", async (_name, mebibytes, bytes, becomes, resize) => {
    const layout = await swap(mebibytes, "--label", "s");
    const { layout: fitted, problems } = fit(layout, bytes, resize);
    expect(problems).toEqual([]);
    const now = await again(fitted, bytes);
    expect(compare(fitted, now, [swapKind], { when: "diskinit" })).toEqual([]);
    const { content } = nodeOf(now);
    expect(content.is === "swap" && content.detail.bytes).toBe(becomes);
  });

  test("never below half, nor at all without --resize", async () => {
    const layout = await swap(64);
    expect(fit(layout, 31 * MIB, true).problems).toMatchObject([{ code: "cannot-shrink", node: IMAGE }]);
    expect(fit(layout, 63 * MIB, false).problems).toMatchObject([{ code: "too-small", node: IMAGE }]);
  });
});
