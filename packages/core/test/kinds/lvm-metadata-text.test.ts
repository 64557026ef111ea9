import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MetadataSection, parseMetadata } from "../../src/kinds/lvm/metadata-text.js";
import { restorable } from "../../src/kinds/lvm/restorable.js";
import { evidence } from "./lvm-fixture.js";

function parsed(text: string): MetadataSection {
  const read = parseMetadata(text, "test");
  if (read.is === "unknown") throw new Error(read.failure.message);
  return read.facts;
}

const textOf = (name: string): string => {
  const file = evidence.files.find(({ path }) => path.includes("/bmr-vg-") && path.endsWith(`/${name}`));
  return file !== undefined && "content" in file ? file.content : "";
};

const child = (section: MetadataSection, ...path: string[]): MetadataSection =>
  path.reduce((at, name) => at.sections.find((one) => one.name === name) as MetadataSection, section);

/** A section without its places in the text. */
const plain = ({ name, values, sections }: MetadataSection): unknown => ({
  name,
  values,
  sections: sections.map(plain),
});

describe("what vgcfgbackup wrote", () => {
  test("is read: texts, numbers, lists, sections, comments", () => {
    const group = child(parsed(textOf("vg-one")), "vg-one");
    expect(group.values.get("tags")).toEqual(["site:x", "t2"]);
    expect(group.values.get("extent_size")).toBe(16384);
    expect(group.values.get("flags")).toEqual([]);
    expect(child(group, "physical_volumes").sections.map(({ name }) => name)).toEqual(["pv0", "pv1", "pv2"]);
    expect(child(group, "logical_volumes", "str", "segment1").values.get("stripes")).toEqual(["pv0", 8, "pv1", 0]);
  });

  test.each(["vg-one", "vg2", "vgsid"])("%s: a section's place is the text of that section", (name) => {
    const text = textOf(name);
    const volumes = child(parsed(text), name, "logical_volumes").sections;
    expect(volumes.length).toBeGreaterThan(0);
    for (const volume of volumes) {
      expect(plain(child(parsed(text.slice(volume.from, volume.to)), volume.name))).toEqual(plain(volume));
    }
  });

  test.each([
    ["a { b = 1", "a name was expected"],
    ["}", "a name was expected"],
    ["a b", "{ or = was expected"],
    ["a = ", "a value was expected"],
    ["a = word", "a value was expected"],
    ["a = [1, 2", "a value was expected"],
    ['a = "open', "a token was expected"],
  ])("%s isn't understood", (text, why) => {
    const read = parseMetadata(`# first\n${text}`, "test");
    expect(read).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output" } });
    expect(read.is === "unknown" && read.failure.message).toContain(why);
  });

  test("escapes in texts are undone, comments in them are none", () => {
    expect(parsed('a = "q \\" b \\\\ # no" # yes\nb = -1').values).toEqual(
      new Map<string, string | number>([
        ["a", 'q " b \\ # no'],
        ["b", -1],
      ]),
    );
  });
});

describe("volumes are taken out", () => {
  const text = textOf("vg-one");
  const group = child(parsed(text), "vg-one");
  const volumes = child(group, "logical_volumes").sections;
  const idOf = (volume: MetadataSection) => String(volume.values.get("id"));
  const name = { name: "vg-one", uuid: String(group.values.get("id")) };

  test("any of them: the others, and all else, stay as they are", () => {
    fc.assert(
      fc.property(fc.subarray([...volumes]), (keep) => {
        const made = restorable(text, name, new Set(keep.map(idOf)));
        if (made.is === "unknown") throw new Error(made.failure.message);
        const after = parsed(made.facts.text);
        expect(child(after, "vg-one", "logical_volumes").sections.map(plain)).toEqual(keep.map(plain));
        expect(plain(child(after, "vg-one", "physical_volumes"))).toEqual(plain(child(group, "physical_volumes")));
        expect(child(after, "vg-one").values).toEqual(group.values);
        expect(after.values).toEqual(parsed(text).values);
      }),
    );
  });

  test("none of them: the text stays byte for byte", () => {
    const made = restorable(text, name, new Set(volumes.map(idOf)));
    expect(made).toMatchObject({ is: "known", facts: { text } });
  });
});
