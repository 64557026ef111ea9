import { describe, expect, test } from "vitest";
import { dasdKind, probeDasds } from "../../src/kinds/dasd/index.js";
import { extKind } from "../../src/kinds/ext/index.js";
import type { Layout } from "../../src/layout/layout.js";
import { scan } from "../../src/scan.js";
import { type Changes, recordedStage, type STAGES } from "./dasd-capture.js";

async function layoutOf(stage: (typeof STAGES)[number], changes?: Changes): Promise<Layout> {
  return (await scan(recordedStage(stage, changes), { kinds: [dasdKind, extKind] })).layout;
}

const disks = (layout: Layout) => layout.nodes.filter((node) => node.role === "disk");
const layouts = (layout: Layout) => disks(layout).map(({ id, detail }) => `${id} ${detail.layout}`);
const node = (layout: Layout, id: string) => layout.nodes.find((candidate) => candidate.id === id);

describe("each stage of the recorded machine", () => {
  test("offline: no volume, and each one is told of", async () => {
    const layout = await layoutOf("00-offline");
    expect(layout.nodes).toEqual([]);
    const others = layout.config.dasd?.others as readonly { busId: string; is: string }[];
    expect(others.map(({ busId, is }) => `${busId} ${is}`)).toEqual(
      ["0200", "0201", "0202", "0203", "0204", "0300", "0301"].map((unit) => `0.0.${unit} offline`),
    );
    expect(layout.findings.filter(({ code }) => code === "dasd/offline")).toHaveLength(others.length);
  });

  test("unformatted: no blocks, no partitions, but cylinders", async () => {
    const layout = await layoutOf("01-unformatted");
    expect(layouts(layout)).toEqual([
      "dasd:0.0.0200 unformatted",
      "dasd:0.0.0201 unformatted",
      "dasd:0.0.0202 unformatted",
      "dasd:0.0.0203 unformatted",
      "dasd:0.0.0300 fba",
      "dasd:0.0.0301 fba",
    ]);
    expect(node(layout, "dasd:0.0.0200")).toMatchObject({
      bytes: 0,
      content: { is: "empty" },
      detail: { cylinders: 300, tracksPerCylinder: 15, blocksPerTrack: 0, volser: null },
    });
    expect(layout.findings.filter(({ code }) => code === "dasd/unformatted")).toHaveLength(4);
  });

  test("formatted: CDL, LDL, FBA and unformatted are told apart", async () => {
    const layout = await layoutOf("02-formatted");
    expect(layouts(layout)).toEqual([
      "dasd:0.0.0200 cdl",
      "dasd:0.0.0201 cdl",
      "dasd:0.0.0202 ldl",
      "dasd:0.0.0203 unformatted",
      "dasd:0.0.0300 fba",
      "dasd:0.0.0301 fba",
    ]);
    expect(disks(layout).map(({ detail }) => detail.volser)).toEqual(["BMR200", "0X0201", "0X0202", null, null, null]);
  });

  test.each(["03-partitioned", "04-filesystems"] as const)("%s: partitions to the track", async (stage) => {
    const layout = await layoutOf(stage);
    const partitions = layout.nodes.flatMap((one) => {
      if (one.role !== "partition") return [];
      const { id, startBytes, bytes, detail } = one;
      return [`${id} ${startBytes}+${bytes} ${detail.startTrack}-${detail.endTrack} ${detail.type}`];
    });
    expect(partitions).toEqual([
      "part:dasd:0.0.0200/1 98304+73629696 2-1499 native",
      "part:dasd:0.0.0200/2 73728000+73728000 1500-2999 lvm",
      "part:dasd:0.0.0200/3 147456000+73728000 3000-4499 lvm",
      "part:dasd:0.0.0201/1 98304+73629696 2-1499 native",
      expect.stringMatching(/^part:dasd:0\.0\.0202\/1 12288\+\d+ null-null null$/),
      "part:dasd:0.0.0300/1 1024+33553408 null-null null",
      "part:dasd:0.0.0301/1 1024+33553408 null-null null",
    ]);
    expect(layout.findings.filter(({ code }) => code === "dasd/kernel-differs")).toEqual([]);
  });

  test("with filesystems: they lie on the partitions", async () => {
    const layout = await layoutOf("04-filesystems");
    expect(node(layout, "dasd:0.0.0200")).toMatchObject({
      content: { is: "table", label: "dasd" },
      sectorBytes: 4096,
      detail: { discipline: "ECKD", volser: "0X0200", settings: {}, ese: false },
    });
    expect(node(layout, "part:dasd:0.0.0201/1")).toMatchObject({
      content: { is: "filesystem", type: "ext3", label: "DATA", uuid: "11111111-2222-3333-4444-555555555555" },
    });
    expect(node(layout, "part:dasd:0.0.0300/1")).toMatchObject({ content: { is: "filesystem", type: "ext3" } });
  });
});

const ZVM = "VM00 Name:            LINUX01\nVM00 Control Program: z/VM    7.3.0\n";

