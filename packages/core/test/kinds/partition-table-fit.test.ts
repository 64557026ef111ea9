import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import { compare } from "../../src/layout/compare.js";
import { fitLayout } from "../../src/layout/fit.js";
import type { FitSource } from "../../src/layout/fit-source.js";
import type { Content, Layout, PartitionNode } from "../../src/layout/layout.js";
import { CASES, GUID, LINUX, many, uuid } from "./partition-table-cases.js";
import { nodeOf } from "./partition-table-fixture.js";
import { blankImage, imageDirectory, makeTable, runOnImage, scanImage, tool } from "./partition-table-images.js";

const MIB = 1024 * 1024;
const images = imageDirectory();
afterAll(() => images.remove());

/** Stands for a kind whose filesystems take any size: what is on a partition isn't this kind's business. */
const elastic: FitSource = {
  kind: "elastic",
  fit: { grows: () => true, least: () => ({ is: "known", bytes: MIB }), content: () => ({}) },
};
const SOURCES = [partitionTableKind, elastic];
const DISK = "disk:sda";

/** The layout with something on each partition that isn't a container. */
function filled(layout: Layout, content: Content): Layout {
  const nodes = layout.nodes.map((node) =>
    node.role === "partition" && node.content.is !== "extended" ? { ...node, content } : node,
  );
  return { ...layout, nodes };
}

const FILES: Content = { is: "filesystem", kind: "elastic", type: "x", uuid: null, label: null, detail: {} };
const PV: Content = { is: "pv", kind: "elastic", uuid: "x", group: null, detail: {} };

function partitions(layout: Layout): PartitionNode[] {
  return layout.nodes.filter((node): node is PartitionNode => node.role === "partition");
}

function fit(layout: Layout, bytes: number, resize = false): ReturnType<typeof fitLayout> {
  return fitLayout(layout, new Map([[DISK as PartitionNode["id"], bytes]]), SOURCES, { resize });
}

/** What must hold of every table: nothing beyond the disk, nothing overlapping, logical ones in their container. */
function faults(layout: Layout): string[] {
  const disk = nodeOf(layout, DISK);
  const bytes = disk?.role === "disk" ? (disk.bytes ?? 0) : 0;
  const all = partitions(layout).map((one) => ({ ...one, end: one.startBytes + (one.bytes ?? 0) }));
  const container = all.find(({ content }) => content.is === "extended");
  const isLogical = ({ number }: { number: number }) => container !== undefined && number > 4;
  const overlaps = all.flatMap((a) =>
    all
      .filter((b) => b.number > a.number && isLogical(a) === isLogical(b))
      .filter((b) => a.startBytes < b.end && b.startBytes < a.end)
      .map((b) => `${a.number} overlaps ${b.number}`),
  );
  return [
    ...overlaps,
    ...all.filter(({ end }) => end > bytes).map(({ number }) => `${number} ends beyond the disk`),
    ...all
      .filter((one) => isLogical(one) && one.end > (container?.end ?? 0))
      .map(({ number }) => `${number} is outside`),
  ];
}

describe.skipIf(lacks("sfdisk"))("a fitted table is one that sfdisk makes, and reads back as it was announced", () => {
  const others = [-5 * MIB, -512, 512, 64 * MIB];
  test.each(CASES)("$name", async ({ name, mib, script, pmbrBoot }) => {
    const bytes = mib * MIB;
    const file = name.replace(/[^a-z0-9]/g, "-");
    const original = blankImage(join(images.path, `${file}-a`), bytes);
    makeTable(original, `${script.join("\n")}\n`);
    if (pmbrBoot) tool(["sfdisk", "--no-reread", "--no-tell-kernel", "--activate", original, "1"]);
    const recorded = filled(await scanImage(original, bytes), FILES);
    let made = 0;
    for (const [at, more] of others.entries()) {
      if (bytes + more < 2 * MIB) continue;
      for (const resize of [false, true]) {
        const { layout, problems } = fit(recorded, bytes + more, resize);
        if (problems.length > 0) continue;
        made += 1;
        expect(faults(layout)).toEqual([]);
        const copy = blankImage(join(images.path, `${file}-${at}-${resize}`), bytes + more);
        const part = partitionTableKind.steps?.(layout);
        runOnImage(part?.steps?.[0]?.run ?? [], copy, part?.files ?? []);
        const rebuilt = filled(await scanImage(copy, bytes + more), FILES);
        expect(compare(layout, rebuilt, [partitionTableKind], { when: "diskinit" })).toEqual([]);
        expect(rebuilt.findings.map(({ code }) => code)).not.toContain("partition-table/backup-header");
        tool(["rm", copy]);
      }
    }
    // a larger disk is always good
    expect(made).toBeGreaterThanOrEqual(4);
  });
});

