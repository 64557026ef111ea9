import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import { decodeName, encodeName, isWritableName } from "../../src/kinds/partition-table/partition-name.js";
import { compare } from "../../src/layout/compare.js";
import {
  blankImage,
  dumpOf,
  failedSignatures,
  imageDirectory,
  makeTable,
  runOnImage,
  scanImage,
  tool,
} from "./partition-table-images.js";

const MIB = 1024 * 1024;
const images = imageDirectory();
afterAll(() => images.remove());

const GUID = "label-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539";
const LINUX = "type=0FC63DAF-8483-4772-8E79-3D69D8477DE4";
const EFI = "type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
const BIOS = "type=21686148-6449-6E6F-744E-656564454649";
const LVM = "type=E6D6D379-F507-44C2-A23C-238F2A3DF928";
const uuid = (n: number) => `uuid=4DD6948A-44F8-4E6C-8BDC-${n.toString(16).toUpperCase().padStart(12, "0")}`;
const many = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, i) => line(i + 1));

interface Case {
  readonly name: string;
  readonly mib: number;
  readonly script: readonly string[];
  /** Set the protective MBR's flag too. */
  readonly pmbrBoot?: true;
}

const CASES: readonly Case[] = [
  { name: "gpt, empty", mib: 10, script: ["label: gpt", GUID] },
  { name: "gpt, one partition", mib: 100, script: ["label: gpt", GUID, "", `1 : start=2048, ${LINUX}, ${uuid(1)}`] },
  {
    name: "gpt of a server: BIOS boot, EFI, boot, LVM, with names",
    mib: 4096,
    script: [
      "label: gpt",
      GUID,
      "",
      `1 : start=2048, size=2048, ${BIOS}, ${uuid(1)}, name="BIOS boot partition"`,
      `2 : start=4096, size=204800, ${EFI}, ${uuid(2)}, name="EFI System Partition", attrs="RequiredPartition"`,
      `3 : start=208896, size=1048576, ${LINUX}, ${uuid(3)}, name="boot", attrs="LegacyBIOSBootable"`,
      `4 : start=1257472, ${LVM}, ${uuid(4)}, name="lvm"`,
    ],
  },
  {
    name: "gpt, gaps in the numbers",
    mib: 100,
    script: [
      "label: gpt",
      GUID,
      ...[3, 17, 128].map((n) => `${n} : start=${n * 1024}, size=512, ${LINUX}, ${uuid(n)}`),
    ],
  },
  {
    name: "gpt, numbers not in the order of places",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      ...[4, 1, 3, 2].map((n, at) => `${n} : start=${2048 + at * 4096}, size=4096, ${LINUX}, ${uuid(n)}`),
    ],
  },
  {
    name: "gpt, all attributes",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      `1 : start=2048, size=2048, ${LINUX}, ${uuid(1)}, attrs="RequiredPartition NoBlockIOProtocol LegacyBIOSBootable GUID:48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63"`,
      `2 : start=4096, size=2048, ${LINUX}, ${uuid(2)}, attrs="GUID:63"`,
      `3 : start=6144, size=2048, ${LINUX}, ${uuid(3)}, attrs="NoBlockIOProtocol GUID:48"`,
    ],
  },
  {
    name: "gpt, names that want quoting",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      ...[
        "a b",
        " leading and trailing ",
        'quo\\x22te", attrs=\\x22GUID:63',
        "back\\x5cslash \\x5cx41",
        "dollar $(id) `id`",
        "caf\\xc3\\xa9 \\xe6\\x97\\xa5\\xe6\\x9c\\xac",
        "new\\x0aline",
        "comma, equals=, semi;",
        "#hash",
      ].map((name, at) =>
        [
          `${at + 1} : start=${2048 * (at + 1)}, size=2048, ${LINUX}, ${uuid(at + 1)}`,
          `name="${name.replace('",', "\\x22,")}"`,
        ].join(", "),
      ),
    ],
  },
  {
    name: "gpt, a name of 36 characters",
    mib: 64,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, ${LINUX}, ${uuid(1)}, name="${"x".repeat(36)}"`],
  },
  {
    name: "gpt, first-lba 34",
    mib: 64,
    script: ["label: gpt", GUID, "first-lba: 34", `1 : start=34, size=2014, ${BIOS}, ${uuid(1)}`],
  },
  {
    name: "gpt, partitions at odd sectors",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      "first-lba: 34",
      `1 : start=63, size=1001, ${LINUX}, ${uuid(1)}`,
      `2 : start=1065, size=1, ${LINUX}, ${uuid(2)}`,
      `3 : start=1067, size=7777, ${LINUX}, ${uuid(3)}`,
    ],
  },
  {
    name: "gpt, last-lba before the end",
    mib: 64,
    script: ["label: gpt", GUID, "last-lba: 100000", `1 : start=2048, ${LINUX}, ${uuid(1)}`],
  },
  {
    name: "gpt, 4 entries",
    mib: 64,
    script: ["label: gpt", GUID, "table-length: 4", `2 : start=2048, size=4096, ${LINUX}, ${uuid(2)}`],
  },
  {
    name: "gpt, 256 entries",
    mib: 64,
    script: ["label: gpt", GUID, "table-length: 256", `200 : start=2048, size=4096, ${LINUX}, ${uuid(200)}`],
  },
  {
    name: "gpt, 128 partitions",
    mib: 512,
    script: ["label: gpt", GUID, ...many(128, (n) => `${n} : start=${2048 * n}, size=2048, ${LINUX}, ${uuid(n)}`)],
  },
  {
    name: "gpt, 8 TiB",
    mib: 8 * MIB,
    script: ["label: gpt", GUID, `1 : start=2048, size=4294967296, ${LINUX}, ${uuid(1)}`, `2 : ${LINUX}, ${uuid(2)}`],
  },
  {
    name: "gpt with the protective MBR's flag",
    mib: 64,
    pmbrBoot: true,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, ${BIOS}, ${uuid(1)}`],
  },
  {
    name: "gpt, an unknown type",
    mib: 64,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, type=DEADBEEF-0000-4000-8000-0123456789AB, ${uuid(1)}`],
  },
  { name: "dos, empty", mib: 10, script: ["label: dos", "label-id: 0x1ddc8a79"] },
  {
    name: "dos, one active partition",
    mib: 100,
    script: ["label: dos", "label-id: 0x1ddc8a79", "1 : start=2048, type=83, bootable"],
  },
  {
    name: "dos of a server: boot, swap, LVM",
    mib: 4096,
    script: [
      "label: dos",
      "label-id: 0x000cafe0",
      "1 : start=2048, size=1048576, type=83, bootable",
      "2 : start=1050624, size=2097152, type=82",
      "3 : start=3147776, type=8e",
    ],
  },
  {
    name: "dos, four primary, two active",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0xffffffff",
      ...many(4, (n) => `${n} : start=${n * 4096}, size=4096, type=83${n % 2 ? ", bootable" : ""}`),
    ],
  },
  {
    name: "dos, gaps in the numbers",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "2 : start=2048, size=2048, type=83",
      "4 : start=8192, size=2048, type=fd",
    ],
  },
  {
    name: "dos, numbers not in the order of places",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=8192, size=2048, type=83",
      "2 : start=2048, size=2048, type=7",
    ],
  },
  {
    name: "dos, signature zero",
    mib: 64,
    script: ["label: dos", "label-id: 0x00000000", "1 : start=2048, size=2048, type=83"],
  },
  {
    name: "dos, extended and logical",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=20480, type=83, bootable",
      "2 : start=22528, size=204800, type=5",
      "5 : start=24576, size=20480, type=83",
      "6 : start=47104, size=20480, type=8e",
      "7 : start=69632, size=20480, type=82",
    ],
  },
  {
    name: "dos, LBA extended as 4, logical ones close behind their EBR and out of order",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "2 : start=63, size=1985, type=83, bootable",
      "4 : start=4096, size=400000, type=f",
      "5 : start=4097, size=1000, type=83",
      "6 : start=30000, size=1000, type=82",
      "7 : start=20000, size=1000, type=8e",
    ],
  },
  {
    name: "dos, Linux extended, 40 logical ones",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, type=85",
      ...many(40, (n) => `${n + 4} : start=${2048 + n * 4096}, size=2048, type=83`),
    ],
  },
  {
    name: "dos, empty extended",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=2048, type=83",
      "2 : start=4096, size=8192, type=5",
    ],
  },
  {
    name: "dos, from sector 1, sizes of one sector",
    mib: 64,
    script: ["label: dos", "label-id: 0x12345678", "1 : start=1, size=1, type=41", "2 : start=3, size=60, type=da"],
  },
  {
    name: "dos, cylinders of old: 63 sectors",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=63, size=16002, type=83, bootable",
      "2 : start=16065, size=16065, type=5",
      "5 : start=16128, size=16002, type=83",
    ],
  },
  {
    name: "dos, unusual types",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=2048, type=39",
      "2 : start=4096, size=2048, type=ef",
      "3 : start=6144, size=2048, type=0",
      "4 : start=8192, size=2048, type=1b",
    ],
  },
  {
    name: "dos, 2 TiB",
    mib: 2 * MIB,
    script: ["label: dos", "label-id: 0x12345678", "1 : start=2048, size=4294965247, type=83"],
  },
];

describe("a table is read, made again on another disk, and read again", () => {
  test.each(CASES)("$name", async ({ name, mib, script, pmbrBoot }) => {
    const bytes = mib * MIB;
    const file = name.replace(/[^a-z0-9]/g, "-");
    const original = blankImage(join(images.path, `${file}-a`), bytes);
    makeTable(original, `${script.join("\n")}\n`);
    if (pmbrBoot) tool(["sfdisk", "--no-reread", "--no-tell-kernel", "--activate", original, "1"]);
    const recorded = await scanImage(original, bytes);
    const part = partitionTableKind.steps?.(recorded);
    expect(part?.steps).toHaveLength(1);
    expect(recorded.findings.filter(({ severity }) => severity === "loss")).toEqual([]);

    const copy = blankImage(join(images.path, `${file}-b`), bytes);
    // the new disk was in use before: other tables, and a file system where a partition will be
    makeTable(copy, "label: gpt\n1 : start=2048, size=4096\n");
    runOnImage(part?.steps?.[0]?.run ?? [], copy, part?.files ?? []);

    expect(dumpOf(copy)).toBe(dumpOf(original));
    const rebuilt = await scanImage(copy, bytes);
    expect(compare(recorded, rebuilt, [partitionTableKind], { when: "diskinit" })).toEqual([]);
    expect(failedSignatures(part?.steps?.[0]?.done ?? [], copy)).toEqual([]);
  });
});

test("what lay where a partition begins doesn't show through", async () => {
  const bytes = 64 * MIB;
  const used = blankImage(join(images.path, "used"), bytes);
  tool(["mke2fs", "-q", "-F", "-E", `offset=${MIB}`, used, "10240"]);
  const recorded = await (async () => {
    const original = blankImage(join(images.path, "original"), bytes);
    makeTable(original, `label: gpt\n${GUID}\n1 : start=2048, ${LINUX}, ${uuid(1)}\n`);
    return scanImage(original, bytes);
  })();
  expect(tool(["blkid", "-p", "-O", String(MIB), "-s", "TYPE", "-o", "value", used])).toBe("ext2\n");
  const part = partitionTableKind.steps?.(recorded);
  runOnImage(part?.steps?.[0]?.run ?? [], used, part?.files ?? []);
  expect(() => tool(["blkid", "-p", "-O", String(MIB), used])).toThrow(": 2 ");
});

describe("names", () => {
  const long = process.env.BMR_TEST_LONG !== undefined;
  const character = fc.oneof(
    fc.integer({ min: 1, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0xffff }),
    fc.constantFrom(...[...'"\\ $`,;=#:\n\t'].map((c) => c.codePointAt(0) as number)),
  );
  const nameOf = (codes: readonly number[]) => String.fromCodePoint(...codes);

  test("any name that can be written comes back, with any attributes", async () => {
    const image = blankImage(join(images.path, "names"), 64 * MIB);
    const partition = fc.record({
      name: fc.array(character, { minLength: 1, maxLength: 36 }).map(nameOf),
      bits: fc.subarray([0, 1, 2, ...Array.from({ length: 16 }, (_, i) => 48 + i)]),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(partition, { minLength: 1, maxLength: 4 }), async (partitions) => {
        makeTable(
          image,
          `label: gpt\n${GUID}\n${many(partitions.length, (n) => `${n} : start=${n * 2048}, size=2048, ${LINUX}, ${uuid(n)}`).join("\n")}\n`,
        );
        const layout = await scanImage(image, 64 * MIB);
        const named = {
          ...layout,
          nodes: layout.nodes.map((node) =>
            node.role === "partition"
              ? {
                  ...node,
                  detail: {
                    ...node.detail,
                    name: partitions[node.number - 1]?.name,
                    attributes: partitions[node.number - 1]?.bits,
                  },
                }
              : node,
          ),
        };
        const part = partitionTableKind.steps?.(named);
        runOnImage(part?.steps?.[0]?.run ?? [], image, part?.files ?? []);
        const again = await scanImage(image, 64 * MIB);
        expect(compare(named, again, [partitionTableKind], { when: "diskinit" })).toEqual([]);
      }),
      { numRuns: long ? 500 : 15 },
    );
  });

  test("decoding undoes encoding", () => {
    fc.assert(
      fc.property(fc.array(character, { maxLength: 36 }).map(nameOf), (name) => {
        expect(encodeName(name)).toMatch(/^[ -~]*$/);
        expect(decodeName(encodeName(name))).toBe(name);
      }),
    );
  });

  test("sfdisk drops a name beyond the BMP without a word, so it isn't writable", async () => {
    const image = blankImage(join(images.path, "bmp"), 10 * MIB);
    makeTable(image, `label: gpt\n${GUID}\n1 : start=2048, size=2048, ${LINUX}, name="a😀"\n`);
    expect(dumpOf(image)).not.toContain("name=");
    expect(isWritableName("a😀")).toBe(false);
    expect(isWritableName("é日本")).toBe(true);
    expect(isWritableName("x".repeat(37))).toBe(false);
    expect(isWritableName("\udced")).toBe(false);
  });
});