describe("which volume it is", () => {
  const uids = async (uid: string, sysinfo: string) => {
    const layout = await layoutOf("04-filesystems", { ccw: { "0.0.0200": { uid } }, sysinfo });
    const [first] = disks(layout);
    return first?.role === "disk" ? first.identities : [];
  };

  test("a uid names the volume in an LPAR, and on z/VM only with the minidisk's token", async () => {
    const pack = "IBM.750000000L2371.0001.40";
    const minidisk = `${pack}.00000000000027200000000000000000`;
    expect(await uids(pack, "LPAR Name: P1\n")).toContainEqual({ type: "dasd-uid", value: pack, strength: "volume" });
    expect(await uids(pack, ZVM)).toContainEqual({ type: "dasd-uid", value: pack, strength: "hint" });
    expect(await uids(minidisk, ZVM)).toContainEqual({ type: "dasd-uid", value: minidisk, strength: "volume" });
  });

  test("the bus-id is its place, the volser a hint", async () => {
    expect(await uids("IBM.1.2.3", ZVM)).toEqual([
      { type: "dasd-uid", value: "IBM.1.2.3", strength: "hint" },
      { type: "bus-id", value: "0.0.0200", strength: "place" },
      { type: "volser", value: "0X0200", strength: "hint" },
    ]);
  });
});

describe("what isn't an ordinary volume", () => {
  test("aliases, boxed and secondary ones have no content, and are kept for the rebuild", async () => {
    const { config, findings } = await layoutOf("00-offline", {
      ccw: {
        "0.0.0200": { alias: "1" },
        "0.0.0201": { availability: "boxed" },
        "0.0.0202": { copy_role: "secondary" },
      },
    });
    const others = config.dasd?.others as readonly { is: string }[];
    expect(others.map(({ is }) => is)).toEqual(["alias", "boxed", "secondary", ...Array(4).fill("offline")]);
    expect(findings.find(({ code }) => code === "dasd/boxed")).toMatchObject({ severity: "warning" });
  });

  test("a CMS minidisk and one without a label are told from LDL by the label", async () => {
    const label = (hex: string) =>
      ["volume label identifier", "volume identifier"]
        .map((name) => `${name} : ascii  'x'\n : ebcdic 'x'\n : hex    ${hex}`)
        .join("\n");
    const layoutWith = async (hex: string) => {
      const commands = { "dasdview -l /dev/dasdc": { stdout: label(hex) } };
      return node(await layoutOf("04-filesystems", { commands }), "dasd:0.0.0202")?.detail.layout;
    };
    expect(await layoutWith("c3d4e2f1")).toBe("cms");
    expect(await layoutWith("d3d5e7f1")).toBe("ldl");
    expect(await layoutWith("00000000")).toBe("unlabelled");
  });

  test("settings other than the defaults are kept, and read-only counts", async () => {
    const layout = await layoutOf("04-filesystems", {
      ccw: { "0.0.0200": { readonly: "1", failfast: "1", expires: "300" } },
    });
    expect(node(layout, "dasd:0.0.0200")).toMatchObject({
      readOnly: true,
      detail: { settings: { readonly: "1", failfast: "1" } },
    });
  });

  test("one that is online elsewhere is told of", async () => {
    const { findings } = await layoutOf("04-filesystems", { ccw: { "0.0.0201": { host_access_count: "2" } } });
    expect(findings).toContainEqual(expect.objectContaining({ code: "dasd/shared", node: "dasd:0.0.0201" }));
  });
});

describe("what can't be read", () => {
  test.each([
    ["dasdview -x /dev/dasda", { outcome: { is: "missing" } }, "dasd/unread-missing", "unknown"],
    ["dasdview -x /dev/dasda", { stdout: "\n--- general", exit: 0 }, "dasd/unread-unexpected-output", "unknown"],
    ["dasdview -x /dev/dasda", { exit: 1, stderr: "dasdview: no" }, "dasd/unread-failed", "unknown"],
    ["fdasd -p /dev/dasda", { outcome: { is: "timed-out", seconds: 60 } }, "dasd/unread-timed-out", "cdl"],
    ["fdasd -p /dev/dasda", { stdout: "half a li" }, "dasd/unread-unexpected-output", "cdl"],
  ] as const)("%s %j", async (command, how, code, is) => {
    const layout = await layoutOf("04-filesystems", { commands: { [command]: how } });
    expect(layout.findings).toContainEqual(expect.objectContaining({ code, severity: "loss", node: "dasd:0.0.0200" }));
    expect(node(layout, "dasd:0.0.0200")).toMatchObject({ detail: { layout: is }, notRebuilt: expect.any(String) });
  });

  test("a VTOC that isn't the kernel's is told of", async () => {
    const probed = await probeDasds(recordedStage("04-filesystems"));
    const table = probed.is === "known" ? probed.facts.dasds[0]?.table : null;
    expect(table).toMatchObject({
      volser: "0X0200",
      partitions: [{ type: "native" }, { type: "lvm" }, { type: "lvm" }],
    });
    const rows = "\n               Device      start      end   length   Id  System\n";
    const head = ["cylinders ............: 300", "tracks per cylinder ..: 15", "blocks per track .....: 12"];
    const stdout = [...head, "bytes per block ......: 4096", "volume serial ........: 0X0200", rows].join("\n");
    const commands = {
      "fdasd -p /dev/dasda": { stdout: `${stdout}    /dev/dasda1   2   100   99   1  Linux native\nexiting...\n` },
    };
    const { findings } = await layoutOf("04-filesystems", { commands });
    expect(findings).toContainEqual(expect.objectContaining({ code: "dasd/kernel-differs", severity: "loss" }));
  });
});
