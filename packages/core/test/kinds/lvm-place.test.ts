import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countExtents, type ExtentSegment, type VolumeExtents } from "../../src/kinds/lvm/extents.js";
import { type ExtentRequest, placeExtents, type SizedPv } from "../../src/kinds/lvm/place-extents.js";

const linear = (pv: string, first: number, extents: number): ExtentSegment => ({
  extents,
  stripeBytes: 0,
  stripes: [{ pv, first }],
});
const striped = (rows: number, ...stripes: readonly (readonly [string, number])[]): ExtentSegment => ({
  extents: rows * stripes.length,
  stripeBytes: 65536,
  stripes: stripes.map(([pv, first]) => ({ pv, first })),
});
const volume = (name: string, ...segments: readonly ExtentSegment[]): VolumeExtents => ({ uuid: name, name, segments });
const pv = (uuid: string, was: number, now: number, allocatable = true): SizedPv => ({ uuid, was, now, allocatable });

function place(
  pvs: readonly SizedPv[],
  volumes: readonly VolumeExtents[],
  more: Partial<ExtentRequest> = {},
): ReturnType<typeof placeExtents> {
  return placeExtents({ pvs, volumes, resize: false, least: () => null, grows: () => false, ...more });
}

describe("the extents of a group on physical volumes of other sizes", () => {
  test("nothing moves where everything is still there; the very volumes come back", () => {
    const volumes = [volume("root", linear("a", 0, 10)), volume("data", striped(5, ["a", 10], ["b", 0]))];
    const answer = place([pv("a", 20, 15), pv("b", 10, 10)], volumes);
    expect(answer.is === "placed" && answer.volumes.every((one, at) => one === volumes[at])).toBe(true);
  });

  test("what hangs over goes to free extents, of the same physical volume first, and in as few pieces as may be", () => {
    const volumes = [volume("gap", linear("a", 0, 2)), volume("end", linear("a", 6, 4))];
    expect(place([pv("a", 10, 8)], volumes)).toMatchObject({
      volumes: [{ name: "gap" }, { segments: [linear("a", 6, 2), linear("a", 2, 2)] }],
    });
    expect(place([pv("a", 10, 8), pv("b", 5, 5)], [volume("all", linear("a", 0, 10))])).toMatchObject({
      volumes: [{ segments: [linear("a", 0, 8), linear("b", 0, 2)] }],
    });
  });

  test("stripes stay on physical volumes of their own", () => {
    const volumes = [volume("s", striped(4, ["a", 0], ["b", 0]))];
    expect(place([pv("a", 4, 2), pv("b", 8, 8), pv("c", 8, 8)], volumes)).toMatchObject({
      volumes: [{ segments: [striped(2, ["a", 0], ["b", 0]), striped(2, ["c", 0], ["b", 2])] }],
    });
    expect(place([pv("a", 4, 2), pv("b", 8, 8)], volumes)).toEqual({ is: "unplaceable", volume: "s" });
  });

  test("nothing is put where LVM may not allocate, and what lies there stays", () => {
    const volumes = [volume("x", linear("a", 0, 4)), volume("y", linear("b", 0, 1))];
    expect(place([pv("a", 4, 2), pv("b", 8, 8, false)], volumes)).toEqual({ is: "short", extents: 2 });
  });

  test("without resizing no volume is cut", () => {
    expect(place([pv("a", 10, 8)], [volume("x", linear("a", 0, 10))])).toEqual({ is: "short", extents: 2 });
  });

  test("the last volumes are cut, each as far as it may be", () => {
    const volumes = [volume("first", linear("a", 0, 4)), volume("last", linear("a", 4, 4))];
    const cut = place([pv("a", 8, 3)], volumes, { resize: true, least: () => 1 });
    expect(cut).toMatchObject({ volumes: [{ segments: [linear("a", 0, 2)] }, { segments: [linear("a", 2, 1)] }] });
    const fixed = place([pv("a", 8, 3)], volumes, { resize: true, least: (uuid) => (uuid === "last" ? 1 : null) });
    expect(fixed).toEqual({ is: "short", extents: 2 });
  });

  test("a striped volume is cut by whole rows", () => {
    const volumes = [volume("s", striped(4, ["a", 0], ["b", 0]))];
    expect(place([pv("a", 4, 3), pv("b", 4, 4)], volumes, { resize: true, least: () => 2 })).toMatchObject({
      is: "short",
      extents: 1,
    });
    expect(place([pv("a", 4, 3), pv("b", 4, 3)], volumes, { resize: true, least: () => 2 })).toMatchObject({
      volumes: [{ segments: [striped(3, ["a", 0], ["b", 0])] }],
    });
  });

  test("what is gained goes to the last linear volume that would use it; what was free before stays free", () => {
    const volumes = [volume("files", linear("a", 0, 4)), volume("swap", linear("a", 4, 2))];
    const grown = place([pv("a", 8, 20)], volumes, { resize: true, grows: (uuid) => uuid === "files" });
    expect(grown).toMatchObject({ volumes: [{ segments: [linear("a", 0, 4), linear("a", 8, 12)] }, { name: "swap" }] });
    const beside = place([pv("a", 4, 20)], [volume("files", linear("a", 0, 4))], { resize: true, grows: () => true });
    expect(beside).toMatchObject({ volumes: [{ segments: [linear("a", 0, 20)] }] });
  });

  test("what one physical volume gains serves first what another one has lost", () => {
    const volumes = [volume("x", linear("a", 0, 10)), volume("y", linear("b", 0, 10))];
    const moved = place([pv("a", 10, 6), pv("b", 10, 20)], volumes, { resize: true, grows: () => true });
    expect(moved).toMatchObject({
      volumes: [
        { segments: [linear("a", 0, 6), linear("b", 10, 4)] },
        { segments: [linear("b", 0, 10), linear("b", 14, 6)] },
      ],
    });
  });
});

