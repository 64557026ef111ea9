import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { extKind } from "../../src/kinds/ext/index.js";
import { compare } from "../../src/layout/compare.js";
import { nodeId } from "../../src/layout/ids.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import {
  applyStep,
  failedSignatures,
  type Images,
  imageDevice,
  must,
  newImages,
  run,
  scanImages,
} from "./ext-images.js";

const MIB = 1024 * 1024;

/** Loop devices and mounts take root, and a kernel with both. */
const mayLoop = spawnSync("losetup", ["--find"]).status === 0 && process.getuid?.() === 0;

/** What a device is called in a layout, and its path. */
interface Loop {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

describe.skipIf(!mayLoop)("a filesystem as the kernel leaves it", () => {
  let images: Images;
  let at: string;
  const loops: string[] = [];
  const mounted: string[] = [];

  beforeAll(async () => {
    images = await newImages();
    at = join(images.directory, "mounted");
    mkdirSync(at);
  });

  afterEach(async () => {
    for (const path of mounted.splice(0)) await run(["umount", path]);
    for (const path of loops.splice(0)) await run(["losetup", "--detach", path]);
  });

  afterAll(() => images.remove());

  async function loop(name: string, mebibytes: number): Promise<Loop> {
    const image = await images.create(`${name}-${images.next()}`, mebibytes * MIB);
    const path = (await must(["losetup", "--find", "--show", image])).trim();
    loops.push(path);
    return { name, path, bytes: mebibytes * MIB };
  }

  async function mount({ path }: Loop): Promise<void> {
    await must(["mount", "-t", "ext4", path, at]);
    mounted.push(at);
  }

  async function umount(): Promise<void> {
    await must(["umount", at]);
    mounted.pop();
  }

  async function scan(...devices: readonly Loop[]): Promise<Layout> {
    const found = await Promise.all(devices.map(({ name, path, bytes }) => imageDevice(name, path, bytes)));
    return scanImages(inventoryOf(found.map((device, minor) => ({ ...device, minor }))), extKind);
  }

  /** Makes what a layout holds on new devices, in the order of its steps. */
  async function rebuild(layout: Layout, devices: readonly Loop[]): Promise<void> {
    const paths = new Map(devices.map(({ name, path }) => [nodeId("lun", name), path]));
    for (const step of extKind.steps?.(layout).steps ?? []) {
      await applyStep(step, paths, {});
      expect(await failedSignatures(step.done, paths)).toEqual([]);
    }
  }

  const differences = (was: Layout, is: Layout) => compare(was, is, [extKind], { when: "diskinit" });

  test.each<[name: string, options: readonly string[]]>([
    ["ext4", ["-t", "ext4"]],
    ["ext3", ["-t", "ext3"]],
    ["ext2", ["-t", "ext2"]],
    ["with all that is new", ["-t", "ext4", "-O", "orphan_file,metadata_csum_seed,inline_data,large_dir"]],
  ])("in use and after: %s", async (_, options) => {
    const original = await loop("image", 96);
    await must(["mke2fs", "-q", "-F", ...options, original.path]);
    await mount(original);
    await must(["sh", "-c", 'chmod 1770 "$0" && chown 7:70000 "$0" && touch "$0/a b" && sync', at]);
    const inUse = await scan(original);
    await umount();
    expect(differences(inUse, await scan(original))).toEqual([]);
    const rebuilt = await loop("image", 96);
    await rebuild(inUse, [rebuilt]);
    expect(differences(inUse, await scan(rebuilt))).toEqual([]);
    await mount(rebuilt);
    expect(differences(inUse, await scan(rebuilt))).toEqual([]);
    expect(await must(["stat", "--format=%a %u %g", at])).toBe("1770 7 70000\n");
  });

  test("with its journal on a device of its own", async () => {
    const originals = [await loop("log", 16), await loop("data", 64)] as const;
    const [log, data] = originals;
    await must(["mke2fs", "-q", "-F", "-b", "4096", "-O", "journal_dev", "-L", "log", log.path]);
    await must(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-J", `device=${log.path}`, data.path]);
    await mount(data);
    const inUse = await scan(...originals);
    expect(inUse.findings).toEqual([]);
    await umount();
    const rebuilt = [await loop("log", 16), await loop("data", 64)] as const;
    await rebuild(inUse, rebuilt);
    await mount(rebuilt[1]);
    expect(differences(inUse, await scan(...rebuilt))).toEqual([]);
  });
});
