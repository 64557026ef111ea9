/** What the rescue system started by itself: held off, let go of where it is in multipath's way, and left where it is used. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { ActionHost } from "../../src/host/host.js";
import { localActionHost } from "../../src/host/local-action.js";
import type { DeviceRef } from "../../src/plan/part.js";
import { runUnbound } from "../../src/rescue/activate.js";
import { clearWay } from "../../src/rescue/clear-way.js";
import { endHoldOff, holdOffStep, readAutoActivation } from "../../src/rescue/hold-off.js";
import type { Mode } from "../../src/rescue/mode.js";
import { resolve } from "../../src/rescue/resolve.js";
import {
  blockDevice,
  factsOf,
  hint,
  id,
  optionsFor,
  partition,
  planFor,
  type TestDisk,
  type TestWorld,
  volume,
} from "./world.js";

const VG = "a".repeat(32);
const ROOT: DeviceRef = {
  node: id("lv:sysvg/root"),
  by: "mapper",
  name: "sysvg-root",
  dmUuid: `LVM-${VG}${"r".repeat(32)}`,
};
const MAP: TestDisk = { name: "mpatha", identities: [volume("3600m")], dmUuid: "mpath-3600m" };
const PATH: TestDisk = { name: "sda", identities: [volume("3600m")], properties: { ID_SERIAL: "3600m" } };
const sdb = blockDevice("sdb", 8, 16, { properties: { ID_SERIAL: "3600m" } });
const lv = (at: number, name: string, uuid: string, slaves: readonly string[]) =>
  blockDevice(`dm-${at}`, 253, at, { slaves, dm: { name, uuid } });
const root = lv(0, "sysvg-root", `LVM-${VG}${"r".repeat(32)}`, ["sda2"]);

function cleared(world: Omit<TestWorld, "disks">, mode: Mode = "recover", overwrite = true) {
  const facts = factsOf({ disks: [PATH], ...world, devices: [sdb, partition("sda", 2, 2), ...(world.devices ?? [])] });
  const existing = { all: overwrite ? "overwrite" : "refuse", disks: {} } as const;
  const { steps, foreign } = clearWay(planFor([MAP], { devices: [ROOT] }), facts, { mode, mapping: [], existing });
  return { steps: steps.map((step) => step.id as string), after: steps.map(({ after }) => after), foreign };
}

describe("what stands on the paths of a map", () => {
  test("is let go of where it is the server's own, whatever the policy, by the mode that mounts too", () => {
    for (const mode of ["recover", "diskinit", "mount"] as const) {
      for (const overwrite of [true, false]) {
        expect(cleared({ devices: [root] }, mode, overwrite)).toEqual({
          steps: ["let-go:sysvg-root"],
          after: [[]],
          foreign: [],
        });
      }
    }
  });

  test("is let go of from the top, over all paths", () => {
    const mirror = [
      lv(1, "sysvg-m_rimage_0", `LVM-${VG}${"1".repeat(32)}`, ["sda2"]),
      lv(2, "sysvg-m_rimage_1", `LVM-${VG}${"2".repeat(32)}`, ["sdb"]),
      lv(3, "sysvg-m", `LVM-${VG}${"3".repeat(32)}`, ["dm-1", "dm-2"]),
    ];
    expect(cleared({ devices: mirror })).toEqual({
      steps: ["let-go:sysvg-m", "let-go:sysvg-m_rimage_0", "let-go:sysvg-m_rimage_1"],
      after: [[], ["let-go:sysvg-m"], ["let-go:sysvg-m"]],
      foreign: [],
    });
  });

  test("is named as foreign where it isn't the server's, and only touched where the disk is to be erased", () => {
    const other = lv(4, "other-data", `LVM-${"b".repeat(64)}`, ["sda2"]);
    const array = blockDevice("md127", 9, 127, { slaves: ["sdb"] });
    const devices = [other, array];
    expect(cleared({ devices })).toMatchObject({
      steps: ["let-go:other-data", "let-go:md127"],
      foreign: [expect.stringContaining("/dev/mapper/other-data"), expect.stringContaining("/dev/md127")],
    });
    expect(cleared({ devices }, "recover", false).steps).toEqual([]);
    expect(cleared({ devices }, "mount").steps).toEqual([]);
  });

  test("stays where it is in use, and where bmr can't let go of it", () => {
    const uses = [{ device: "dm-0", as: "mounted", at: "/media/old" }] as const;
    expect(cleared({ devices: [root], uses }).steps).toEqual([]);
    expect(cleared({ devices: [root], kept: [{ device: "dm-0", as: "journal", path: "/j" }] }).steps).toEqual([]);
    expect(cleared({ devices: [root, blockDevice("bcache0", 252, 0, { slaves: ["sda2"] })] }).steps).toEqual([]);
  });

  test("is no matter on a disk that isn't the plan's, nor where two disks share its WWID", () => {
    const disks = [{ name: "sdz", identities: [volume("3600z")] }];
    const devices = [partition("sdz", 2, 250), lv(0, "sysvg-root", root.dm?.uuid ?? "", ["sdz2"])];
    const plan = planFor([MAP], { devices: [ROOT] });
    const options = { mode: "recover", mapping: [], existing: { all: "overwrite", disks: {} } } as const;
    expect(clearWay(plan, factsOf({ disks, devices }), options).steps).toEqual([]);
    const shared = ["sda", "sdb"].map((name) => ({
      name,
      identities: [{ ...hint("wwid", "3600m") }],
      properties: { ID_SERIAL: "3600m" },
    }));
    expect(clearWay(plan, factsOf({ disks: shared, devices: [partition("sda", 2, 2), root] }), options).steps).toEqual(
      [],
    );
  });
});

describe("names that are taken", () => {
  const plan = planFor([{ name: "sda", identities: [volume("3600a")] }], { devices: [ROOT] });
  const problems = (name: string, uuid: string) => {
    const disks = [{ name: "sda", identities: [volume("3600a")] }];
    const devices = [blockDevice("sdq", 65, 0), lv(0, name, uuid, ["sdq"])];
    const resolution = resolve(plan, factsOf({ disks, devices }), optionsFor());
    return resolution.is === "bound" ? [] : resolution.problems;
  };

  test("by a copy of the server's own group, and by another of the same name", () => {
    expect(problems("sysvg-root", `LVM-${VG}${"r".repeat(32)}`)).toMatchObject([
      { code: "name-taken", remedy: expect.stringContaining("detach the copy's disks") },
    ]);
    expect(problems("sysvg-root", `LVM-${"b".repeat(64)}`)).toMatchObject([{ code: "name-taken" }]);
    expect(problems("sysvg-home", `LVM-${"b".repeat(64)}`)).toMatchObject([
      { code: "name-taken", message: expect.stringContaining("another volume group sysvg") },
    ]);
    expect(problems("sysvg--b-home", `LVM-${"b".repeat(64)}`)).toEqual([]);
    expect(problems("other-root", `LVM-${"b".repeat(64)}`)).toEqual([]);
  });
});

describe("udev's rules that start things", () => {
  const root = mkdtempSync(join(tmpdir(), "bmr-hold-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const below = (path: string) => join(root, path);
  const real = localActionHost();
  const ran: string[][] = [];
  const host: ActionHost = {
    ...real,
    read: (path, options) => real.read(below(path), options),
    list: (path) => real.list(below(path)),
    readlink: (path) => real.readlink(below(path)),
    write: (path, content, how) => real.write(below(path), content, how),
    exec: (request) => {
      ran.push([...request.argv]);
      const [program, ...rest] = request.argv;
      const moved = rest.map((word) => (word.startsWith("/") ? below(word) : word));
      return real.exec(program === "udevadm" ? { argv: ["true"] } : { argv: [program, ...moved] });
    },
  };
  const put = (path: string, content = "RUN\n") => {
    mkdirSync(dirname(below(path)), { recursive: true });
    writeFileSync(below(path), content);
  };
  const options = { target: "/mnt/a", setDirectory: "/set", params: {} };
  const plan = planFor([MAP]);

  beforeEach(() => {
    ran.length = 0;
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
  });

  // names as the distributions have them
  test.each([
    ["Debian 11", "lib", ["69-lvm-metad.rules", "64-md-raid-assembly.rules"]],
    ["Debian 12 and 13", "usr/lib", ["69-lvm.rules", "64-md-raid-assembly.rules", "69-bcache.rules"]],
    ["SLES 12 and 15", "usr/lib", ["69-dm-lvm-metad.rules", "64-md-raid-assembly.rules"]],
    ["RHEL 8", "usr/lib", ["69-dm-lvm-metad.rules", "65-md-incremental.rules", "69-vdo-start-by-dev.rules"]],
    ["RHEL 9", "usr/lib", ["69-dm-lvm.rules", "65-md-incremental.rules"]],
  ])("are held off by empty files in /run, and allowed again: %s", async (_name, lib, starters) => {
    const others = ["11-dm-lvm.rules", "56-lvm.rules", "63-md-raid-arrays.rules", "60-multipath.rules"];
    for (const name of [...starters, ...others]) put(`/${lib}/udev/rules.d/${name}`);
    const found = await readAutoActivation(host);
    expect(found).toEqual({ rules: [...starters].sort(), stubborn: [] });
    const step = holdOffStep(found);
    if (step === undefined) throw new Error("nothing is held off");
    expect(await runUnbound(plan, [step], host, options)).toMatchObject([{ is: "done" }]);
    const held = readdirSync(below("/run/udev/rules.d"));
    expect(held.sort()).toEqual([...starters].sort());
    for (const name of held) expect(readFileSync(below(`/run/udev/rules.d/${name}`), "utf8")).toMatch(/^#.*\n$/);
    expect(ran.at(-2)).toEqual(["udevadm", "control", "--reload-rules"]);

    // again, and then a file that isn't ours beside ours
    expect(await runUnbound(plan, [step], host, options)).toMatchObject([{ is: "skipped" }]);
    put("/run/udev/rules.d/69-lvm-metad.rules.mine");
    const end = await endHoldOff(host);
    if (end === undefined) throw new Error("nothing is allowed again");
    expect(await runUnbound(plan, [end], host, options)).toMatchObject([{ is: "done" }]);
    expect(readdirSync(below("/run/udev/rules.d"))).toEqual(["69-lvm-metad.rules.mine"]);
    expect(await endHoldOff(host)).toBeUndefined();
  });

  test("in /etc can't be overridden, unless they are switched off there", async () => {
    put("/usr/lib/udev/rules.d/69-lvm.rules");
    put("/etc/udev/rules.d/69-lvm.rules", "RUN\n");
    put("/etc/udev/rules.d/64-md-raid-assembly.rules", "");
    symlinkSync("/dev/null", below("/etc/udev/rules.d/65-md-incremental.rules"));
    expect(await readAutoActivation(host)).toEqual({
      rules: [],
      stubborn: ["/etc/udev/rules.d/69-lvm.rules"],
    });
  });

  test("that aren't there need nothing", async () => {
    expect(holdOffStep(await readAutoActivation(host))).toBeUndefined();
    // somebody else's mask stays, and somebody else's rule too
    put("/usr/lib/udev/rules.d/69-lvm.rules");
    put("/run/udev/rules.d/69-lvm.rules", "");
    put("/run/udev/rules.d/64-md-raid-assembly.rules");
    expect(await readAutoActivation(host)).toEqual({
      rules: [],
      stubborn: ["/run/udev/rules.d/64-md-raid-assembly.rules"],
    });
    expect(await endHoldOff(host)).toBeUndefined();
  });
});
