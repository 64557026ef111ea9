import { expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import { compare } from "../../src/layout/compare.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { Layout } from "../../src/layout/layout.js";
import { rebuiltNodes } from "../../src/layout/rebuilt.js";
import { retarget } from "../../src/layout/retarget.js";
import { buildPlan } from "../../src/plan/build.js";
import { all, type Edit, says, udev } from "./edit-evidence.js";
import { layoutOf, recording } from "./server.js";

/** The recorded server with the findings of its plan, as verify has it. */
async function recorded(edit: Edit): Promise<Layout> {
  const layout = await layoutOf(edit(recording("server")));
  return { ...layout, findings: buildPlan(layout, kinds, []).plan.findings };
}

/** What verify finds on the disks as mke2fs, sfdisk and the others have made them: `field: stated by`. */
async function verified(was: Layout, rebuilt: Edit = (evidence) => evidence): Promise<string[]> {
  const now = await layoutOf(rebuilt(recording("server")));
  const differences = compare(was, now, kinds, { when: "diskinit", scope: rebuiltNodes(was) });
  return differences.map(({ field, stated }) => `${field}: ${stated ?? "nobody"}`);
}

const root = (from: RegExp, to: string): Edit => says("Filesystem volume name:   root\n", from, to);

it.each<[string, Edit, Edit, string[]]>([
  [
    "a first inode that no mke2fs makes",
    root(/^(First inode: +)11$/m, "$117"),
    (evidence) => evidence,
    ["content.detail.superblock.firstInode: ext/not-reproducible"],
  ],
  [
    "a label that isn't text",
    root(/^(Filesystem volume name: +)root$/m, "$1r\udcf6t"),
    root(/^(Filesystem volume name: +)root$/m, "$1<none>"),
    ["content.label: ext/label-not-text"],
  ],
  [
    "a partition's name beyond what sfdisk writes",
    says("sector-size: 512", 'name="PV two"', 'name="PV \\xf0\\x9f\\x92\\xbe"'),
    says("sector-size: 512", 'name="PV two"', 'name=""'),
    ["detail.name: partition-table/name"],
  ],
  [
    "reserved bits of a partition",
    udev("mpathb-part3", "0x8000000000000004", "0x8000000000000014"),
    (evidence) => evidence,
    ["detail.attributes: partition-table/attributes"],
  ],
  [
    "a FAT label that mkfs.vfat can't write",
    all(
      udev("mpathc-part1", "ID_FS_LABEL_ENC=EFI", "ID_FS_LABEL_ENC=E*I"),
      udev("mpathc-part1", "ID_FS_LABEL=EFI", "ID_FS_LABEL=E*I"),
    ),
    all(udev("mpathc-part1", "\nE: ID_FS_LABEL_ENC=EFI", ""), udev("mpathc-part1", "\nE: ID_FS_LABEL=EFI", "")),
    ["content.label: vfat/label"],
  ],
])("what the scan announced is stated: %s", async (_, server, rebuilt, expected) => {
  const was = await recorded(server);
  expect(await verified(was, rebuilt)).toEqual(expected);
});

it("what wasn't recorded, and is made as the tools like, is stated too", async () => {
  const unasked: Edit = (evidence) => ({
    ...evidence,
    commands: evidence.commands.filter(({ argv }) => argv[0] !== "debugfs"),
  });
  const found = await verified(await recorded(unasked));
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found)).toEqual(new Set(["content.detail.rootDirectory: ext/not-recorded"]));
});

it("on other disks the exceptions are theirs, and nothing else is excepted", async () => {
  const odd = await recorded(root(/^(First inode: +)11$/m, "$117"));
  const other = "lun:36000000000000000000000000000000f" as NodeId;
  const moved = new Map([["lun:35000c500a0000003" as NodeId, other]]);
  const named = await recorded(says("sector-size: 512", 'name="more"', 'name="m\\xf0\\x9f\\x92\\xbe"'));
  const here = retarget(await layoutOf(says("sector-size: 512", 'name="more"', 'name=""')(recording("server"))), moved);
  const onto = retarget(named, moved);
  const scope = rebuiltNodes(onto);
  expect(compare(onto, here, kinds, { when: "diskinit", scope })).toMatchObject([
    { subject: `part:${other}/2`, field: "detail.name", stated: "partition-table/name" },
  ]);
  // the same field of another filesystem, another field of the same one
  const boot = says("Filesystem volume name:   boot\n", /^(First inode: +)11$/m, "$117");
  const reserved = root(/^(Reserved block count: +)\d+$/m, "$15");
  expect((await verified(odd, all(boot, reserved))).sort()).toEqual([
    "content.detail.superblock.firstInode: ext/not-reproducible",
    "content.detail.superblock.firstInode: nobody",
    "content.detail.superblock.reservedBlocks: nobody",
  ]);
});
