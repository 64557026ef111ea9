import { open } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProbeHost, ReadResult } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import { SwapConfigSchema, SwapDetailSchema, swapKind } from "../../src/kinds/swap/index.js";
import { parseSwapLines } from "../../src/kinds/swap/parse-fstab.js";
import { parseHeader } from "../../src/kinds/swap/parse-header.js";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import { isBlockNode, type Layout } from "../../src/layout/layout.js";
import { parseSwaps } from "../../src/layout/proc-swaps.js";
import { applyStep, IMAGE, type Images, imageDevice, must, newImages, scanImages } from "./ext-images.js";

const MIB = 1024 * 1024;
const UUID = "44df732a-0dfb-4544-9d77-2dd4922f70de";
const HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

let images: Images;
/** A device with a swap area made by mkswap. */
let swap: BlockDevice;

beforeAll(async () => {
  images = await newImages();
  const path = await images.create("image", 8 * MIB);
  await must(["mkswap", "--quiet", "--uuid", UUID, "--label", "SWAP", path]);
  swap = { ...(await imageDevice("image", path, 8 * MIB)), links: ["/dev/disk/by-partuuid/12ab-02"] };
});

afterAll(() => images.remove());

/** This machine, but for some files; what isn't named of them isn't there. */
function hostWith(files: Readonly<Record<string, string | ReadResult>>): ProbeHost {
  const local = localHost();
  return {
    ...local,
    read: async (path, options) => {
      const file = files[path];
      if (typeof file === "string") return { is: "file", content: file };
      if (file !== undefined) return file;
      return path.startsWith("/proc/") || path.startsWith("/etc/") ? { is: "absent" } : local.read(path, options);
    },
  };
}

const scan = (devices: readonly BlockDevice[], files: Readonly<Record<string, string | ReadResult>>) =>
  scanImages(inventoryOf(devices), swapKind, hostWith(files));

function contentOf(layout: Layout) {
  const [node] = layout.nodes.filter(isBlockNode);
  if (node === undefined) throw new Error("there is no node");
  return node.content;
}

const codes = (layout: Layout) => layout.findings.map(({ code, severity }) => `${code} ${severity}`);

describe("/proc/swaps", () => {
  test("partitions and files, with blanks in their names", () => {
    const lines =
      "/dev/dm-1                               partition\t16380\t\t0\t\t-2\n/a\\040b\\134c file\t1024\t\t8\t\t10\n";
    expect(parseSwaps(HEAD + lines)).toEqual({
      is: "known",
      facts: [
        { path: "/dev/dm-1", type: "partition", usableBytes: 16380 * 1024, priority: -2 },
        { path: "/a b\\c", type: "file", usableBytes: MIB, priority: 10 },
      ],
    });
  });

  test.each(["", HEAD])("%j is no swap", (text) => {
    expect(parseSwaps(text)).toEqual({ is: "known", facts: [] });
  });

  test.each(["Filename Type\n", `${HEAD}/dev/sda2 partition 12\n`, `${HEAD}/dev/sda2 tape 1 2 3\n`])(
    "%j is a failure",
    (text) => {
      expect(parseSwaps(text)).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output" } });
    },
  );
});

test("of fstab only the lines of swap are read", () => {
  const text = `# swap\n/dev/sda1 / ext4 defaults 0 1\nLABEL="SWAP"\tnone swap sw,pri=10 0 0\n/a\\040b none swap\n\n`;
  expect(parseSwapLines(text)).toEqual([
    { spec: "LABEL=SWAP", options: ["sw", "pri=10"] },
    { spec: "/a b", options: ["defaults"] },
  ]);
});

describe("the header", () => {
  /** Typed by hand: what mkswap writes on a machine of the other byte order. */
  function header(version: number, isLittle: boolean): Uint8Array {
    const bytes = new Uint8Array(65536);
    const view = new DataView(bytes.buffer);
    view.setUint32(1024, version, isLittle);
    view.setUint32(1028, 99, isLittle);
    view.setUint32(1032, 3, isLittle);
    bytes.set(Buffer.from("SWAPSPACE2"), 65526);
    return bytes;
  }

  test("of a machine of the other byte order", () => {
    expect(parseHeader("/dev/sda2", header(1, false))).toMatchObject({
      facts: { pageBytes: 65536, bytes: 100 * 65536, byteOrder: "big", badPages: 3, uuid: null, label: null },
    });
  });

  test("of another version is a failure", () => {
    expect(parseHeader("/dev/sda2", header(7, true)).is).toBe("unknown");
  });

  test("of kernels before 2.2 is a failure", () => {
    const bytes = new Uint8Array(4096);
    bytes.set(Buffer.from("SWAP-SPACE"), 4086);
    expect(parseHeader("/dev/sda2", bytes)).toMatchObject({ is: "unknown", failure: { source: "/dev/sda2" } });
  });

  test("that isn't there", () => {
    expect(parseHeader("/dev/sda2", new Uint8Array(65536))).toEqual({ is: "known", facts: null });
    expect(parseHeader("/dev/sda2", new Uint8Array(3))).toEqual({ is: "known", facts: null });
  });
});

