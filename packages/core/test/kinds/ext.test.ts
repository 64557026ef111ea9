import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localHost } from "../../src/host/local.js";
import { type ExtDetail, ExtDetailSchema, extKind, probeExtTunables } from "../../src/kinds/ext/index.js";
import { extTools } from "../../src/kinds/ext/tools.js";
import { nodeId } from "../../src/layout/ids.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { apply, codes, contentOf, MIB, scanned, writeAt } from "./ext-bench.js";
import {
  applyStep,
  IMAGE,
  type Images,
  imageDevice,
  imageInventory,
  must,
  newImages,
  run,
  scanImages,
  scriptedHost,
} from "./ext-images.js";

let images: Images;

beforeAll(async () => {
  images = await newImages();
});

afterAll(() => images.remove());

describe("the probe", () => {
  test("without the tools, and with something to ask, the kind is unknown", async () => {
    const { path } = await scanned(images, ["-t", "ext4"]);
    const probed = await probeExtTunables(scriptedHost({}), await imageInventory(path, 64 * MIB));
    expect(probed).toMatchObject({ is: "unknown", failure: { reason: "missing" } });
  });

  test("without anything to ask, missing tools don't matter", async () => {
    expect(await probeExtTunables(scriptedHost({}), inventoryOf([]))).toEqual({ is: "known", facts: { devices: [] } });
  });

  test("a path of a map isn't asked, its map is", async () => {
    const { path } = await scanned(images, ["-t", "ext4"]);
    const disk = await imageDevice("sda", path, 64 * MIB);
    const map = { ...disk, name: "dm-0", minor: 1, slaves: ["sda"], dm: { name: "mpatha", uuid: "mpath-36005" } };
    const probed = await probeExtTunables(localHost(), inventoryOf([disk, map]));
    expect(probed).toMatchObject({ facts: { devices: [{ device: "dm-0", failures: [] }] } });
  });

  test("a damaged superblock is a loss, and nothing is rebuilt", async () => {
    const { path } = await scanned(images, ["-t", "ext4"]);
    const inventory = await imageInventory(path, 64 * MIB);
    await writeAt(path, 1024, Buffer.alloc(1024, 0xff));
    const layout = await scanImages(inventory, extKind);
    expect(codes(layout)).toEqual(["ext/probe-failed loss"]);
    expect(contentOf(layout).is).toBe("unknown");
    expect(extKind.steps?.(layout)).toEqual({});
  });
});

describe("the step", () => {
  test("nothing is made on a disk that was read-only", async () => {
    const { path } = await scanned(images, ["-t", "ext4"]);
    const device = await imageDevice("image", path, 64 * MIB);
    const layout = await scanImages(inventoryOf([{ ...device, readOnly: true }]), extKind);
    expect(contentOf(layout).is).toBe("filesystem");
    expect(extKind.steps?.(layout)).toEqual({});
  });

  test("it names its device by reference only, needs it whole, and doesn't override a mounted one", async () => {
    const { path, layout } = await scanned(images, ["-t", "ext4"]);
    const step = extKind.steps?.(layout).steps?.[0];
    expect(JSON.stringify(step)).not.toContain(path);
    expect(step).toMatchObject({
      id: "make-ext:lun:image",
      phase: "make",
      destroys: [IMAGE],
      needs: ["device:lun:image"],
      provides: ["content:lun:image"],
      before: [
        { is: "device", device: IMAGE },
        { is: "size", device: IMAGE, least: 64 * MIB },
      ],
    });
    const [mke2fs] = step?.run ?? [];
    expect(mke2fs?.do === "exec" && mke2fs.argv.filter((arg) => arg === "-F")).toHaveLength(1);
  });

  test("a proof fails where debugfs has failed without saying so", async () => {
    const { layout } = await scanned(images, ["-t", "ext4"], "ssv hash_seed 11111111-2222-3333-4444-555555555555\n");
    const step = extKind.steps?.(layout).steps?.[0];
    if (step === undefined) throw new Error("there is no step");
    const crippled = {
      ...step,
      run: step.run.filter((action) => action.do !== "exec" || action.argv[0] !== "debugfs"),
    };
    const paths = new Map([[IMAGE, await images.create("crippled", 64 * MIB)]]);
    await expect(applyStep(crippled, paths, {})).rejects.toThrow(/Directory Hash Seed/);
  });
});

