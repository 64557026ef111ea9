import { readdirSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { type ExtDetail, ExtDetailSchema, extKind, probeExtTunables } from "../../src/kinds/ext/index.js";
import { parseDumpe2fs } from "../../src/kinds/ext/parse-dumpe2fs.js";
import { parseStat } from "../../src/kinds/ext/parse-stat.js";
import { extTools } from "../../src/kinds/ext/tools.js";
import { nodeId } from "../../src/layout/ids.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { isBlockNode, type Layout } from "../../src/layout/layout.js";
import {
  applyStep,
  failedSignatures,
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

const MIB = 1024 * 1024;
const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/ext");
const captured = (name: string) => readFileSync(join(fixtures, name), "utf8");

let images: Images;

beforeAll(async () => {
  images = await newImages();
});

afterAll(() => images.remove());

/** An image made by mke2fs, scanned. */
async function scanned(
  options: readonly string[],
  debugfs = "",
  mebibytes = 64,
): Promise<{ path: string; layout: Layout }> {
  const path = await images.create(`image-${images.next()}`, mebibytes * MIB);
  await must(["mke2fs", "-q", "-F", ...options, path], { env: { MKE2FS_CONFIG: "/nonexistent" } });
  if (debugfs !== "") await must(["debugfs", "-w", path], { stdin: debugfs });
  return { path, layout: await scanImages(await imageInventory(path, mebibytes * MIB), extKind) };
}

const codes = (layout: Layout) => layout.findings.map(({ code, severity }) => `${code} ${severity}`);

function contentOf(layout: Layout) {
  const [node] = layout.nodes.filter(isBlockNode);
  if (node === undefined) throw new Error("there is no node");
  return node.content;
}

describe("dumpe2fs -h", () => {
  test.each(readdirSync(fixtures).filter((name) => name.endsWith(".txt")))("%s is understood whole", (name) => {
    const parsed = parseDumpe2fs("dumpe2fs -h", captured(name), null);
    expect(parsed).toMatchObject({ is: "known", facts: { other: [], transientFeatures: ["needs_recovery"] } });
  });

  test("a mounted ext4 on DASD", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", captured("s390x-dasda1.txt"), "ROOTFS");
    expect(parsed).toMatchObject({
      facts: {
        label: "ROOTFS",
        lastMountedOn: null,
        uuid: "9a77e608-7b0f-47a9-9f70-60798048dbc9",
        flags: ["unsigned_directory_hash"],
        defaultMountOptions: ["user_xattr", "acl"],
        errorsBehavior: "continue",
        clean: true,
        withErrors: false,
        inodeCount: 17984,
        blockCount: 17976,
        reservedBlocks: 898,
        blockSize: 4096,
        clusterSize: 4096,
        groupDescriptorSize: 64,
        reservedGdtBlocks: 8,
        flexBlockGroupSize: 16,
        maxMountCount: -1,
        inodeSize: 256,
        hashSeed: "3d81d264-5734-42ba-b9b5-9b12073af932",
        created: "Sat Nov 21 20:57:36 2026",
        journal: { inode: 8, bytes: 4194304, fastCommitBytes: 0, features: ["journal_64bit", "journal_checksum_v3"] },
      },
    });
  });

  const text = captured("s390x-dasdb1.txt");

  test("a line that isn't known is kept", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", `${text}Shoe size:   42\n`, null);
    expect(parsed).toMatchObject({ is: "known", facts: { other: ["Shoe size:   42"] } });
  });

  test("bad blocks, first and last error", () => {
    const lines = [
      "FS Error count:           2",
      "First error time:         Sat Nov 21 20:57:37 2026",
      "First error function:     ext4_lookup",
      "First error line #:       1601",
      "First error inode #:      2",
      "First error block #:      77",
      "Last error time:          Sat Nov 21 20:58:37 2026",
      "Last error function:      ext4_lookup",
      "Last error line #:        1602",
      "Bad blocks: 7, 9, 1234",
    ];
    const parsed = parseDumpe2fs("dumpe2fs -h", `${text}${lines.join("\n")}\n`, null);
    expect(parsed).toMatchObject({
      facts: {
        errorCount: 2,
        firstError: { function: "ext4_lookup", line: 1601, inode: 2, block: 77, error: null },
        lastError: { time: "Sat Nov 21 20:58:37 2026", line: 1602, inode: null },
        badBlocks: [7, 9, 1234],
        other: [],
      },
    });
    expect(parseDumpe2fs("dumpe2fs -h", `${text}Bad blocks: x\n`, null).is).toBe("unknown");
  });

  test("a feature that isn't known is set apart", () => {
    const parsed = parseDumpe2fs("dumpe2fs -h", text.replace("large_file", "large_file FEATURE_C20 lazy_bg"), null);
    expect(parsed).toMatchObject({ is: "known", facts: { unsupportedFeatures: ["FEATURE_C20", "lazy_bg"] } });
  });

  test.each([
    ["a number that is none", "Block count:              17976", "Block count:              many"],
    ["a number that is too large", "Block count:              17976", "Block count:              99999999999999999999"],
    ["a line that is missing", "Inode count:              17984\n", ""],
    ["another magic number", "0xEF53", "0xEF54"],
    ["another state", "Filesystem state:         clean", "Filesystem state:         odd"],
    ["another behaviour on errors", "Continue", "Explode"],
    ["a UUID that is none", "11111111-2222-3333-4444-555555555555", "11111111"],
    ["no name", "Filesystem volume name", "Filesystem name"],
  ])("%s is a failure", (_, from, to) => {
    expect(text).toContain(from);
    const parsed = parseDumpe2fs("dumpe2fs -h", text.replace(from, to), null);
    expect(parsed).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", source: "dumpe2fs -h" } });
  });

  test("nothing at all is a failure", () => {
    expect(parseDumpe2fs("dumpe2fs -h", "", null).is).toBe("unknown");
  });

  test("what is printed for no label is no label, unless blkid says that it is one", () => {
    const none = text.replace("Filesystem volume name:   DATA", "Filesystem volume name:   <none>");
    expect(parseDumpe2fs("dumpe2fs -h", none, null)).toMatchObject({ facts: { label: null } });
    expect(parseDumpe2fs("dumpe2fs -h", none, "<none>")).toMatchObject({ facts: { label: "<none>" } });
  });

  test("the size of the journal as it was printed before 1.46, and before 1.41", () => {
    const old = (lines: string) =>
      parseDumpe2fs("dumpe2fs -h", text.replace(/Total journal size:.*\nTotal journal blocks:.*\n/, lines), null);
    const both = "Journal size:             128M\nJournal length:           32768\n";
    expect(old(both)).toMatchObject({ facts: { journal: { bytes: 128 * MIB } } });
    expect(old("Journal size:             4096k\n")).toMatchObject({ facts: { journal: { bytes: 4 * MIB } } });
    expect(old("Journal size:             4096x\n").is).toBe("unknown");
  });
});

