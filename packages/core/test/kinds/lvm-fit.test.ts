import { describe, expect, test } from "vitest";
import { replayHost } from "../../src/host/replay.js";
import { kinds } from "../../src/kinds/index.js";
import { readExtents } from "../../src/kinds/lvm/extents.js";
import type { GroupDetail, PvDetail, VolumeDetail } from "../../src/kinds/lvm/index.js";
import { type FittedLayout, fitLayout } from "../../src/layout/fit.js";
import type { FitSource } from "../../src/layout/fit-source.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { BlockNode, Layout, LayoutNode } from "../../src/layout/layout.js";
import { scan } from "../../src/scan.js";
import { evidence, nodeOf } from "./lvm-fixture.js";

/** The superblocks aren't in this recording: its filesystems stand for such as fit any size. */
const elastic: FitSource = {
  kind: "ext",
  fit: { grows: () => true, least: () => ({ is: "known", bytes: 1 }), content: () => ({}) },
};
const SOURCES: readonly FitSource[] = kinds.map((kind) => (kind.kind === "ext" ? elastic : kind));

const MIB = 1024 * 1024;
/** The four LUNs of the recorded machine: 768 MiB each. */
const [A, B, C, D] = [0, 1, 2, 3].map((n) => `lun:35000c500b000000${n}` as NodeId) as [NodeId, NodeId, NodeId, NodeId];

async function recordedLayout(): Promise<Layout> {
  return (await scan(replayHost(evidence), { kinds })).layout;
}

function fit(layout: Layout, sizes: Readonly<Record<string, number>>, resize = false): FittedLayout {
  const bytes = Object.entries(sizes).map(([id, mebibytes]) => [id as NodeId, mebibytes * MIB] as const);
  return fitLayout(layout, new Map(bytes), SOURCES, { resize });
}

function detailOf<T>(layout: Layout, id: string): T {
  return (nodeOf(layout, id) as LayoutNode).detail as T;
}

function pvOf(layout: Layout, id: string): PvDetail {
  const { content } = nodeOf(layout, id) as BlockNode;
  if (content.is !== "pv") throw new Error(content.is);
  return content.detail as unknown as PvDetail;
}

/** Lines of the group's metadata that another one doesn't have. */
function changedLines(before: Layout, after: Layout, group: string): string[] {
  const lines = (layout: Layout) =>
    (detailOf<GroupDetail>(layout, group).backup ?? "").split("\n").map((l) => l.trim());
  const old = new Set(lines(before));
  return lines(after).filter((line) => !old.has(line));
}

/** What the nodes say of a group's volumes is what the metadata says that LVM will be given. */
function expectAgreement(layout: Layout, group: string): void {
  const { backup, extentBytes, extents } = detailOf<GroupDetail>(layout, group);
  const text = readExtents(backup as string, group.slice("vg:".length));
  if (text.is === "unknown") throw new Error(text.failure.message);
  expect([...text.facts.extents.pvs.values()].reduce((sum, count) => sum + count, 0)).toBe(extents);
  for (const node of layout.nodes) {
    if (node.role !== "volume" || node.group !== group || node.notRebuilt !== undefined) continue;
    const { uuid, segments } = node.detail as unknown as VolumeDetail;
    const volume = text.facts.extents.volumes.find((one) => one.uuid === uuid);
    expect(
      volume?.segments.map((one) =>
        one.stripes.map(({ pv, first }) => [pv, first, first + one.extents / one.stripes.length - 1]),
      ),
    ).toEqual(segments?.map(({ ranges }) => ranges.map(({ on, first, last }) => [on, first, last])));
    expect(volume?.segments.reduce((sum, one) => sum + one.extents, 0)).toBe((node.bytes ?? 0) / (extentBytes ?? 1));
  }
}