describe("an external journal", () => {
  const LOG = nodeId("lun", "log");
  const UUID = "0d9ecbc8-6e2a-4b5a-9d2e-0a3ab3d6c3a1";

  async function withJournal() {
    const log = await images.create(`log-${images.next()}`, 8 * MIB);
    await must(["mke2fs", "-q", "-F", "-b", "4096", "-O", "journal_dev", "-U", UUID, log]);
    // only a block device can be attached as a journal, so debugfs writes what would be in the superblock then
    const { path } = await scanned(
      images,
      ["-t", "ext4", "-b", "4096", "-O", "^has_journal"],
      `feature has_journal\nssv journal_uuid ${UUID}\n`,
    );
    return { log: await imageDevice("log", log, 8 * MIB), data: await imageDevice("image", path, 64 * MIB) };
  }

  test("is made first, with its UUID, and given to the filesystem", async () => {
    const { log, data } = await withJournal();
    const layout = await scanImages(inventoryOf([data, log]), extKind);
    expect(codes(layout)).toEqual([]);
    const { steps, findings } = extKind.steps?.(layout) ?? {};
    expect(findings).toEqual([]);
    const [make] = steps?.filter(({ id }) => id === "make-ext:lun:image") ?? [];
    expect(make?.needs).toEqual(["device:lun:image", "content:lun:log"]);
    expect(make?.run[0]).toMatchObject({
      argv: expect.arrayContaining(["-J", { concat: ["device=", { device: LOG }] }]),
    });
  });

  test("that isn't there is a loss, and the filesystem gets an internal one", async () => {
    const { data } = await withJournal();
    const layout = await scanImages(inventoryOf([data]), extKind);
    expect(extKind.steps?.(layout).findings).toMatchObject([{ code: "ext/journal-device-missing", severity: "loss" }]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 64)])).toMatch(/^Journal inode: +8$/m);
  });
});

describe("the tools are tried before anything is written", () => {
  const answer = async (argv: readonly string[]) => {
    const { stdout, stderr } = await run(argv);
    return `${stdout}${stderr}`;
  };

  test("each feature that not every mke2fs knows", async () => {
    const all = [
      "metadata_csum_seed",
      "metadata_csum",
      "sparse_super2",
      "inline_data",
      "encrypt",
      "project",
      "ea_inode",
    ];
    const features = [...all, "large_dir", "casefold", "verity", "stable_inodes", "fast_commit", "orphan_file"];
    const options = extTools(features, []).flatMap((tool) => tool.options ?? []);
    expect(options.map(({ option }) => option)).toEqual(features.map((feature) => `-O ${feature}`));
    for (const { help, says } of options) expect(await answer(help)).toContain(says);
    const unknown = options[0]?.help.map((arg) => arg.replace("metadata_csum_seed", "metadata_csum_soup")) ?? [];
    expect(await answer(unknown)).not.toContain("OS type:");
  });

  test("each filesystem as a whole, with a label that could be an option", async () => {
    const { layout } = await scanned(images, ["-t", "ext4", "-L", "-q", "-E", "stride=3"]);
    const options = extKind.steps?.(layout).tools?.flatMap((tool) => tool.options ?? []) ?? [];
    const whole = options.find(({ option }) => option === "all that lun:image needs");
    expect(await answer(whole?.help ?? [])).toContain(whole?.says);
    const refused = whole?.help.map((arg) => arg.replace("stride=3", "strade=3")) ?? [];
    expect(await answer(refused)).not.toContain("OS type:");
  });
});

test("the table of fields has a row for everything in the detail", async () => {
  const { layout } = await scanned(images, ["-t", "ext4", "-O", "mmp"]);
  const content = contentOf(layout);
  const detail = ExtDetailSchema.parse(content.is === "filesystem" ? JSON.parse(JSON.stringify(content.detail)) : null);
  const paths = extKind.fields.map((field) => field.path);
  const missing = leaves(detail).filter((leaf) => !paths.some((path) => leaf === path || leaf.startsWith(`${path}.`)));
  expect(missing).toEqual([]);
});

/** The paths of all values in a detail, but not into lists. */
function leaves(detail: ExtDetail): string[] {
  const walk = (value: unknown, path: string): string[] =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? [path]
      : Object.entries(value).flatMap(([name, inner]) => walk(inner, `${path}.${name}`));
  // the superblock has its UUID and label in the content too
  return walk(detail, "detail").filter((path) => !/^detail\.superblock\.(uuid|label)$/.test(path));
}