describe("the scan", () => {
  test.each(["UUID=44DF732A-0dfb-4544-9d77-2dd4922f70de", "LABEL=SWAP", "PARTUUID=12AB-02", "PATH"])(
    "swap that is on and that fstab names by %s",
    async (name) => {
      const spec = name === "PATH" ? swap.path : name;
      const layout = await scan([swap], {
        "/proc/swaps": `${HEAD}${swap.path} partition 8188 0 5\n`,
        "/etc/fstab": `${spec} none swap sw,pri=5 0 0\n`,
      });
      expect(codes(layout)).toEqual([]);
      const content = contentOf(layout);
      expect(content).toMatchObject({ is: "swap", uuid: UUID, label: "SWAP" });
      expect(content.is === "swap" && SwapDetailSchema.parse(JSON.parse(JSON.stringify(content.detail)))).toEqual({
        pageBytes: 4096,
        bytes: 8 * MIB,
        byteOrder: "little",
        badPages: 0,
        hibernated: false,
        active: true,
        priority: 5,
        fstab: { spec, options: ["sw", "pri=5"] },
      });
    },
  );

  test("swap that is off is rebuilt all the same, whether fstab names it or not", async () => {
    const off = await scan([swap], { "/proc/swaps": HEAD, "/etc/fstab": "LABEL=SWAP none swap sw 0 0\n" });
    expect(off.findings).toMatchObject(
      [{ code: "swap/off", severity: "note", message: /\/etc\/fstab names it/ }].map((finding) => ({
        ...finding,
        message: expect.stringMatching(finding.message),
      })),
    );
    const forgotten = await scan([swap], { "/proc/swaps": HEAD });
    expect(codes(forgotten)).toEqual(["swap/off note"]);
    expect(swapKind.steps?.(forgotten).steps).toHaveLength(1);
  });

  test("what fstab names and isn't there", async () => {
    const layout = await scan([swap], {
      "/etc/fstab": "UUID=0000 none swap sw 0 0\n",
      "/proc/swaps": { is: "not-recorded" },
    });
    expect(codes(layout)).toEqual(["swap/fstab-unresolved warning"]);
    expect(contentOf(layout)).toMatchObject({ detail: { active: null, fstab: null } });
  });

  test("swap files are recorded, and said not to come back", async () => {
    const layout = await scan([], {
      "/proc/swaps": `${HEAD}/swap\\040file file 1020 0 -2\n`,
      "/etc/fstab": "/swap\\040file none swap sw 0 0\n/other swap swap defaults 0 0\n",
    });
    expect(codes(layout)).toEqual(["swap/file warning", "swap/file warning"]);
    expect(SwapConfigSchema.parse(layout.config.swap)).toEqual({
      files: [
        {
          path: "/other",
          usableBytes: null,
          active: false,
          priority: null,
          fstab: { spec: "/other", options: ["defaults"] },
        },
        {
          path: "/swap file",
          usableBytes: 1020 * 1024,
          active: true,
          priority: -2,
          fstab: { spec: "/swap file", options: ["sw"] },
        },
      ],
    });
  });

  test("swap in compressed memory is a note", async () => {
    const zram = { ...swap, name: "zram0", path: "/dev/zram0", links: [] };
    const layout = await scan([zram], { "/proc/swaps": `${HEAD}/dev/zram0 partition 1020 0 100\n` });
    expect(codes(layout)).toContain("swap/passing note");
    expect(swapKind.steps?.(layout)).toEqual({});
  });

  test("a path of a map isn't asked, its map is", async () => {
    const map = { ...swap, name: "dm-0", minor: 1, slaves: ["image"], dm: { name: "mpatha", uuid: "mpath-36005" } };
    const layout = await scan([swap, map], { "/proc/swaps": `${HEAD}/dev/mapper/mpatha partition 8188 0 5\n` });
    const contents = layout.nodes.filter(isBlockNode).map(({ content }) => content.is);
    // this test has no multipath kind that would claim the path
    expect(contents).toEqual(["swap", "foreign"]);
  });

  test("a file that can't be read is said", async () => {
    const layout = await scan([swap], { "/etc/fstab": { is: "denied", reason: "EACCES" }, "/proc/swaps": HEAD });
    expect(codes(layout)).toEqual(["swap/probe-denied warning", "swap/off note"]);
  });

  test("lines of /proc/swaps that aren't understood make the kind unknown", async () => {
    const layout = await scan([swap], { "/proc/swaps": "???\n" });
    expect(codes(layout)).toContain("swap/probe-unexpected-output loss");
  });
});

