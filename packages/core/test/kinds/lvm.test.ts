import { describe, expect, test } from "vitest";
import { lvmKind } from "../../src/kinds/lvm/index.js";
import { compare } from "../../src/layout/compare.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";
import { retarget } from "../../src/layout/retarget.js";
import { buildPlan } from "../../src/plan/build.js";
import { BELOW, codes, commandsOf, evidence, fileOf, idsOf, layoutOf, nodeOf, stepsOf, textOf } from "./lvm-fixture.js";

const layout = await layoutOf(evidence);

describe("a machine with all of it", () => {
  test("gives groups, volumes, and physical volumes with edges", () => {
    expect(layout.nodes.filter(({ kind }) => kind === "lvm").map(({ id }) => id)).toEqual([
      "vg:vg-one",
      ...["lin-ear", "minor", "off", "ra", "ro", "skip", "str"].map((name) => `lv:vg-one/${name}`),
      "vg:vg2",
      ...["mir", "orig", "pool", "snap", "thin"].map((name) => `lv:vg2/${name}`),
      "vg:vgsid",
      "lv:vgsid/data",
    ]);
    expect(layout.edges).toEqual([
      { from: "part:lun:35000c500b0000000/2", to: "vg:vg-one", as: "pv" },
      { from: "part:lun:35000c500b0000000/3", to: "vg:vg-one", as: "pv" },
      { from: "part:lun:35000c500b0000001/1", to: "vg:vg-one", as: "pv" },
      { from: "part:lun:35000c500b0000001/5", to: "vg:vg2", as: "pv" },
      { from: "part:lun:35000c500b0000001/7", to: "vg:vgsid", as: "pv" },
      { from: "lun:35000c500b0000002", to: "vg:vg2", as: "pv" },
    ]);
    expect(LayoutSchema.safeParse(JSON.parse(JSON.stringify(layout))).error).toBeUndefined();
  });

  test("a volume in three segments, by the UUIDs of its physical volumes", () => {
    const pv = (id: string) => {
      const node = nodeOf(layout, id);
      return node !== undefined && node.role !== "group" && node.content.is === "pv" ? node.content.uuid : "";
    };
    const MIB = 1024 * 1024;
    expect(nodeOf(layout, "lv:vg-one/lin-ear")).toMatchObject({
      bytes: 160 * MIB,
      detail: {
        tags: ["lvtag"],
        types: ["linear"],
        segments: [
          {
            type: "linear",
            startBytes: 0,
            bytes: 64 * MIB,
            stripes: 1,
            stripeBytes: 0,
            ranges: [{ on: pv("part:lun:35000c500b0000000/2"), first: 0, last: 7 }],
          },
          {
            startBytes: 64 * MIB,
            bytes: 64 * MIB,
            ranges: [{ on: pv("part:lun:35000c500b0000001/1"), first: 0, last: 7 }],
          },
          {
            startBytes: 128 * MIB,
            bytes: 32 * MIB,
            ranges: [{ on: pv("part:lun:35000c500b0000000/3"), first: 4, last: 7 }],
          },
        ],
      },
    });
    expect(nodeOf(layout, "lv:vg-one/str")).toMatchObject({
      detail: {
        segments: [
          {
            type: "striped",
            stripes: 2,
            stripeBytes: 131072,
            ranges: [
              { first: 8, last: 11 },
              { first: 0, last: 3 },
            ],
          },
        ],
      },
    });
  });

  test("what a volume and a group may have beside", () => {
    expect(nodeOf(layout, "vg:vg-one")?.detail).toMatchObject({
      extentBytes: 8 * 1024 * 1024,
      maxVolumes: 20,
      maxPvs: 9,
      tags: ["site:x", "t2"],
      allocation: "cling",
      metadataCopies: "unmanaged",
      systemId: "",
    });
    expect(nodeOf(layout, "vg:vgsid")?.detail).toMatchObject({ systemId: "srv" });
    expect(nodeOf(layout, "lv:vg-one/minor")?.detail).toMatchObject({ fixedMinor: 77 });
    expect(nodeOf(layout, "lv:vg-one/ra")?.detail).toMatchObject({ readAhead: 262144, allocation: "contiguous" });
    expect(nodeOf(layout, "lv:vg-one/ro")).toMatchObject({ readOnly: true });
    expect(nodeOf(layout, "lv:vg-one/skip")?.detail).toMatchObject({ skipActivation: true, active: false });
  });

  test("says what won't come back, once for each volume", () => {
    expect(codes(layout)).toEqual([
      "lvm/inactive-volume lv:vg-one/off",
      "lvm/read-only-volume lv:vg-one/ro",
      "lvm/inactive-volume lv:vg-one/skip",
      "lvm/unsupported-volume lv:vg2/mir",
      "lvm/unsupported-volume lv:vg2/pool",
      "lvm/snapshot lv:vg2/snap",
      "lvm/unsupported-volume lv:vg2/thin",
    ]);
    expect(layout.findings.filter(({ code }) => code === "layout/unclaimed-device")).toEqual([]);
  });
});

