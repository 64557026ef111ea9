import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/host/evidence.js";
import { lvmKind } from "../../src/kinds/lvm/index.js";
import type { Layout } from "../../src/layout/layout.js";
import {
  changed,
  codes,
  commandsOf,
  evidence,
  fileOf,
  idsOf,
  layoutOf,
  nodeOf,
  withBackups,
  without,
  withoutBackups,
} from "./lvm-fixture.js";

const layout = await layoutOf(evidence);

describe("what can't be rebuilt", () => {
  const refused = async (from: Evidence, group: string) => {
    const found = await layoutOf(from);
    const finding = found.findings.find(({ code, node }) => code === "lvm/group-not-rebuilt" && node === group);
    expect(nodeOf(found, group)?.notRebuilt).toBeDefined();
    expect(idsOf(found)).not.toContain(group);
    return finding?.message ?? "";
  };
  const attr = (group: string, from: string, to: string) =>
    changed({ vgs: (out) => out.replace(new RegExp(`("vg_name":"${group}".*?"vg_attr":)"${from}"`), `$1"${to}"`) });

  test.each([
    ["exported", attr("vgsid", "wz--n-", "wzx-n-"), "exported"],
    ["partial", attr("vgsid", "wz--n-", "wz-pn-"), "missing"],
    ["clustered", attr("vgsid", "wz--n-", "wz--nc"), "shared"],
    ["shared", attr("vgsid", "wz--n-", "wz--ns"), "shared"],
    ["of LVM 1", changed({ vgs: (out) => out.replaceAll('"vg_fmt":"lvm2"', '"vg_fmt":"lvm1"') }), "old format lvm1"],
    ["with a missing device", changed({ pvs: (out) => out.replace("/dev/sdb7", "[unknown]") }), "missing"],
    [
      "on a device of no kind",
      changed({ pvs: (out) => out.replace("/dev/sdb7", "/dev/mapper/secret") }),
      "/dev/mapper/secret is on a device that isn't restored",
    ],
    [
      "of an odd system ID",
      changed({ vgs: (out) => out.replace('"vg_sysid":"srv"', '"vg_sysid":"s\\"rv"') }),
      "system ID",
    ],
    ["without metadata", withBackups((text) => text.replace("vgsid {", "other {")), "has no group vgsid"],
    [
      "with broken metadata",
      withBackups((text) => text.replace("physical_volumes {", "physical_volumes")),
      "isn't understood",
    ],
    [
      "with another physical volume in its metadata",
      withBackups((text) => text.replace('id = "Zn9SIw', 'id = "XXXXXX')),
      "disagree",
    ],
    ["without vgcfgbackup", withoutBackups(without("vgcfgbackup")), "vgcfgbackup --file"],
    ["of which vgcfgbackup wrote nothing", withoutBackups(evidence), "can't be read: not-recorded"],
    ["without a directory for vgcfgbackup", without("mktemp"), "not in the recording"],
    ["with an odd directory", changed({ mktemp: () => "/etc\n" }), "mktemp printed no path"],
  ])("a group %s", async (_what, from, said) => {
    expect(await refused(from, "vg:vgsid")).toContain(said);
  });

  test("two groups of one name: both by UUID, neither is rebuilt", async () => {
    const found = await layoutOf(changed({ vgs: (out) => out.replace('"vg_name":"vgsid"', '"vg_name":"vg2"') }));
    const groups = found.nodes.filter(({ role }) => role === "group");
    expect(groups.map(({ id }) => id)).toEqual([
      "vg:vg-one",
      ...groups.slice(1).map((group) => `vg:vg2/${group.detail.uuid}`),
    ]);
    expect(groups.slice(1).map(({ notRebuilt }) => notRebuilt)).toEqual(
      Array(2).fill("another group has the same name"),
    );
    expect(idsOf(found).filter((id) => id.startsWith("vg:"))).toEqual(["vg:vg-one"]);
  });

  test("a group on a disk that isn't written, and nothing of it", async () => {
    const nodes = layout.nodes.map((node) =>
      node.id === "lun:35000c500b0000002" ? { ...node, readOnly: true } : node,
    ) as Layout["nodes"];
    const part = lvmKind.steps?.({ ...layout, nodes });
    expect(part?.findings).toMatchObject([{ code: "lvm/group-not-rebuilt", node: "vg:vg2", severity: "loss" }]);
    expect(part?.steps?.map(({ id }) => id as string)).not.toContain("pv:part:lun:35000c500b0000001/5");
  });

  test.each([
    [
      "a volume in the midst of pvmove",
      changed({ lvs: (out) => out.replace('"seg_pe_ranges":"/dev/sdb7:0-7"', '"seg_pe_ranges":"pvmove0:0-7"') }),
      "stands on pvmove0",
    ],
    [
      "a volume of an unknown type",
      changed({ lvs: (out) => out.replace(/("lv_name":"data".*?"segtype":)"linear"/, '$1"zero"') }),
      "of the type zero",
    ],
    [
      "a volume with a missing part",
      changed({ lvs: (out) => out.replace(/("lv_name":"data".*?"lv_attr":)"-wi-a-----"/, '$1"-wi-a---p-"') }),
      "missing device",
    ],
  ])("%s, while its group is", async (_what, from, said) => {
    const found = await layoutOf(from);
    expect(nodeOf(found, "lv:vgsid/data")?.notRebuilt).toContain(said);
    expect(fileOf(found, "VG-vgsid")).not.toContain("data {");
    expect(idsOf(found).filter((id) => id.endsWith(":vgsid"))).toEqual(["vg:vgsid"]);
  });

  test("a volume that vgcfgbackup doesn't have, or has otherwise", async () => {
    const absent = withBackups((text) => text.replace(/(\tdata \{\n\t*id = ")....../, "$1XXXXXX"));
    expect(await refused(absent, "vg:vgsid")).toContain("lacks volumes that lvs shows");
    const mirrored = withBackups((text) => text.replace(/(\tdata \{[\s\S]*?type = )"striped"/, '$1"mirror"'));
    expect(await refused(mirrored, "vg:vgsid")).toContain("data stands on more than physical volumes");
  });

  test("a copy of a physical volume is named and left alone", async () => {
    const twin = changed({
      pvs: (out) =>
        out.replace(
          /(\{"pv_name":)"\/dev\/sdb7"(.*?"pv_attr":)"a--"(.*\})/,
          (row, a, b, c) => `${row},\n${a}"/dev/sdd"${b}"d--"${c}`,
        ),
    });
    const found = await layoutOf(twin);
    expect(codes(found).slice(0, 1)).toEqual(["lvm/duplicate-pv "]);
    expect(found.edges.filter(({ to }) => to === "vg:vgsid")).toHaveLength(1);
  });
});

describe("what isn't recorded", () => {
  test("metadata areas: a warning that LVM's own choice stands", async () => {
    const found = await layoutOf(
      changed({ pvs: (out) => out.replaceAll(/, "pv_mda_(count|used_count|size)":"\d+"/g, "") }),
    );
    expect(lvmKind.steps?.(found).findings).toHaveLength(7);
    expect(lvmKind.steps?.(found).findings?.[0]).toMatchObject({ code: "lvm/not-recorded", severity: "warning" });
    expect(commandsOf(found, "pv:part:lun:35000c500b0000000/2")[0]).not.toContain("--pvmetadatacopies");
  });

  test("segments: the metadata alone decides", async () => {
    const found = await layoutOf(changed({ lvs: (out) => out.replaceAll(/, "seg_pe_ranges":"[^"]*"/g, "") }));
    expect(nodeOf(found, "lv:vg-one/lin-ear")?.detail.segments).toBeNull();
    expect(idsOf(found)).toContain("vg:vg-one");
  });
});
