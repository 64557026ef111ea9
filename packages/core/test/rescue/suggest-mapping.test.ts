import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMapFile } from "../../src/rescue/map-file.js";
import type { RescueFacts } from "../../src/rescue/rescue-facts.js";
import { resolve } from "../../src/rescue/resolve.js";
import { type Suggestion, suggestMapping } from "../../src/rescue/suggest-mapping.js";
import { writeMapFile } from "../../src/rescue/write-map-file.js";
import { factsOf, GIB, optionsFor, place, planFor, type TestDisk, volume } from "./world.js";

const MIB = 1024 * 1024;
/** A LUN over one path: its WWID, its number, its size. */
function lun(name: string, wwid: string, number: number, bytes: number, more: Partial<TestDisk> = {}): TestDisk {
  const identities = [volume(wwid), place(`ccw-0.0.${wwid}-fc-0x500507630${wwid}-lun-${number}`)];
  return { name, identities, bytes, ...more };
}

/** `old > new: why`, or why there is none. */
function told(suggestions: readonly Suggestion[]): string[] {
  return suggestions.map((one) => {
    const old = one.disk.name;
    if (one.is === "found") return `${old} is here as ${one.candidate.device} by ${one.by}`;
    return one.is === "proposed"
      ? `${old} > ${one.candidate.device}: ${one.why}`
      : `${old}: ${one.possible.map(({ device }) => device).join(" or ") || "none"}`;
  });
}

function suggest(recorded: readonly TestDisk[], here: readonly TestDisk[], more: Partial<RescueFacts> = {}): string[] {
  return told(suggestMapping(planFor(recorded), { ...factsOf({ disks: here }), ...more }));
}

describe("where every WWID is another", () => {
  test("LUN number and size tell which is which, in whatever order they are seen", () => {
    const recorded = [lun("sda", "a1", 0, 10 * GIB), lun("sdb", "a2", 1, 20 * GIB), lun("sdc", "a3", 2, 20 * GIB)];
    const here = [lun("sdx", "b3", 2, 20 * GIB), lun("sdy", "b1", 0, 10 * GIB), lun("sdz", "b2", 1, 20 * GIB)];
    expect(suggest(recorded, here)).toEqual([
      "sda > sdy: the same LUN number and the same size",
      "sdb > sdz: the same LUN number and the same size",
      "sdc > sdx: the same LUN number and the same size",
    ]);
  });

  test("a size that only one has tells", () => {
    const recorded = [lun("sda", "a1", 0, 10 * GIB), lun("sdb", "a2", 1, 20 * GIB)];
    const here = [lun("sdx", "b1", 7, 20 * GIB), lun("sdy", "b2", 8, 10 * GIB)];
    expect(suggest(recorded, here)).toEqual([
      "sda > sdy: the only one of the same size",
      "sdb > sdx: the only one of the same size",
    ]);
  });

  test("as many of the same size: by their order", () => {
    const recorded = [lun("sda", "a1", 4, 10 * GIB), lun("sdb", "a2", 5, 10 * GIB)];
    const here = [lun("sdx", "b2", 11, 10 * GIB), lun("sdy", "b1", 10, 10 * GIB)];
    expect(suggest(recorded, here)).toEqual([
      "sda > sdy: of the same size, number 1 of 2 by place",
      "sdb > sdx: of the same size, number 2 of 2 by place",
    ]);
  });

  test("one more of the same size than recorded: nothing is proposed", () => {
    const recorded = [lun("sda", "a1", 4, 10 * GIB), lun("sdb", "a2", 5, 10 * GIB)];
    const here = [10, 11, 12].map((number) => lun(`sd${number}`, `b${number}`, number, 10 * GIB));
    expect(suggest(recorded, here)).toEqual(["sda: sd10 or sd11 or sd12", "sdb: sd10 or sd11 or sd12"]);
  });

  test("sizes that differ a little", () => {
    const recorded = [lun("sda", "a1", 0, 10 * GIB), lun("sdb", "a2", 0, 20 * GIB)];
    const here = [lun("sdx", "b1", 7, 20 * GIB + 64 * MIB), lun("sdy", "b2", 8, 10 * GIB + 4 * MIB)];
    expect(suggest(recorded, here)).toEqual([
      "sda > sdy: the only one of about the same size",
      "sdb > sdx: the only one of about the same size",
    ]);
  });

  test("a disk that is still there needs no line, and is nothing else's", () => {
    const recorded = [lun("sda", "a1", 0, 10 * GIB), lun("sdb", "a2", 1, 10 * GIB)];
    const here = [lun("sdx", "a1", 0, 10 * GIB), lun("sdy", "b2", 1, 10 * GIB)];
    expect(suggest(recorded, here)).toEqual([
      "sda is here as sdx by volume",
      "sdb > sdy: the same LUN number and the same size",
    ]);
  });
});