describe("a header that can't be read", () => {
  test("leaves what blkid says, and a warning", async () => {
    const layout = await scan([swap], {
      "/proc/swaps": { is: "not-recorded" },
      [swap.path]: { is: "denied", reason: "EACCES" },
    });
    expect(codes(layout)).toEqual(["swap/probe-denied warning"]);
    expect(contentOf(layout)).toMatchObject({ uuid: UUID, label: "SWAP", detail: { pageBytes: null, bytes: null } });
    const { steps, findings } = swapKind.steps?.(layout) ?? {};
    expect(findings).toMatchObject([{ code: "swap/not-recorded", severity: "warning" }]);
    const path = await images.create("again", 8 * MIB);
    if (steps?.[0] !== undefined) await applyStep(steps[0], new Map([[IMAGE, path]]), {});
    expect(await must(["blkid", "-p", "-s", "UUID", "-o", "value", path])).toBe(`${UUID}\n`);
  });

  test("where nothing else is known either, is a loss of UUID and label", async () => {
    const bare = { ...swap, signature: null };
    const files = {
      "/proc/swaps": `${HEAD}${swap.path} partition 8188 0 5\n`,
      [swap.path]: { is: "not-recorded" } as const,
    };
    const { steps, findings } = swapKind.steps?.(await scan([bare], files)) ?? {};
    expect(findings).toMatchObject([{ code: "swap/not-recorded", severity: "loss" }]);
    expect(JSON.stringify(steps?.[0]?.run)).not.toContain("--uuid");
  });

  test("of a kind that no kernel takes is a loss, and nothing is rebuilt", async () => {
    const path = await images.create("old", 8 * MIB);
    const file = await open(path, "r+");
    await file.write(Buffer.from("SWAP-SPACE"), 0, 10, 4086);
    await file.close();
    const layout = await scan([await imageDevice("image", path, 8 * MIB)], { "/proc/swaps": HEAD });
    expect(codes(layout)).toEqual(["swap/probe-unexpected-output loss"]);
    expect(swapKind.steps?.(layout)).toEqual({});
  });
});

describe("the step", () => {
  test("nothing is made on a disk that was read-only", async () => {
    expect(swapKind.steps?.(await scan([{ ...swap, readOnly: true }], {}))).toEqual({});
  });

  test("a label that isn't UTF-8 is a loss, and the area is rebuilt without one", async () => {
    const path = await images.create("latin", 8 * MIB);
    await must(["mkswap", "--quiet", "--label", "x", path]);
    const file = await open(path, "r+");
    await file.write(Buffer.from("B\xfcro\0", "latin1"), 0, 5, 1052);
    await file.close();
    const layout = await scan([await imageDevice("image", path, 8 * MIB)], { "/proc/swaps": { is: "not-recorded" } });
    expect(codes(layout)).toEqual(["swap/label-not-text loss"]);
    expect(JSON.stringify(swapKind.steps?.(layout).steps)).not.toContain("--label");
  });

  test("it is stopped where the device is in use, or too small", async () => {
    const [step] = swapKind.steps?.(await scan([swap], {})).steps ?? [];
    expect(step).toMatchObject({
      id: "make-swap:lun:image",
      destroys: [IMAGE],
      needs: ["device:lun:image"],
      provides: ["content:lun:image"],
      before: [
        { is: "device", device: IMAGE },
        { is: "size", device: IMAGE, least: 8 * MIB },
        { is: "swap", device: IMAGE, active: false },
      ],
    });
  });
});

test("the table of fields has a row for everything in the detail", async () => {
  const content = contentOf(await scan([swap], {}));
  const paths = swapKind.fields.map((field) => field.path);
  const names = content.is === "swap" ? Object.keys(content.detail) : [];
  expect(names.filter((name) => !paths.includes(`detail.${name}`))).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
});
