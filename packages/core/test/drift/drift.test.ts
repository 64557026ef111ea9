import { beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import { compare } from "../../src/layout/compare.js";
import type { Difference } from "../../src/layout/compare-fields.js";
import { drift } from "../../src/layout/drift.js";
import type { Layout } from "../../src/layout/layout.js";
import { rebuiltNodes } from "../../src/layout/rebuilt.js";
import { DRIFTED, NOISE, PLANTED } from "./planted.js";
import { rebooted } from "./rename-devices.js";
import { layoutOf, recording } from "./server.js";

let recorded: Layout;
beforeAll(async () => {
  recorded = await layoutOf(recording("server"));
});

const verified = (now: Layout) => compare(recorded, now, kinds, { when: "restore", scope: rebuiltNodes(recorded) });
const drifted = (now: Layout) => drift(recorded, now, kinds);
const named = (differences: readonly Difference[]) =>
  differences.map(({ subject, field }) => `${subject} ${field}`).sort();

describe("with nothing planted, neither verify nor check tells anything", () => {
  it("the recorded server has neither findings nor differences", () => {
    expect(recorded.findings).toEqual([]);
    expect([verified(recorded), drifted(recorded)]).toEqual([[], []]);
  });

  it("after a real reboot that gave every disk another name", async () => {
    const now = await layoutOf(recording("rebooted"));
    const names = (layout: Layout) => Object.fromEntries(layout.nodes.map(({ id, name }) => [id, name]));
    expect(names(now)).not.toEqual(names(recorded));
    expect([verified(now), drifted(now)]).toEqual([[], []]);
  });

  it("with one path less, and with one more", async () => {
    const [all, less] = [await layoutOf(recording("rebooted")), await layoutOf(recording("one-path-less"))];
    expect(less.edges.length).toBe(all.edges.length - 1);
    expect(drift(all, less, kinds)).toEqual([]);
    expect(drift(less, all, kinds)).toEqual([]);
    expect([verified(less), drifted(less)]).toEqual([[], []]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("after a made-up reboot: names and orders shuffled, seed %i", async (seed) => {
    const now = await layoutOf(rebooted(recording("server"), seed));
    expect(now.nodes.map(({ name }) => name)).not.toEqual(recorded.nodes.map(({ name }) => name));
    expect(now.findings).toEqual([]);
    expect([verified(now), drifted(now)]).toEqual([[], []]);
  });

  it.each(NOISE.map((noise) => [noise.what, noise] as const))("check is blind to %s", async (_, { edit }) => {
    expect(drifted(await layoutOf(edit(recording("server"))))).toEqual([]);
  });
});

it("more than 40 differences are planted, in every kind that the server has", () => {
  expect(PLANTED.length).toBeGreaterThan(40);
  const planted = new Set(PLANTED.map(({ what }) => what.split(":")[0]));
  expect([...planted].sort()).toEqual(
    ["FAT", "LV", "PV", "VG", "boot", "ext", "mount", "multipath", "partition", "swap", "table"].sort(),
  );
});

describe.each([
  ["as recorded", () => recording("server")],
  ["after a reboot that renamed all disks", () => recording("rebooted")],
])("one difference, on the server %s, is all that verify and check tell", (_, now) => {
  it.each([...PLANTED, ...DRIFTED].map((planted) => [planted.what, planted] as const))("%s", async (__, planted) => {
    const layout = await layoutOf(planted.edit(now()));
    expect(named(verified(layout))).toEqual([...planted.verify].sort());
    expect(named(drifted(layout))).toEqual([...(planted.check ?? planted.verify)].sort());
    for (const { was, is } of drifted(layout)) expect(was).not.toEqual(is);
  });
});