/** A table on 100 MiB, scanned. */
async function scanned(name: string, script: readonly string[]): Promise<Layout> {
  const image = blankImage(join(images.path, name), 100 * MIB);
  makeTable(image, `${script.join("\n")}\n`);
  return scanImage(image, 100 * MIB);
}

const GPT = [
  "label: gpt",
  GUID,
  `1 : start=2048, size=40960, ${LINUX}, ${uuid(1)}`,
  `2 : start=43008, ${LINUX}, ${uuid(2)}`,
];

describe.skipIf(lacks("sfdisk"))("the rule", () => {
  test("the same disk changes nothing, and gives the very layout back", async () => {
    const layout = await scanned("same", GPT);
    expect(fit(layout, 100 * MIB, true)).toEqual({ layout, changes: [], problems: [] });
    expect(fit(layout, 100 * MIB, true).layout).toBe(layout);
  });

  test("a larger disk keeps all partitions; the range that they may use ends where the table's copy begins", async () => {
    const layout = filled(await scanned("larger", GPT), FILES);
    const { layout: fitted, changes } = fit(layout, 164 * MIB);
    expect(partitions(fitted)).toEqual(partitions(layout));
    expect(changes.map(({ node, what }) => [node, what])).toEqual([
      [DISK, "disk"],
      [DISK, "gpt table"],
    ]);
    const disk = nodeOf(fitted, DISK);
    expect(disk?.role === "disk" && disk.content).toMatchObject({ detail: { usableEndBytes: 164 * MIB - 33 * 512 } });
  });

  test("with --resize the last partition fills it, to a whole MiB", async () => {
    const layout = filled(await scanned("grown", GPT), FILES);
    const { layout: fitted, changes } = fit(layout, 164 * MIB + 512, true);
    expect(partitions(fitted).map(({ startBytes, bytes }) => [startBytes, bytes])).toEqual([
      [MIB, 20 * MIB],
      [21 * MIB, 142 * MIB],
    ]);
    expect(changes.at(-1)).toMatchObject({ what: "partition", bytes: 142 * MIB });
    expect(fit(fitted, 164 * MIB + 512, true)).toMatchObject({ changes: [], problems: [] });
  });

  test("a smaller disk is refused, and --resize is named where it helps", async () => {
    const layout = filled(await scanned("smaller", GPT), FILES);
    const [problem, ...more] = fit(layout, 99 * MIB).problems;
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: "too-small", node: DISK, remedy: expect.stringMatching(/^--resize /) });
    expect(problem?.message).toContain(`part:${DISK}/2 ends at byte`);
    const { layout: cut, problems } = fit(layout, 99 * MIB, true);
    expect(problems).toEqual([]);
    expect(partitions(cut)[1]).toMatchObject({ startBytes: 21 * MIB, bytes: 77 * MIB });
    // not even the start of the last one is there
    expect(fit(layout, 21 * MIB, true).problems[0]?.remedy).not.toContain("--resize");
  });

  test("a partition with a physical volume is cut without being asked: its volumes keep their sizes", async () => {
    const layout = filled(await scanned("pv", GPT), PV);
    const { layout: cut, problems } = fit(layout, 100 * MIB - 512);
    expect(problems).toEqual([]);
    expect(partitions(cut)[1]?.bytes).toBe(78 * MIB);
  });

  test("what can't become smaller keeps its partition from being cut, and what doesn't grow from growing", async () => {
    const layout = filled(await scanned("foreign", GPT), { is: "foreign", type: "xfs", uuid: null, label: null });
    expect(fit(layout, 99 * MIB, true).problems).toMatchObject([{ code: "cannot-shrink", node: `part:${DISK}/2` }]);
    expect(partitions(fit(layout, 164 * MIB, true).layout)).toEqual(partitions(layout));
  });

  test("the container goes with the last logical partition", async () => {
    const script = [
      "label: dos",
      "label-id: 0x1ddc8a79",
      "1 : start=2048, size=20480, type=83",
      "2 : start=22528, type=5",
      "5 : start=24576, size=20480, type=83",
      "6 : start=47104, type=83",
    ];
    const layout = filled(await scanned("logical", script), FILES);
    const ends = (from: Layout) => partitions(from).map((one) => (one.startBytes + (one.bytes ?? 0)) / MIB);
    expect(ends(layout)).toEqual([11, 100, 22, 100]);
    expect(ends(fit(layout, 130 * MIB, true).layout)).toEqual([11, 130, 22, 130]);
    expect(ends(fit(layout, 60 * MIB, true).layout)).toEqual([11, 60, 22, 60]);
    expect(fit(layout, 23 * MIB, true).problems).toMatchObject([{ code: "too-small" }]);
  });

  test("a range that was narrowed on purpose, or left when the disk had been enlarged, stays where it can", async () => {
    const layout = filled(await scanned("narrow", [...GPT.slice(0, 2), "last-lba: 100000", GPT[2] as string]), FILES);
    const usable = (bytes: number) => {
      const disk = nodeOf(fit(layout, bytes).layout, DISK);
      return disk?.role === "disk" && disk.content.is === "table" ? disk.content.detail.usableEndBytes : null;
    };
    expect(usable(200 * MIB)).toBe(100001 * 512);
    expect(usable(40 * MIB)).toBe(40 * MIB - 33 * 512);
  });
});

