import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExtDetail } from "../../src/kinds/ext/index.js";
import { kinds } from "../../src/kinds/index.js";
import type { PvDetail, VolumeDetail } from "../../src/kinds/lvm/index.js";
import type { SwapDetail } from "../../src/kinds/swap/index.js";
import { fitLayout } from "../../src/layout/fit.js";
import type { NodeId } from "../../src/layout/ids.js";
import { type BlockNode, isBlockNode, type Layout } from "../../src/layout/layout.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";

const MIB = 1024 * 1024;
const [SYSTEM, DATA] = [1, 2].map((n) => `lun:35000c500a000000${n}` as NodeId) as [NodeId, NodeId];

/** A whole server as it was scanned; see `fixtures/fit/README.md`. Its filesystems hold a third of what they could. */
const server = ((): Layout => {
  const path = new URL("../fixtures/fit/labserver.layout.json", import.meta.url);
  const layout = LayoutSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const usage = { bytes: 30 * MIB, freeBytes: 20 * MIB, inodes: 1000, freeInodes: 900 };
  return { ...layout, mounts: layout.mounts.map((mount) => ({ ...mount, usage })) };
})();

/** What is on a device takes no more than the device has. */
function contentBytes({ content }: BlockNode): number {
  if (content.is === "filesystem") {
    const { superblock } = content.detail as unknown as ExtDetail;
    return (superblock?.blockCount ?? 0) * (superblock?.blockSize ?? 0);
  }
  if (content.is === "swap") return (content.detail as unknown as SwapDetail).bytes ?? 0;
  if (content.is !== "pv") return 0;
  const { startBytes, bytes } = content.detail as unknown as PvDetail;
  return (startBytes ?? 0) + (bytes ?? 0);
}

function faults(layout: Layout): string[] {
  const blocks = layout.nodes.filter(isBlockNode);
  const byId = new Map(blocks.map((node) => [node.id, node]));
  const extents = new Map(
    blocks.flatMap(({ content }) =>
      content.is === "pv" ? [[content.uuid, (content.detail as unknown as PvDetail).extents ?? 0]] : [],
    ),
  );
  return [
    ...blocks.filter((node) => contentBytes(node) > (node.bytes ?? 0)).map(({ id }) => `${id} holds more than it has`),
    ...blocks.flatMap((node) => {
      if (node.role !== "partition") return [];
      const end = node.startBytes + (node.bytes ?? 0);
      return end > (byId.get(node.of)?.bytes ?? 0) ? [`${node.id} ends beyond its disk`] : [];
    }),
    ...blocks.flatMap((node) => {
      if (node.role !== "volume") return [];
      const segments = (node.detail as unknown as VolumeDetail).segments ?? [];
      const sum = segments.reduce((total, segment) => total + segment.bytes, 0);
      const beyond = segments.some(({ ranges }) => ranges.some(({ on, last }) => last >= (extents.get(on) ?? 0)));
      return [
        ...(sum === node.bytes ? [] : [`${node.id} isn't its segments`]),
        ...(beyond ? [`${node.id} lies beyond`] : []),
      ];
    }),
  ];
}

test("nothing of a whole server lies beyond its device, whatever the disks; each change is announced; again changes nothing", () => {
  const sizes = fc.record({
    system: fc.integer({ min: 200, max: 6000 }),
    data: fc.integer({ min: 100, max: 6000 }),
    odd: fc.integer({ min: 0, max: 4095 }),
    resize: fc.boolean(),
  });
  let fitted = 0;
  fc.assert(
    fc.property(sizes, ({ system, data, odd, resize }) => {
      const bytes = new Map([
        [SYSTEM, system * MIB + odd * 512],
        [DATA, data * MIB + odd * 512],
      ]);
      const { layout, changes, problems } = fitLayout(server, bytes, kinds, { resize });
      if (problems.length > 0) {
        expect(problems.every(({ message, remedy }) => message !== "" && remedy !== "")).toBe(true);
        return;
      }
      fitted += 1;
      expect(faults(layout)).toEqual([]);
      const before = new Map(server.nodes.filter(isBlockNode).map((node) => [node.id, node]));
      const changed = layout.nodes.filter(isBlockNode).filter(({ id, bytes: now }) => before.get(id)?.bytes !== now);
      const told = new Set(changes.map(({ node }) => node));
      expect(changed.filter(({ id }) => !told.has(id))).toEqual([]);
      expect(fitLayout(layout, bytes, kinds, { resize })).toEqual({ layout, changes: [], problems: [] });
      expect(LayoutSchema.safeParse(JSON.parse(JSON.stringify(layout))).success).toBe(true);
    }),
    { numRuns: process.env.BMR_TEST_LONG ? 5000 : 200 },
  );
  expect(fitted).toBeGreaterThan(50);
});