test("debugfs says by its words only that it failed", () => {
  const parsed = parseStat("debugfs", "", "debugfs 1.47.0 (5-Feb-2023)\nstat: Filesystem not open\n");
  expect(parsed).toMatchObject({ is: "unknown", failure: { line: "stat: Filesystem not open" } });
});

describe("the probe", () => {
  test("without the tools, and with something to ask, the kind is unknown", async () => {
    const { path } = await scanned(["-t", "ext4"]);
    const probed = await probeExtTunables(scriptedHost({}), await imageInventory(path, 64 * MIB));
    expect(probed).toMatchObject({ is: "unknown", failure: { reason: "missing" } });
  });

  test("without anything to ask, missing tools don't matter", async () => {
    expect(await probeExtTunables(scriptedHost({}), inventoryOf([]))).toEqual({ is: "known", facts: { devices: [] } });
  });

  test("a path of a map isn't asked, its map is", async () => {
    const { path } = await scanned(["-t", "ext4"]);
    const disk = await imageDevice("sda", path, 64 * MIB);
    const map = { ...disk, name: "dm-0", minor: 1, slaves: ["sda"], dm: { name: "mpatha", uuid: "mpath-36005" } };
    const probed = await probeExtTunables(localHost(), inventoryOf([disk, map]));
    expect(probed).toMatchObject({ facts: { devices: [{ device: "dm-0", failures: [] }] } });
  });

  test("a damaged superblock is a loss, and nothing is rebuilt", async () => {
    const { path } = await scanned(["-t", "ext4"]);
    const inventory = await imageInventory(path, 64 * MIB);
    await writeAt(path, 1024, Buffer.alloc(1024, 0xff));
    const layout = await scanImages(inventory, extKind);
    expect(codes(layout)).toEqual(["ext/probe-failed loss"]);
    expect(contentOf(layout).is).toBe("unknown");
    expect(extKind.steps?.(layout)).toEqual({});
  });
});

async function writeAt(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

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
    expect(codes((await scanned(options, debugfs)).layout)).toEqual([finding]);
  });

  test("a label that isn't UTF-8: it is rebuilt without one", async () => {
    const { path } = await scanned(["-t", "ext2", "-L", "latin"]);
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
    const { path } = await scanned(["-t", "ext4", "-b", "1024"]);
    const layout = await scanImages(await imageInventory(path, 32 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/larger-than-device loss", "ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(layout, 32)])).toMatch(/^Block count: +32768$/m);
  });

  test("a journal that is too large for a filesystem that was shrunk becomes smaller", async () => {
    const path = await images.create("shrunk", 256 * MIB);
    await must(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-J", "size=100", path]);
    await must(["resize2fs", "-M", path]);
    const layout = await scanImages(await imageInventory(path, 256 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    const rebuilt = await apply(layout, 256);
    expect(await must(["dumpe2fs", "-h", rebuilt])).toMatch(/^Total journal size: +\d\dM$/m);
  });

  test("room to grow that was used up becomes one block", async () => {
    const path = await images.create("used-up", 300 * MIB);
    await must(["mke2fs", "-q", "-F", "-t", "ext3", "-b", "1024", "-E", "resize=300000", path, "8192"]);
    await must(["resize2fs", path, "300000"]);
    const layout = await scanImages(await imageInventory(path, 300 * MIB), extKind);
    expect(await must(["dumpe2fs", "-h", path])).not.toMatch(/GDT/);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(layout, 300)])).toMatch(/^Reserved GDT blocks: +1$/m);
  });
});

