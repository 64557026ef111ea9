/** LUNs over several paths: matched as their map, and as nothing else. */
import { describe, expect, test } from "vitest";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import type { LayoutNode } from "../../src/layout/layout.js";
import { type MapPaths, parseMultipathStatus, readMapPaths } from "../../src/rescue/map-paths.js";
import type { RescueFacts } from "../../src/rescue/rescue-facts.js";
import { resolve } from "../../src/rescue/resolve.js";
import { boundPaths, codesOf, problemsOf, run } from "./resolve-world.js";
import { blockDevice, factsOf, hint, id, optionsFor, partition, planFor, type TestDisk, volume } from "./world.js";

const MAP: TestDisk = { name: "dm-0", identities: [volume("3600m")], dmUuid: "mpath-3600m", recordedPaths: 2 };
const path = (name: string): TestDisk => ({
  name,
  identities: [volume("3600m")],
  properties: { ID_SERIAL: "3600m" },
});
const other = blockDevice("sdy", 65, 16, { properties: { ID_SERIAL: "3600m" } });
const known = (usable: readonly string[], failed: readonly string[] = []): MapPaths => ({
  is: "known",
  usable,
  failed,
});

describe("a recorded map", () => {
  test("isn't bound to one of its bare paths, whatever is mapped", () => {
    const several = problemsOf(run([MAP], { disks: [path("sdx")], devices: [other] }));
    expect(several).toMatchObject([{ code: "only-paths", device: "/dev/sdx" }]);
    expect(several[0]?.message).toContain("/dev/sdx, /dev/sdy");
    expect(several[0]?.remedy).toContain("multipath -v2");
    expect(codesOf(run([MAP], { disks: [path("sdx")] }))).toEqual(["only-paths"]);
    const mapped = { mapping: [{ from: "3600m", to: "sdx" }] };
    expect(codesOf(run([MAP], { disks: [path("sdx")] }, mapped))).toEqual(["only-paths"]);
  });

  test("is told what stands on its paths, and how that is let go of, the topmost first", () => {
    const devices = [
      other,
      partition("sdy", 2, 99),
      blockDevice("dm-7", 253, 7, { slaves: ["sdy2"], dm: { name: "vg-lv_rimage_0", uuid: "LVM-a" } }),
      blockDevice("dm-8", 253, 8, { slaves: ["dm-7"], dm: { name: "vg-lv", uuid: "LVM-b" } }),
    ];
    const [problem] = problemsOf(run([MAP], { disks: [path("sdx")], devices }));
    expect(problem?.message).toContain("the rescue system has something on them: vg-lv, vg-lv_rimage_0");
    expect(problem?.remedy).toMatch(
      /^dmsetup remove vg-lv; dmsetup remove vg-lv_rimage_0; .*--existing=lun:3600m=over/,
    );
  });

  test("with fewer working paths than recorded is a problem, unless that is accepted", () => {
    const withPaths = (paths: MapPaths) => ({ disks: [{ ...MAP, paths }] });
    expect(run([MAP], withPaths(known(["sda", "sdb"]))).is).toBe("bound");
    const [problem] = problemsOf(run([MAP], withPaths(known(["sda"], ["sdb"]))));
    expect(problem).toMatchObject({ code: "fewer-paths", node: "lun:3600m" });
    expect(problem?.message).toContain("1 working path (sda), failed are sdb; lun:3600m (was dm-0) had 2");
    expect(problem?.remedy).toContain("--accept-single-path");
    expect(codesOf(run([MAP], withPaths({ is: "unknown", why: "?" })))).toEqual(["fewer-paths"]);
    expect(run([MAP], withPaths(known(["sda"])), { acceptSinglePath: true }).is).toBe("bound");
  });

  test("on another site's storage may have another number of paths, but not one", () => {
    const there: TestDisk = { name: "dm-0", identities: [volume("3600z")], dmUuid: "mpath-3600z" };
    const recorded = { ...MAP, recordedPaths: 8 };
    const mapping = [{ from: "3600m", to: "3600z" }];
    const at = (paths: MapPaths) => run([recorded], { disks: [{ ...there, paths }] }, { mapping });
    expect(at(known(["sda", "sdb"])).is).toBe("bound");
    expect(codesOf(at(known(["sda"])))).toEqual(["fewer-paths"]);
  });
});

test("a recorded disk that a map holds here is refused: its partitions would be made another way", () => {
  const recorded: TestDisk = { name: "sda", identities: [volume("3600m")] };
  const [problem] = problemsOf(run([recorded], { disks: [MAP] }));
  expect(problem).toMatchObject({ code: "multipathed", device: "/dev/mapper/mpath0" });
  expect(problem?.remedy).toContain("multipath -f mpath0");
});