describe("the steps", () => {
  test("stand in an order in which they can run", () => {
    const { plan } = buildPlan(layout, [...BELOW, lvmKind]);
    const order = plan.steps.map(({ id }) => id as string);
    const before = (first: string, second: string) => expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
    before("partition:lun:35000c500b0000000", "pv:part:lun:35000c500b0000000/2");
    before("wipe:lun:35000c500b0000002", "pv:lun:35000c500b0000002");
    before("pv:part:lun:35000c500b0000000/3", "vg:vg-one");
    before("pv:lun:35000c500b0000002", "vg:vg2");
    // its command names the other physical volumes of its group: they must be there, though nothing is on them yet
    expect(plan.steps.find(({ id }) => (id as string) === "pv:part:lun:35000c500b0000000/2")?.after).toEqual([
      "partition:lun:35000c500b0000000",
      "partition:lun:35000c500b0000001",
    ]);
  });

  test("a physical volume gets its UUID, its extents' place by the group's metadata, its metadata areas by number and size", () => {
    const uuidOf = (id: string) => (nodeOf(layout, id) as { content: { uuid: string } }).content.uuid;
    const pvcreate = (id: string, ...rest: string[]) => [
      ["pvcreate", "--config", "--yes", "--force", "--zero", "y", "--uuid", uuidOf(id), ...rest, `<${id}>`],
    ];
    const plain = "part:lun:35000c500b0000000/2";
    expect(commandsOf(layout, `pv:${plain}`)).toEqual(
      pvcreate(plain, "--restorefile", "<VG-vg-one>", "--pvmetadatacopies", "1", "--metadatasize", "1044480b"),
    );
    const ignoring = "part:lun:35000c500b0000000/3";
    expect(commandsOf(layout, `pv:${ignoring}`)[0]).toContain("--metadataignore");
    const twoAreas = "lun:35000c500b0000002";
    expect(commandsOf(layout, `pv:${twoAreas}`)).toEqual(
      pvcreate(twoAreas, "--restorefile", "<VG-vg2>", "--pvmetadatacopies", "2", "--metadatasize", "8388608b"),
    );
    const orphan = "lun:35000c500b0000003";
    expect(commandsOf(layout, `pv:${orphan}`)[0]).toEqual(
      expect.arrayContaining(["--norestorefile", "--dataalignment", "4194304b", "--dataalignmentoffset", "0b"]),
    );
  });

  test("a group is restored, activated as a whole, and its volumes are wiped but for a read-only one", () => {
    expect(commandsOf(layout, "vg:vg-one")).toEqual([["vgcfgrestore", "--config", "--file", "<VG-vg-one>", "vg-one"]]);
    expect(commandsOf(layout, "activate-vg:vg-one")).toEqual([
      ["vgchange", "--config", "--activate", "y", "--activationmode", "complete", "--ignoreactivationskip", "vg-one"],
      ["udevadm", "settle", "--timeout=120"],
    ]);
    const written = ["lin-ear", "minor", "off", "ra", "skip", "str"].map((name) => `<lv:vg-one/${name}>`);
    expect(commandsOf(layout, "wipe-volumes:vg-one")).toEqual([
      ["wipefs", "--all", "--force", ...written],
      ["udevadm", "settle", "--timeout=120"],
    ]);
  });

  test("only taking hold of the volumes destroys nothing, so that it can be done again", () => {
    const destroying = stepsOf(layout).filter(({ destroys }) => destroys.length > 0);
    const harmless = stepsOf(layout).filter(({ destroys }) => destroys.length === 0);
    expect(harmless.map(({ id }) => id as string)).toEqual([
      "activate-vg:vg-one",
      "activate-vg:vg2",
      "activate-vg:vgsid",
    ]);
    expect(harmless.every(({ release }) => release !== undefined)).toBe(true);
    expect(destroying.every(({ release }) => release === undefined)).toBe(true);
    expect(harmless.flatMap(({ provides }) => provides)).toContain("device:lv:vg-one/ro");
  });

  test("every LVM command sees the devices of its group only, as the machine that owns the group", () => {
    const configs = stepsOf(layout)
      .flatMap(({ run, done, release }) => [
        ...[...run, ...(release ?? [])].flatMap((action) => (action.do === "exec" ? [action.argv] : [])),
        ...done.flatMap((check) => (check.is === "output" ? [check.argv] : [])),
      ])
      .filter(([program]) => typeof program === "string" && /^(pv|vg)/.test(program));
    expect(configs).toHaveLength(7 + 3 * 4);
    for (const argv of configs)
      expect(argv.map(textOf)[2]).toMatch(
        /^devices \{ filter=\[ ("a\|\^<[^>]*>\$\|", )+"r\|\.\*\|" \] global_filter=\[ "a\|\.\*\|" \] use_devicesfile=0 /,
      );
    const sid = configs.filter((argv) => argv.map(textOf).includes("vgsid")).map((argv) => argv.map(textOf)[2]);
    expect(sid).toHaveLength(4);
    for (const config of sid) {
      expect(config).toContain('"a|^<part:lun:35000c500b0000001/7>$|", "r|.*|"');
      expect(config).toContain('system_id_source="lvmlocal"');
      expect(config).toContain('system_id="srv"');
    }
  });

  test("volumes are known by dm name and dm uuid, hyphens doubled and left out", () => {
    const device = lvmKind.steps?.(layout).devices?.find(({ node }) => node === "lv:vg-one/lin-ear");
    const uuids = ["vg:vg-one", "lv:vg-one/lin-ear"].map((id) =>
      String(nodeOf(layout, id)?.detail.uuid).replaceAll("-", ""),
    );
    expect(device).toEqual({
      node: "lv:vg-one/lin-ear",
      by: "mapper",
      name: "vg--one-lin--ear",
      dmUuid: `LVM-${uuids.join("")}`,
    });
  });

  test("the metadata is vgcfgbackup's own where all volumes are rebuilt, else without those that aren't", () => {
    const written = (name: string) => {
      const file = evidence.files.find(({ path }) => path.endsWith(`/${name}`) && path.includes("/bmr-vg-"));
      return file !== undefined && "content" in file ? file.content : "";
    };
    expect(fileOf(layout, "VG-vg-one")).toBe(written("vg-one"));
    const made = fileOf(layout, "VG-vg2") ?? "";
    expect(made).toContain("\t\torig {\n");
    for (const gone of ["mir", "pool", "thin", "snap", "lvol0_pmspare", "mir_rimage_0", "snapshot0"]) {
      expect(written("vg2")).toContain(`\t\t${gone} {\n`);
      expect(made).not.toContain(gone);
    }
    const head = written("vg2").split("logical_volumes")[0] as string;
    expect(made.startsWith(head)).toBe(true);
  });

  test("follow the disks to which the layout is taken", () => {
    const other = retarget(layout, new Map([["lun:35000c500b0000002" as never, "lun:36000" as never]]));
    expect(idsOf(other)).toContain("pv:lun:36000");
    expect(compare(layout, layout, [lvmKind], { when: "diskinit" })).toEqual([]);
  });
});