describe("never proposed is", () => {
  const recorded = [lun("sda", "a1", 0, 10 * GIB)];
  const whyNot = (here: TestDisk, more: Partial<RescueFacts> = {}) => {
    const [suggestion] = suggestMapping(planFor(recorded), { ...factsOf({ disks: [here] }), ...more });
    expect(suggestion?.is).toBe("none");
    return suggestion?.rejected.map(({ why }) => why);
  };

  test("what is too small, has other sectors, or is read-only", () => {
    expect(whyNot(lun("sdx", "b1", 0, 10 * GIB - 512))).toEqual(["it is too small: 10.0 GiB"]);
    expect(whyNot(lun("sdx", "b1", 0, 10 * GIB, { sectorBytes: 4096 }))).toEqual([
      "its sectors have 4096 bytes, not 512",
    ]);
    expect(whyNot(lun("sdx", "b1", 0, 10 * GIB, { readOnly: true }))).toEqual(["it is read-only"]);
  });

  test.each([
    ["rescue-root", "/", "the rescue system runs from it"],
    ["recovery-set", "/tmp/BMR", "/tmp/BMR (the recovery-set) lies on it"],
    ["journal", "/j", "/j (the journal) lies on it"],
    ["backup", "/b.tar", "/b.tar (the backup) lies on it"],
  ] as const)("what holds the %s", (as, path, why) => {
    expect(whyNot(lun("sdx", "b1", 0, 10 * GIB), { kept: [{ device: "sdx", as, path }] })).toEqual([why]);
  });
});

describe("the file", () => {
  const recorded = [lun("sda", "a1", 0, 10 * GIB), lun("sdb", "a2", 1, 20 * GIB)];
  const facts = factsOf({
    disks: [lun("sdx", "b1", 0, 10 * GIB), lun("sdy", "b2", 1, 20 * GIB), lun("sdz", "b3", 2, GIB)],
  });
  const plan = planFor(recorded);
  const text = writeMapFile(suggestMapping(plan, facts), facts);

  test("maps nothing before each of its lines was confirmed", () => {
    expect(readMapFile(text, "disks.map")).toMatchObject({
      entries: [],
      problems: [{ code: "map-unread" }, { code: "map-unread" }],
    });
    const half = text.replace(/^\? /m, "");
    expect(readMapFile(half, "disks.map")).toMatchObject({ entries: [{}], problems: [{ code: "map-unread" }] });
  });

  test("binds the proposed disks once it was, after a boot that renames them too", () => {
    const { entries, problems } = readMapFile(text.replaceAll(/^\? /gm, ""), "disks.map");
    expect(problems).toEqual([]);
    const renamed = factsOf({ disks: [lun("sdq", "b2", 1, 20 * GIB), lun("sdr", "b1", 0, 10 * GIB)] });
    const answer = resolve(plan, renamed, optionsFor({ mapping: entries }));
    expect(answer.is === "bound" && answer.bound.disks.map(({ device }) => device)).toEqual(["sdr", "sdq"]);
  });

  test("says what there is to know of each, and which disks were left out", () => {
    expect(text).toContain("# lun:a1 (was sda, 10 GiB)\n");
    expect(text).toContain("? lun:a1 = lun:b1 # the same LUN number and the same size\n");
    expect(text).toContain("#   not /dev/sdz (lun:b3, 1 GiB): it is too small: 1 GiB\n");
  });

  test("ambiguity is written as such", () => {
    const twins = factsOf({ disks: ["b1", "b2", "b3"].map((wwid) => lun(`sd${wwid}`, wwid, 9, 10 * GIB)) });
    const open = writeMapFile(suggestMapping(planFor([lun("sda", "a1", 0, 10 * GIB)]), twins), twins);
    expect(open).toContain("no proposal: nothing tells these apart");
    expect(readMapFile(open, "disks.map")).toEqual({ entries: [], problems: [] });
  });
});

const worlds = fc.record({
  recorded: fc.array(fc.record({ number: fc.integer({ min: 0, max: 5 }), size: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 6,
  }),
  here: fc.array(
    fc.record({
      number: fc.integer({ min: 0, max: 5 }),
      size: fc.integer({ min: 1, max: 4 }),
      kept: fc.boolean(),
      readOnly: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
});

test("whatever is attached: each disk is proposed once at most, is large enough and free, and the order of disks doesn't matter", () => {
  fc.assert(
    fc.property(worlds, ({ recorded, here }) => {
      const plan = planFor(recorded.map(({ number, size }, at) => lun(`sd${at}`, `a${at}`, number, size * GIB)));
      const disks = here.map(({ number, size, readOnly }, at) =>
        lun(`vd${at}`, `b${at}`, number, size * GIB, { readOnly }),
      );
      const kept = here.flatMap((one, at) =>
        one.kept ? [{ device: `vd${at}`, as: "backup", path: "/b" } as const] : [],
      );
      const suggestions = suggestMapping(plan, { ...factsOf({ disks }), kept });
      const proposed = suggestions.flatMap((one) => (one.is === "proposed" ? [one] : []));
      expect(new Set(proposed.map(({ candidate }) => candidate.device)).size).toBe(proposed.length);
      for (const { disk, candidate } of proposed) {
        const made = here[Number(candidate.device.slice(2))];
        expect([made?.kept, made?.readOnly]).toEqual([false, false]);
        expect(candidate.node.bytes).toBeGreaterThanOrEqual(disk.bytes);
      }
      const reversed = suggestMapping(
        { ...plan, disks: [...plan.disks].reverse() },
        { ...factsOf({ disks: [...disks].reverse() }), kept },
      );
      expect(
        told(reversed)
          .filter((line) => line.includes(" > "))
          .sort(),
      ).toEqual(
        told(suggestions)
          .filter((line) => line.includes(" > "))
          .sort(),
      );
    }),
    { numRuns: process.env.BMR_TEST_LONG ? 20_000 : 500 },
  );
});