/** Groups at random, laid out as LVM lays out a new one: each volume on what is free. */
const groups = fc
  .record({
    sizes: fc.array(fc.integer({ min: 4, max: 40 }), { minLength: 1, maxLength: 4 }),
    volumes: fc.array(
      fc.record({
        stripes: fc.integer({ min: 1, max: 3 }),
        rows: fc.integer({ min: 1, max: 8 }),
        grows: fc.boolean(),
        least: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
      }),
      { maxLength: 8 },
    ),
    change: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 4 }),
    allocatable: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    resize: fc.boolean(),
  })
  .map(({ sizes, volumes, change, allocatable, resize }) => {
    const at = sizes.map(() => 0);
    const laid = volumes.flatMap(({ stripes, rows }, index): VolumeExtents[] => {
      const free = sizes
        .map((_, pvIndex) => pvIndex)
        .filter((one) => (at[one] as number) + rows <= (sizes[one] as number));
      if (free.length < stripes) return [];
      const chosen = free.slice(0, stripes).map((one): readonly [string, number] => {
        const first = at[one] as number;
        at[one] = first + rows;
        return [`pv${one}`, first];
      });
      const segment = striped(rows, ...chosen);
      return [volume(String(index), stripes === 1 ? { ...segment, stripeBytes: 0 } : segment)];
    });
    const pvs = sizes.map((was, one) =>
      pv(`pv${one}`, was, Math.max(1, was + (change[one] as number)), allocatable[one] as boolean),
    );
    return { pvs, laid, resize, of: (uuid: string) => volumes[Number(uuid)] };
  });

test("whatever becomes of them: no volume lies beyond a physical volume or on another one, and the sums are right", () => {
  fc.assert(
    fc.property(groups, ({ pvs, laid, resize, of }) => {
      const answer = place(pvs, laid, {
        resize,
        least: (uuid) => of(uuid)?.least ?? null,
        grows: (uuid) => of(uuid)?.grows === true,
      });
      if (answer.is !== "placed") return;
      const taken = new Set<string>();
      for (const { segments } of answer.volumes) {
        for (const { extents, stripes } of segments) {
          expect(new Set(stripes.map((one) => one.pv)).size).toBe(stripes.length);
          for (const stripe of stripes) {
            for (let row = 0; row < extents / stripes.length; row++) {
              const extent = `${stripe.pv} ${stripe.first + row}`;
              expect(taken.has(extent)).toBe(false);
              taken.add(extent);
              expect(stripe.first + row).toBeLessThan(pvs.find(({ uuid }) => uuid === stripe.pv)?.now ?? 0);
            }
          }
        }
      }
      expect(taken.size).toBe(answer.volumes.reduce((sum, one) => sum + countExtents(one), 0));
      for (const [at, after] of answer.volumes.entries()) {
        const before = laid[at] as VolumeExtents;
        const [was, is] = [countExtents(before), countExtents(after)];
        if (!resize) expect(is).toBe(was);
        if (is < was) expect(is).toBeGreaterThanOrEqual(of(after.uuid)?.least ?? Number.POSITIVE_INFINITY);
        if (is > was) expect(of(after.uuid)?.grows).toBe(true);
        expect(after.segments.every(({ stripes }) => stripes.length <= (before.segments[0]?.stripes.length ?? 0))).toBe(
          true,
        );
      }
      const same = pvs.map((one) => ({ ...one, was: one.now }));
      const again = place(same, answer.volumes, { resize, least: () => 1, grows: () => true });
      expect(again.is === "placed" && again.volumes.every((one, at) => one === answer.volumes[at])).toBe(true);
    }),
    { numRuns: process.env.BMR_TEST_LONG ? 20_000 : 500 },
  );
});