describe("a map over two different disks of one WWID", () => {
  const facts = (paths: readonly Partial<{ bytes: number; serial: string; sectorBytes: number }>[]): RescueFacts => {
    const nodes = paths.map(
      ({ bytes = 1000, serial, sectorBytes = 512 }, at): LayoutNode => ({
        role: "disk",
        id: id(`path:3600m/${at}`),
        kind: "disk",
        name: `sd${at}`,
        detail: {},
        bytes,
        readOnly: false,
        content: { is: "path", of: id("lun:3600m") },
        sectorBytes,
        physicalSectorBytes: 512,
        identities: [volume("3600m"), ...(serial === undefined ? [] : [hint("serial", serial)])],
      }),
    );
    return factsOf({ disks: [MAP], nodes });
  };
  const codes = (paths: Parameters<typeof facts>[0]) => {
    const resolution = resolve(planFor([MAP]), facts(paths), optionsFor());
    return resolution.is === "bound" ? [] : codesOf(resolution);
  };

  test("is told by serial number, size, sector size", () => {
    expect(codes([{ serial: "A" }, { serial: "A" }])).toEqual([]);
    expect(codes([{ serial: "A" }, { serial: "B" }])).toEqual(["paths-differ"]);
    expect(codes([{ serial: "A" }, {}, { serial: "B" }])).toEqual(["paths-differ"]);
    expect(codes([{}, { bytes: 1001 }])).toEqual(["paths-differ"]);
    expect(codes([{}, { sectorBytes: 4096 }])).toEqual(["paths-differ"]);
  });

  test("but not by what is only a piece of the WWID, nor by how blanks are written", () => {
    expect(codes([{ serial: "600m" }, { serial: "A" }])).toEqual([]);
    expect(codes([{ serial: " 75 X" }, { serial: "75_X" }])).toEqual([]);
  });
});

test("the paths of a map are excluded everywhere else", () => {
  const inventory = inventoryOf([
    blockDevice("sdx", 65, 0),
    blockDevice("dm-0", 8, 0, { slaves: ["sdx"], dm: { name: "mpatha", uuid: "mpath-3600m" } }),
  ]);
  const facts = { ...factsOf({ disks: [MAP] }), inventory };
  const resolution = resolve(planFor([MAP]), facts, optionsFor({ mapping: [{ from: "3600m", to: "/dev/sdx" }] }));
  expect(codesOf(resolution)).toEqual(["map-onto-path"]);
});

test("a second path that no map holds isn't a disk of its own", () => {
  const single: TestDisk = { name: "sdq", identities: [volume("3600q")] };
  const world = { disks: [path("sdx"), single], devices: [other] };
  const resolution = run([single], world, { mapping: [{ from: "sdq", to: "/dev/sdy" }] });
  expect(problemsOf(resolution)).toMatchObject([{ code: "map-onto-path", device: "/dev/sdy" }]);
});

test("a WWID with blanks is one, however the map's dm uuid writes them", () => {
  const wwid = "1LAB_LUN_with_blanks";
  const here: TestDisk = { name: "dm-0", identities: [volume(wwid)], dmUuid: "mpath-1LAB     LUN with blanks" };
  const recorded: TestDisk = { ...here, dmUuid: `mpath-${wwid}` };
  expect(boundPaths(run([recorded], { disks: [here] }))).toEqual({ [`lun:${wwid}`]: "/dev/mapper/mpath0" });
});

describe("the status of device-mapper's multipath target", () => {
  // the kernel's own form, typed by hand: drivers/md/dm-mpath.c
  const FOUR =
    "0 6291456 multipath 2 0 0 0 2 1 A 0 2 2 8:0 A 0 0 1 8:16 F 3 0 1 E 0 2 2 65:32 A 0 0 1 65:48 A 0 0 1 \n";

  test("tells each path, and whether it works", () => {
    expect(parseMultipathStatus(FOUR)).toEqual([
      { device: "8:0", works: true },
      { device: "8:16", works: false },
      { device: "65:32", works: true },
      { device: "65:48", works: true },
    ]);
    expect(parseMultipathStatus("0 6291456 multipath 2 0 0 0 0 0 \n")).toEqual([]);
    expect(parseMultipathStatus("0 6291456 linear \n")).toBeUndefined();
    expect(parseMultipathStatus("")).toBeUndefined();
  });

  test("is unknown where dmsetup fails, or says something else", async () => {
    const map: BlockDevice = blockDevice("dm-0", 253, 0, { dm: { name: "mpatha", uuid: "mpath-1" } });
    const inventory = inventoryOf([map, blockDevice("sda", 8, 0), blockDevice("sdb", 8, 16)]);
    const asked = async (stdout: string, code: number) =>
      readMapPaths(
        {
          run: async (argv) => ({ argv, outcome: { is: "exited", code }, stdout, stderr: "" }),
          read: async () => ({ is: "absent" }),
          list: async () => ({ is: "absent" }),
          readlink: async () => ({ is: "absent" }),
        },
        inventory,
        map,
      );
    expect(await asked(FOUR, 0)).toEqual(known(["65:32", "65:48", "sda"], ["sdb"]));
    expect(await asked("", 1)).toMatchObject({ is: "unknown" });
    expect(await asked("Device does not exist.", 0)).toMatchObject({ is: "unknown" });
  });
});
