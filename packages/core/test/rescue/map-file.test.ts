import { describe, expect, test } from "vitest";
import { readMapFile } from "../../src/rescue/map-file.js";
import { resolve } from "../../src/rescue/resolve.js";
import { factsOf, GIB, optionsFor, planFor, volume } from "./world.js";

const pairs = (text: string) => readMapFile(text, "disks.map").entries.map(({ from, to }) => `${from} > ${to}`);
const codes = (text: string) =>
  readMapFile(text, "disks.map").problems.map(({ code, message }) => `${code} ${message}`);

describe("a map file", () => {
  test("has a line for each disk; comments, blank lines, CRLF and a byte order mark are fine", () => {
    const text =
      "\uFEFF# what the SAN team said\r\n\r\nlun:1=lun:2\r\n  lun:3  =  /dev/mapper/mpatha   # by LUN number\r\n";
    expect(pairs(text)).toEqual(["lun:1 > lun:2", "lun:3 > /dev/mapper/mpatha"]);
    expect(codes(text)).toEqual([]);
    expect(readMapFile(text, "disks.map").entries[1]?.origin).toBe("disks.map, line 4");
  });

  test("can be JSON", () => {
    const text =
      '\uFEFF[{"old": "lun:1", "new": "lun:2", "why": "by size", "read": true},\r\n {"old": "a", "new": "b"}]';
    expect(pairs(text)).toEqual(["lun:1 > lun:2", "a > b"]);
  });

  test.each(["? lun:1 = lun:2 # LUN number", "?lun:1=lun:2", '[{"old": "lun:1", "new": "lun:2", "read": false}]'])(
    "a proposal that nobody has confirmed maps nothing, and is a problem: %s",
    (text) => {
      expect(pairs(text)).toEqual([]);
      expect(codes(text)).toEqual([expect.stringMatching(/^map-unread .*lun:2 is to take the place of lun:1/)]);
    },
  );

  test("all mistakes are told at once, each with its line", () => {
    expect(codes("lun:1\n= x\nlun:2 =\nlun:3 = a b\n? nonsense\nlun:4 = ok\n")).toEqual([
      'map-file-invalid disks.map, line 1: "lun:1" isn\'t OLD = NEW',
      'map-file-invalid disks.map, line 2: "= x" isn\'t OLD = NEW',
      'map-file-invalid disks.map, line 3: "lun:2 =" isn\'t OLD = NEW',
      'map-file-invalid disks.map, line 4: "lun:3 = a b" isn\'t OLD = NEW',
      'map-file-invalid disks.map, line 5: "? nonsense" isn\'t OLD = NEW',
    ]);
    expect(codes('[1, {"old": "", "new": "x"}, {"old": "a", "new": "b", "maybe": 1}]')).toHaveLength(3);
    expect(codes("[{")).toEqual([expect.stringMatching(/^map-file-invalid disks.map: it begins like JSON/)]);
  });
});

describe("the flags and the file together", () => {
  const disk = (name: string, wwid: string) => ({ name, identities: [volume(wwid)], bytes: GIB });
  const plan = planFor([disk("sda", "old")]);
  const facts = factsOf({ disks: [disk("sdx", "one"), disk("sdy", "two")] });
  const resolved = (flag: string, text: string) => {
    const { entries } = readMapFile(text, "disks.map");
    const answer = resolve(plan, facts, optionsFor({ mapping: [{ from: "lun:old", to: flag }, ...entries] }));
    return answer.is === "bound" ? answer.bound.disks.map(({ device }) => device) : answer.problems;
  };

  test("may say the same of a disk", () => {
    expect(resolved("/dev/sdx", "lun:old = lun:one\n")).toEqual(["sdx"]);
  });

  test("none wins over the other: what contradicts is a problem that names both", () => {
    expect(resolved("/dev/sdx", "# x\nlun:old = lun:two\n")).toMatchObject([
      { code: "map-twice", message: expect.stringMatching(/--map lun:old=\/dev\/sdx.*disks\.map, line 2/) },
    ]);
  });

  test("mistakes in the file are those of the flag", () => {
    expect(resolved("/dev/sdx", "lun:other = lun:two\n")).toMatchObject([
      { code: "map-unknown-disk", message: expect.stringMatching(/^disks.map, line 1: lun:other/) },
    ]);
  });
});