/** Makes the one filesystem of a layout again on a blank image. */
async function apply(layout: Layout, mebibytes: number): Promise<string> {
  const step = extKind.steps?.(layout).steps?.[0];
  if (step === undefined) throw new Error("there is no step");
  const path = await images.create(`rebuilt-${images.next()}`, mebibytes * MIB);
  const paths = new Map([[IMAGE, path]]);
  await applyStep(step, paths, {});
  expect(await failedSignatures(step.done, paths)).toEqual([]);
  return path;
}

/** A recording in which dumpe2fs and debugfs were never asked. */
const silentHost: ProbeHost = {
  ...scriptedHost({}),
  run: async (argv) => ({ argv, outcome: { is: "not-recorded" }, stdout: "", stderr: "" }),
};

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
    const { layout } = await scanned(["-t", "ext2", "-b", "1024"], debugfs);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(layout, 64)])).toMatch(line);
  });

  test("a directory hash without a name", async () => {
    const { path } = await scanned(["-t", "ext2"]);
    // the hash's place in the superblock (ext2_fs.h, s_def_hash_version)
    await writeAt(path, 1024 + 0xfc, Uint8Array.of(77));
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind);
    expect(codes(layout)).toEqual(["ext/not-reproducible warning"]);
    expect(await must(["dumpe2fs", "-h", await apply(layout, 64)])).toMatch(/^Default directory hash: +half_md4$/m);
  });

  test("more blocks reserved than tune2fs takes", async () => {
    const { layout } = await scanned(["-t", "ext2", "-b", "1024"], "ssv r_blocks_count 50000\n");
    expect(codes(layout)).toEqual([]);
    expect(await must(["dumpe2fs", "-h", await apply(layout, 64)])).toMatch(/^Reserved block count: +50000$/m);
  });
});

describe("what wasn't recorded", () => {
  test("type, UUID and label are enough for a filesystem, and a loss says what is missing", async () => {
    const { path } = await scanned(["-t", "ext3", "-L", "DATA"]);
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind, silentHost);
    expect(codes(layout)).toEqual([]);
    expect(extKind.steps?.(layout).findings).toMatchObject([
      { code: "ext/not-recorded", severity: "loss", node: IMAGE },
    ]);
    const rebuilt = await must(["dumpe2fs", "-h", await apply(layout, 64)]);
    expect(rebuilt).toMatch(/^Filesystem features: +has_journal/m);
    expect(rebuilt).not.toMatch(/^Filesystem features:.* extent/m);
  });

  test("a root directory that wasn't recorded is a warning", async () => {
    const { path } = await scanned(["-t", "ext4"]);
    const local = localHost();
    const host: ProbeHost = { ...local, run: (argv) => (argv[0] === "debugfs" ? silentHost : local).run(argv) };
    const layout = await scanImages(await imageInventory(path, 64 * MIB), extKind, host);
    expect(extKind.steps?.(layout).findings).toMatchObject([{ code: "ext/not-recorded", severity: "warning" }]);
    await apply(layout, 64);
  });
});

describe("the step", () => {
  test("nothing is made on a disk that was read-only", async () => {
    const { path } = await scanned(["-t", "ext4"]);
    const device = await imageDevice("image", path, 64 * MIB);
    const layout = await scanImages(inventoryOf([{ ...device, readOnly: true }]), extKind);
    expect(contentOf(layout).is).toBe("filesystem");
    expect(extKind.steps?.(layout)).toEqual({});
  });

  test("it names its device by reference only, needs it whole, and doesn't override a mounted one", async () => {
    const { path, layout } = await scanned(["-t", "ext4"]);
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
    const { layout } = await scanned(["-t", "ext4"], "ssv hash_seed 11111111-2222-3333-4444-555555555555\n");
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
    expect(await must(["dumpe2fs", "-h", await apply(layout, 64)])).toMatch(/^Journal inode: +8$/m);
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
    const { layout } = await scanned(["-t", "ext4", "-L", "-q", "-E", "stride=3"]);
    const options = extKind.steps?.(layout).tools?.flatMap((tool) => tool.options ?? []) ?? [];
    const whole = options.find(({ option }) => option === "all that lun:image needs");
    expect(await answer(whole?.help ?? [])).toContain(whole?.says);
    const refused = whole?.help.map((arg) => arg.replace("stride=3", "strade=3")) ?? [];
    expect(await answer(refused)).not.toContain("OS type:");
  });
});

test("the table of fields has a row for everything in the detail", async () => {
  const { layout } = await scanned(["-t", "ext4", "-O", "mmp"]);
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