/** Tables without a tool: partitions side by side with gaps, on a disk that becomes another one. */
const tables = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  gaps: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 6, maxLength: 6 }),
  label: fc.constantFrom("gpt", "dos"),
  content: fc.constantFrom(FILES, PV),
  now: fc.integer({ min: 4, max: 400 }),
  odd: fc.integer({ min: 0, max: 2047 }),
  resize: fc.boolean(),
});

test("whatever the disk, no partition lies beyond it or on another one, only the last one changes, and fitting again changes nothing", () => {
  fc.assert(
    fc.property(tables, ({ sizes, gaps, label, content, now, odd, resize }) => {
      const layout = handMade(sizes, gaps, label, content);
      const bytes = now * MIB + odd * 512;
      const { layout: fitted, problems } = fit(layout, bytes, resize);
      if (problems.length > 0) return;
      expect(faults(fitted)).toEqual([]);
      const changed = partitions(fitted).filter((one, at) => one.bytes !== partitions(layout)[at]?.bytes);
      expect(changed.every(({ number }) => number === sizes.length)).toBe(true);
      if (!resize && content === FILES) expect(changed).toEqual([]);
      expect(partitions(fitted).map(({ startBytes }) => startBytes)).toEqual(
        partitions(layout).map(({ startBytes }) => startBytes),
      );
      expect(fit(fitted, bytes, resize)).toMatchObject({ changes: [], problems: [] });
    }),
  );
});

function handMade(sizes: readonly number[], gaps: readonly number[], label: string, content: Content): Layout {
  let at = MIB;
  const nodes = many(sizes.length, (n) => String(n)).map((n, index): PartitionNode => {
    const startBytes = at + (gaps[index] as number) * MIB;
    const bytes = (sizes[index] as number) * MIB;
    at = startBytes + bytes;
    return {
      role: "partition",
      id: `part:${DISK}/${n}` as PartitionNode["id"],
      kind: "partition-table",
      name: `sda${n}`,
      bytes,
      readOnly: false,
      content,
      of: DISK as PartitionNode["id"],
      number: Number(n),
      startBytes,
      detail: { type: null, uuid: null, name: null, attributes: null, bootable: null },
    };
  });
  const bytes = at + MIB;
  const isGpt = label === "gpt";
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "made", architecture: null, system: null, places: [] },
    nodes: [
      {
        role: "disk",
        id: DISK as PartitionNode["id"],
        kind: "disk",
        name: "sda",
        bytes,
        readOnly: false,
        sectorBytes: 512,
        physicalSectorBytes: 512,
        identities: [],
        detail: {},
        content: {
          is: "table",
          kind: "partition-table",
          label,
          uuid: null,
          detail: {
            sectorBytes: 512,
            usableStartBytes: isGpt ? MIB : null,
            usableEndBytes: isGpt ? bytes - 33 * 512 : null,
            tableLength: isGpt ? 128 : null,
            pmbrBoot: null,
          },
        },
      },
      ...nodes,
    ],
    edges: [],
    mounts: [],
    config: {},
    findings: [],
  };
}
