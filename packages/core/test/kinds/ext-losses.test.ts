import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { extKind } from "../../src/kinds/ext/index.js";
import { apply, codes, contentOf, MIB, scanned, silentHost, writeAt } from "./ext-bench.js";
import { IMAGE, type Images, imageInventory, must, newImages, scanImages } from "./ext-images.js";

let images: Images;

beforeAll(async () => {
  images = await newImages();
});

afterAll(() => images.remove());

describe("what doesn't come back is said", () => {
  test.each<[name: string, options: readonly string[], debugfs: string, finding: string]>([
    ["a filesystem with errors", ["-t", "ext4"], "ssv state 2\n", "ext/errors loss"],
    [
      "errors that were counted",
      ["-t", "ext4"],
      "ssv error_count 3\nssv last_error_func f\n",
      "ext/error-count warning",
    ],
    ["a feature without a name", ["-t", "ext2"], "ssv feature_compat 0x100038\n", "ext/unsupported-feature loss"],
    ["another first inode", ["-t", "ext2"], "ssv first_ino 17\n", "ext/not-reproducible warning"],
    [
      "a default mount option without a name",
      ["-t", "ext2"],
      "ssv default_mount_opts 0x1000\n",
      "ext/not-reproducible warning",
    ],
    [
      "mount options that can't be quoted",
      ["-t", "ext2"],
      'ssv mount_opts "a""b"\n',
      "ext/mount-options-not-text loss",
    ],
  ])("%s", async (_, options, debugfs, finding) => {
    expect(codes((await scanned(images, options, debugfs)).layout)).toEqual([finding]);
  });

  test("a label that isn't UTF-8: it is rebuilt without one", async () => {
    const { path } = await scanned(images, ["-t", "ext2", "-L", "latin"]);
    // the label's place in the superblock (ext2_fs.h, s_volume_name)
    await writeAt(path, 1024 + 120, Buffer.from("B\xfcro\0", "latin1"));
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/label-not-text loss"]);
    expect(contentOf(layout)).toMatchObject({ label: "B\udcfcro" });
    const step = extKind.steps?.(layout).steps?.[0];
    expect(JSON.stringify(step?.run)).not.toContain('"-L"');
    expect(step?.done.filter((check) => check.is === "signature").map(({ tag }) => tag)).toEqual(["TYPE", "UUID"]);
  });

  test("a filesystem that is larger than its device", async () => {
    const { path } = await scanned(images, ["-t", "ext4", "-b", "1024"]);
    const layout = await scanImages(await imageInventory(path, 32 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/larger-than-device loss", "ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 32)])).toMatch(/^Block count: +32768$/m);
  });

  test("a journal that is too large for a filesystem that was shrunk becomes smaller", async () => {
    const path = await images.create("shrunk", 256 * MIB);
    await must(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-J", "size=100", path]);
    await must(["resize2fs", "-M", path]);
    const layout = await scanImages(await imageInventory(path, 256 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    const rebuilt = await apply(images, layout, 256);
    expect(await must(["dumpe2fs", "-h", rebuilt])).toMatch(/^Total journal size: +\d\dM$/m);
  });

  test("room to grow that was used up becomes one block", async () => {
    const path = await images.create("used-up", 300 * MIB);
    await must(["mke2fs", "-q", "-F", "-t", "ext3", "-b", "1024", "-E", "resize=300000", path, "8192"]);
    await must(["resize2fs", path, "300000"]);
    const layout = await scanImages(await imageInventory(path, 300 * MIB), extKind);
    expect(await must(["dumpe2fs", "-h", path])).not.toMatch(/GDT/);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 300)])).toMatch(/^Reserved GDT blocks: +1$/m);
  });
});

describe("what no mke2fs accepts is replaced, and said", () => {
  test.each<[name: string, debugfs: string, line: RegExp]>([
    ["a last group of few blocks", "ssv blocks_count 57500\n", /^Block count: +57345$/m],
    [
      "inodes per group that don't fill their blocks",
      "ssv inodes_per_group 2045\nssv inodes_count 16360\n",
      /^Inodes per group: +2048$/m,
    ],
    ["an OS without a name", "ssv creator_os 9\n", /^Filesystem OS type: +Linux$/m],
  ])("%s", async (_, debugfs, line) => {
    const { layout } = await scanned(images, ["-t", "ext2", "-b", "1024"], debugfs);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 64)])).toMatch(line);
  });

  test("a directory hash without a name", async () => {
    const { path } = await scanned(images, ["-t", "ext2"]);
    // the hash's place in the superblock (ext2_fs.h, s_def_hash_version)
    await writeAt(path, 1024 + 0xfc, Uint8Array.of(77));
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 64)])).toMatch(
      /^Default directory hash: +half_md4$/m,
    );
  });

  test("more blocks reserved than tune2fs takes", async () => {
    const { layout } = await scanned(images, ["-t", "ext2", "-b", "1024"], "ssv r_blocks_count 50000\n");
    expect(codes(layout)).toEqual([]);
    expect(await must(["dumpe2fs", "-h", await apply(images, layout, 64)])).toMatch(/^Reserved block count: +50000$/m);
  });
});

describe("what wasn't recorded", () => {
  test("type, UUID and label are enough for a filesystem, and a loss says what is missing", async () => {
    const { path } = await scanned(images, ["-t", "ext3", "-L", "DATA"]);
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind, silentHost);
    expect(codes(layout)).toEqual([]);
    expect(extKind.steps?.(layout).findings).toMatchObject([
      { code: "ext/not-recorded", severity: "loss", node: IMAGE },
    ]);
    const rebuilt = await must(["dumpe2fs", "-h", await apply(images, layout, 64)]);
    expect(rebuilt).toMatch(/^Filesystem features: +has_journal/m);
    expect(rebuilt).not.toMatch(/^Filesystem features:.* extent/m);
  });

  test("a root directory that wasn't recorded is a warning", async () => {
    const { path } = await scanned(images, ["-t", "ext4"]);
    const local = localHost();
    const host: ProbeHost = { ...local, run: (argv) => (argv[0] === "debugfs" ? silentHost : local).run(argv) };
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind, host);
    expect(extKind.steps?.(layout).findings).toMatchObject([{ code: "ext/not-recorded", severity: "warning" }]);
    await apply(images, layout, 64);
  });
});
