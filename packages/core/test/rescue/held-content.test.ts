/** What is on a disk that is to be erased, in words that tell its owner whether it may go. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { extKind } from "../../src/kinds/ext/index.js";
import type { Content, LayoutNode } from "../../src/layout/layout.js";
import { heldContent } from "../../src/rescue/held-content.js";
import { lastUses } from "../../src/rescue/last-use.js";
import { imageInventory, must, scanImages } from "../kinds/ext-images.js";
import { factsOf, GIB, id, type TestDisk, volume } from "./world.js";

const MIB = 1024 ** 2;
const directory = mkdtempSync(join(tmpdir(), "bmr-held-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("an ext filesystem says when and where it was last mounted", async () => {
  const image = join(directory, "image");
  writeFileSync(image, "");
  truncateSync(image, 16 * MIB);
  await must(["mke2fs", "-q", "-t", "ext4", "-L", "home", image]);
  const asked = async () => {
    const layout = await scanImages(await imageInventory(image, 16 * MIB), extKind);
    return [...lastUses(layout, [extKind]).values()];
  };
  expect(await asked()).toEqual(["never mounted"]);
  await must(["debugfs", "-w", "-R", "set_super_value mtime 20261121221003", image]);
  await must(["debugfs", "-w", "-R", "set_super_value last_mounted /srv/data", image]);
  expect(await asked()).toEqual([expect.stringMatching(/^last mounted on \/srv\/data, \w{3} Nov 2\d .* 2026$/)]);
});

const disk = (name: string): TestDisk => ({ name, identities: [volume(`3600${name}`)] });
const pv: Content = { is: "pv", kind: "lvm", uuid: "u", group: id("vg:data"), detail: {} };
const GPT: Content = { is: "table", kind: "partition-table", label: "gpt", uuid: null, detail: {} };
const ext4 = (label: string): Content => ({
  is: "filesystem",
  kind: "ext",
  type: "ext4",
  uuid: null,
  label,
  detail: {},
});

test("partitions, volume groups with their volumes, labels, last uses, and the other disks of a group", () => {
  const nodes: readonly LayoutNode[] = [
    { role: "group", id: id("vg:data"), kind: "lvm", name: "data", detail: {} },
    {
      ...{ role: "volume", id: id("lv:data/home"), kind: "lvm", name: "data/home", detail: {} },
      ...{ group: id("vg:data"), bytes: GIB, readOnly: false, content: ext4("home") },
    },
    {
      ...{ role: "partition", id: id("part:lun:3600sda/2"), kind: "partition-table", name: "sda2", detail: {} },
      ...{ of: id("lun:3600sda"), number: 2, startBytes: MIB, bytes: GIB, readOnly: false, content: pv },
    },
  ];
  const facts = factsOf({
    disks: [
      { ...disk("sda"), content: GPT },
      { ...disk("sdb"), content: pv },
    ],
    nodes,
    lastUses: new Map([[id("lv:data/home"), "last mounted on /home, Sat Nov 21 22:10:03 2026"]]),
  });
  const edges = ["part:lun:3600sda/2", "lun:3600sdb"].map((from) => ({ from: id(from), to: id("vg:data"), as: "pv" }));
  const [first, second] = facts.candidates;
  if (first === undefined || second === undefined) throw new Error("no candidates");
  const told = { ...facts, layout: { ...facts.layout, edges: edges as typeof facts.layout.edges } };
  expect(heldContent(first, told)).toEqual([
    "gpt table",
    "partition 2 (1 GiB): PV of vg:data, which is on sdb too",
    'lv:data/home (1 GiB): ext4 "home", last mounted on /home, Sat Nov 21 22:10:03 2026',
  ]);
  expect(heldContent(second, told)).toEqual([
    "PV of vg:data, which is on sda too",
    'lv:data/home (1 GiB): ext4 "home", last mounted on /home, Sat Nov 21 22:10:03 2026',
  ]);

  // once it was let go of, a volume tells what it told before
  const inactive = told.layout.nodes.map((node) =>
    node.role === "volume" ? { ...node, content: { is: "unknown", why: "its device isn't active" } as const } : node,
  );
  const now = { ...told, layout: { ...told.layout, nodes: inactive }, lastUses: new Map() };
  expect(heldContent(second, now)[1]).toBe("lv:data/home (1 GiB): unknown: its device isn't active");
  expect(heldContent(second, { ...now, before: told })).toEqual(heldContent(second, told));
  // another group of the same name, on other physical volumes
  const elsewhere = told.layout.nodes.map((node) =>
    node.role === "disk" && node.content.is === "pv" ? { ...node, content: { ...node.content, uuid: "other" } } : node,
  );
  const before = { ...told, layout: { ...told.layout, nodes: elsewhere } };
  expect(heldContent(second, { ...now, before })[1]).toContain("unknown");
});
