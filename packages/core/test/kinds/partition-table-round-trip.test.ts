import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import { decodeName, encodeName, isWritableName } from "../../src/kinds/partition-table/partition-name.js";
import { compare } from "../../src/layout/compare.js";
import { CASES, GUID, LINUX, many, uuid } from "./partition-table-cases.js";
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

describe.skipIf(lacks("sfdisk"))("a table is read, made again on another disk, and read again", () => {
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

test.skipIf(lacks("sfdisk"))("what lay where a partition begins doesn't show through", async () => {
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

  test.skipIf(lacks("sfdisk"))("any name that can be written comes back, with any attributes", async () => {
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

  test.skipIf(lacks("sfdisk"))("sfdisk drops a name beyond the BMP without a word, so it isn't writable", async () => {
    const image = blankImage(join(images.path, "bmp"), 10 * MIB);
    makeTable(image, `label: gpt\n${GUID}\n1 : start=2048, size=2048, ${LINUX}, name="a😀"\n`);
    expect(dumpOf(image)).not.toContain("name=");
    expect(isWritableName("a😀")).toBe(false);
    expect(isWritableName("é日本")).toBe(true);
    expect(isWritableName("x".repeat(37))).toBe(false);
    expect(isWritableName("\udced")).toBe(false);
  });
});