describe("physical volumes on devices of other sizes", () => {
  test("on larger disks the groups are restored to the letter", async () => {
    const layout = await recordedLayout();
    const { layout: fitted, problems, changes } = fit(layout, { [A]: 800, [B]: 800, [C]: 800, [D]: 800 });
    expect(problems).toEqual([]);
    for (const group of ["vg:vg-one", "vg:vg2", "vg:vgsid"]) expect(nodeOf(fitted, group)).toBe(nodeOf(layout, group));
    expect(changes.filter(({ what }) => what !== "disk").map(({ node, what }) => [node, what])).toEqual([
      [A, "gpt table"],
      [D, "physical volume"],
    ]);
    expect(pvOf(fitted, D).bytes).toBe((pvOf(layout, D).bytes ?? 0) + 32 * MIB);
  });

  test("a disk with a few MiB less: fewer extents, the same UUIDs, and not another letter in the metadata", async () => {
    const layout = await recordedLayout();
    const { layout: fitted, problems, changes } = fit(layout, { [C]: 764 });
    expect(problems).toEqual([]);
    expect(changedLines(layout, fitted, "vg:vg2")).toEqual([`dev_size = ${764 * 2048}`, "pe_count = 186"]);
    expect(pvOf(fitted, C)).toMatchObject({ extents: 186, bytes: 186 * 4 * MIB, startBytes: 9 * MIB });
    expect(changes).toEqual([
      { node: C, what: "disk", wasBytes: 768 * MIB, bytes: 764 * MIB },
      { node: C, what: "physical volume", wasBytes: 187 * 4 * MIB, bytes: 186 * 4 * MIB },
    ]);
    expectAgreement(fitted, "vg:vg2");
    const was = detailOf<GroupDetail>(layout, "vg:vg2");
    expect(detailOf<GroupDetail>(fitted, "vg:vg2")).toMatchObject({
      uuid: was.uuid,
      extents: (was.extents ?? 0) - 1,
      freeExtents: (was.freeExtents ?? 0) - 1,
    });
  });

  test("room is left for the second metadata area at the end of the device", async () => {
    const layout = await recordedLayout();
    for (let mebibytes = 100; mebibytes < 768; mebibytes += 1) {
      const { extents, startBytes, metadataBytes } = pvOf(fit(layout, { [C]: mebibytes }).layout, C);
      const end = (startBytes ?? 0) + (extents ?? 0) * 4 * MIB;
      expect(end + (metadataBytes ?? 0)).toBeLessThanOrEqual(mebibytes * MIB);
      expect(mebibytes * MIB - end).toBeLessThan(11 * MIB + 4 * MIB);
    }
  });

  test("extents beyond the end move to where room is, stripes apart from each other", async () => {
    const layout = await recordedLayout();
    // vg2/orig lies at extents 22 to 25 of the physical volume on C
    const { layout: fitted, problems, changes } = fit(layout, { [C]: 112 });
    expect(problems).toEqual([]);
    expect(pvOf(fitted, C).extents).toBe(23);
    expect(changes.at(-1)).toMatchObject({ node: "lv:vg2/orig", what: "volume", note: "its extents lie elsewhere" });
    expectAgreement(fitted, "vg:vg2");
    const { segments } = detailOf<VolumeDetail>(fitted, "lv:vg2/orig");
    expect(segments?.map(({ ranges }) => ranges.map(({ first, last }) => [first, last]))).toEqual([
      [[22, 22]],
      [[0, 2]],
    ]);
  });

  test("volumes that don't fit are a problem that says how much is missing, and whether --resize helps", async () => {
    const layout = await recordedLayout();
    // vgsid, with 8 extents of volumes, is in the last partition of B, which begins at 468 MiB
    const { problems } = fit(layout, { [B]: 485 });
    expect(problems).toMatchObject([
      { code: "volumes-too-large", node: "vg:vgsid", remedy: expect.stringMatching(/^--resize /) },
    ]);
    expect(problems[0]?.message).toContain("4 extents more than its physical volumes have here: 16 MiB");
    expect(fit(layout, { [C]: 13 }).problems.map(({ code, node }) => [code, node])).toEqual([["too-small", C]]);
  });
});

describe("with --resize", () => {
  test("a larger disk's physical volume gains extents; a volume that would use them takes them", async () => {
    const layout = await recordedLayout();
    const { layout: fitted, problems, changes } = fit(layout, { [C]: 868 }, true);
    expect(problems).toEqual([]);
    expect(pvOf(fitted, C).extents).toBe(212);
    expect(changes.map(({ node, what }) => `${node} ${what}`)).toEqual([
      `${C} disk`,
      `${C} physical volume`,
      "lv:vg2/orig volume",
    ]);
    expect(changes.at(-1)).toMatchObject({ wasBytes: 16 * MIB, bytes: 116 * MIB });
    expectAgreement(fitted, "vg:vg2");
    expect(fit(fitted, { [C]: 868 }, true)).toMatchObject({ changes: [], problems: [] });
  });

  test("a volume that doesn't fit is cut, and what is on it with it", async () => {
    const layout = await recordedLayout();
    const { layout: fitted, problems, changes } = fit(layout, { [B]: 485 }, true);
    expect(problems).toEqual([]);
    expect(changes.map(({ what, bytes }) => `${what} ${bytes / MIB}`)).toEqual([
      "disk 485",
      "extended partition 284",
      "partition 17",
      "physical volume 16",
      "volume 16",
    ]);
    expectAgreement(fitted, "vg:vgsid");
  });

  test("what is written is the same for the same disks", async () => {
    const [one, two] = [await recordedLayout(), await recordedLayout()];
    const sizes = { [A]: 700, [B]: 900, [C]: 500, [D]: 100 };
    expect(fit(one, sizes, true)).toEqual(fit(two, sizes, true));
  });
});

test("metadata that isn't understood keeps a group from being fitted", async () => {
  const layout = await recordedLayout();
  const nodes = layout.nodes.map((node) =>
    node.id === "vg:vg2" ? { ...node, detail: { ...node.detail, backup: "vg2 { nonsense" } } : node,
  );
  const { problems } = fit({ ...layout, nodes }, { [C]: 764 });
  expect(problems).toMatchObject([{ code: "volumes-too-large", node: "vg:vg2" }]);
});
