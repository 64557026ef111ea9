import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/host/evidence.js";
import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import { type LvmFacts, lvmKind, probeLvm } from "../../src/kinds/lvm/index.js";
import { compare } from "../../src/layout/compare.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";
import { retarget } from "../../src/layout/retarget.js";
import type { Arg } from "../../src/plan/arg.js";
import { buildPlan } from "../../src/plan/build.js";
import { evidenceFixture } from "../../src/testkit/index.js";
import { BELOW, changed, evidence, layoutOf, withBackups, without, withoutBackups } from "./lvm-fixture.js";

const NOBODY = inventoryOf([]);
const layout = await layoutOf(evidence);

const nodeOf = (from: Layout, id: string) => from.nodes.find((node) => node.id === id);
const codes = (from: Layout) =>
  from.findings.filter(({ code }) => code.startsWith("lvm/")).map((f) => `${f.code} ${f.node ?? ""}`);
const stepsOf = (from: Layout) => lvmKind.steps?.(from).steps ?? [];
const idsOf = (from: Layout) => stepsOf(from).map(({ id }) => id as string);
const fileOf = (from: Layout, name: string) => lvmKind.steps?.(from).files?.find((file) => file.name === name)?.content;
const textOf = (arg: Arg): string => {
  if (typeof arg === "string") return arg;
  if ("concat" in arg) return arg.concat.map(textOf).join("");
  return "device" in arg ? `<${arg.device}>` : "setFile" in arg ? `<${arg.setFile}>` : "?";
};
const commandsOf = (from: Layout, step: string) =>
  (stepsOf(from).find(({ id }) => id === step)?.run ?? []).map((action) =>
    action.do === "exec" ? action.argv.map(textOf).filter((word) => !word.startsWith("devices {")) : [],
  );

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
    expect(plan.steps.find(({ id }) => (id as string) === "pv:part:lun:35000c500b0000000/2")?.after).toEqual([
      "partition:lun:35000c500b0000000",
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

describe("the probe", () => {
  const known = async (host: ProbeHost): Promise<LvmFacts> => {
    const probed = await probeLvm(host);
    if (probed.is === "unknown") throw new Error(probed.failure.message);
    return probed.facts;
  };

  test("reads the text of an LVM that knows no JSON to the same facts", async () => {
    const old: Evidence = {
      ...evidence,
      commands: evidence.commands.flatMap((command) => {
        const [program] = command.argv;
        if (!["pvs", "vgs", "lvs"].includes(program)) return [command];
        const columns = (command.argv.at(-1) as string).split(",");
        const rows = (Object.values(JSON.parse(command.stdout).report[0])[0] as Record<string, string>[]).map(
          (row) => `  ${columns.map((column) => row[column]).join("|")}\n`,
        );
        const [, , , , form, ...rest] = command.argv;
        return [
          {
            ...command,
            outcome: { is: "exited", code: 3 } as const,
            stdout: "",
            stderr: `${program}: unrecognized option '--reportformat'\n`,
          },
          {
            ...command,
            argv: [program, "--noheadings", "--separator", "|", "--config", form as string, ...rest] as const,
            stdout: rows.join(""),
          },
        ];
      }),
    };
    expect(await known(replayHost(old))).toEqual(await known(replayHost(evidence)));
  });

  test("removes the directory that it had made, whatever happened in it", async () => {
    const asked: string[][] = [];
    const replayed = replayHost(without("vgcfgbackup"));
    await known({
      ...replayed,
      run: (argv) => {
        asked.push([...argv]);
        return replayed.run(argv);
      },
    });
    const directory = evidence.commands.find(({ argv }) => argv[0] === "mktemp")?.stdout.trim();
    expect(asked.at(-1)).toEqual(["rm", "--recursive", directory]);
  });

  const bare = (outcome: "missing" | "failing") => {
    const how =
      outcome === "missing" ? ({ outcome: { is: "missing" } } as const) : { exit: 5, stderr: "  Locking failed\n" };
    const commands = evidence.commands
      .filter(({ argv }) => ["pvs", "vgs", "lvs"].includes(argv[0]))
      .map(({ argv }) => ({ argv, ...how }));
    return replayHost(evidenceFixture({ commands }));
  };

  test("finds nothing where LVM isn't installed and nothing has its signature", async () => {
    expect(await probeLvm(bare("missing"), NOBODY)).toEqual({
      is: "known",
      facts: { pvs: [], vgs: [], lvs: [], backups: new Map(), remarks: [], devicesFile: false },
    });
  });

  test("fails where it isn't installed and something has", async () => {
    const found = await layoutOf({
      ...evidence,
      commands: evidence.commands.map((command) =>
        ["pvs", "vgs", "lvs"].includes(command.argv[0]) ? { ...command, outcome: { is: "missing" } as const } : command,
      ),
    });
    expect(codes(found)).toEqual(["lvm/probe-missing "]);
  });

  test("fails where it fails, whatever there is", async () => {
    expect(await probeLvm(bare("failing"), NOBODY)).toMatchObject({
      is: "unknown",
      failure: { reason: "failed", message: expect.stringContaining("Locking failed") },
    });
  });

  test.each([
    ["pvs", "no JSON", () => "{"],
    ["pvs", "a number that is none", (out: string) => out.replace('"pe_start":"1048576"', '"pe_start":"1.00m"')],
    ["vgs", "a policy that isn't known", (out: string) => out.replace('"wz--n-"', '"wz--q-"')],
    ["lvs", "a range that is none", (out: string) => out.replace("/dev/sdb7:0-7", "/dev/sdb7")],
    ["lvs", "a volume without UUID", (out: string) => out.replace(/"lv_uuid":"[^"]*"/, '"lv_uuid":""')],
  ])("%s: %s is a failure with the row in it", async (program, _what, change) => {
    const probed = await probeLvm(replayHost(changed({ [program]: change })));
    expect(probed).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", source: program } });
  });

  test("what LVM says beside its answers is a warning, once; settings that it doesn't know are none", async () => {
    const found = await layoutOf({
      ...evidence,
      commands: evidence.commands.map((command) =>
        ["pvs", "vgs"].includes(command.argv[0])
          ? {
              ...command,
              stderr: '  WARNING: PV /dev/sdx is odd.\n  Configuration setting "log/report_command_log" unknown.\n',
            }
          : command,
      ),
    });
    expect(found.findings.filter(({ code }) => code === "lvm/remark").map(({ message }) => message)).toEqual([
      "LVM says: WARNING: PV /dev/sdx is odd.",
    ]);
  });

  test("a list of devices is noted: on other disks it would hide the groups", async () => {
    const files = [...evidence.files, { path: "/etc/lvm/devices/system.devices", content: "#" }];
    expect(codes(await layoutOf({ ...evidence, files })).at(-1)).toBe("lvm/devices-file ");
  });
});
