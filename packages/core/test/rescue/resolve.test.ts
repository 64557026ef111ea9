import { describe, expect, test } from "vitest";
import { resolve } from "../../src/rescue/resolve.js";
import { A, B, boundPaths, codesOf, problemsOf, run, V } from "./resolve-world.js";
import {
  blockDevice,
  factsOf,
  GIB,
  hint,
  OTHER_MACHINE,
  optionsFor,
  partition,
  place,
  planFor,
  type TestDisk,
  type TestWorld,
  volume,
} from "./world.js";

describe("which disk it is", () => {
  test("a volume is found by its identity under another name and at another place, on another machine", () => {
    const here = { ...A, name: "sdq", identities: [volume("3600a"), place("elsewhere")] };
    const resolution = run([A], { machine: OTHER_MACHINE, disks: [B, here] });
    expect(boundPaths(resolution)).toEqual({ "lun:3600a": "/dev/sdq" });
  });

  test("two disks that exchanged names and places are bound by identity", () => {
    const swapped = [
      { ...A, name: "sdb", identities: [volume("3600a"), place("pci-1-lun-1")] },
      { ...B, name: "sda", identities: [volume("3600b"), place("pci-1-lun-0")] },
    ];
    expect(boundPaths(run([A, B], { disks: swapped }))).toEqual({ "lun:3600a": "/dev/sdb", "lun:3600b": "/dev/sda" });
  });

  test("an identity of which two disks here have one each is refused", () => {
    const clone = { ...A, name: "sdz", identities: [volume("3600a"), place("pci-9")] };
    const [problem] = problemsOf(run([A], { disks: [A, clone] }));
    expect(problem).toMatchObject({ code: "several-candidates", node: "lun:3600a" });
    expect(problem?.remedy).toContain("--map lun:3600a=/dev/sda or --map lun:3600a=/dev/sdz");
  });

  test("an identity that the scan found on different disks names none of them, not even at the recorded place", () => {
    const shared = (name: string, at: string): TestDisk => ({
      name,
      identities: [{ ...volume("3600a"), strength: "hint" }, place(at), hint("serial", name)],
    });
    const world = { disks: [shared("sda", "pci-1-lun-0"), shared("sdb", "pci-1-lun-7")] };
    const [problem] = problemsOf(run([A], world));
    expect(problem).toMatchObject({ code: "shared-identity", node: "lun:3600a" });
    expect(problem?.message).toContain("/dev/sda, /dev/sdb");
    expect(boundPaths(run([A], world, { mapping: [{ from: "lun:3600a", to: "/dev/sda" }] }))).toEqual({
      "lun:3600a": "/dev/sda",
    });
  });

  test("the recorded identity on a unit of another serial number is refused", () => {
    const recorded = { ...A, identities: [...A.identities, hint("serial", "75L"), hint("model", "2107900")] };
    const here = (serial: string) => ({
      ...A,
      identities: [...A.identities, hint("serial", serial), hint("model", "x")],
    });
    expect(boundPaths(run([recorded], { disks: [here("75L")] }))).toEqual({ "lun:3600a": "/dev/sda" });
    expect(codesOf(run([recorded], { disks: [here("75M")] }))).toEqual(["hint-mismatch"]);
    // udev's ID_SERIAL_SHORT is no serial number but the WWID's tail
    expect(run([recorded], { disks: [here("600a")] }).is).toBe("bound");
  });

  test("identities of different types that contradict each other are refused", () => {
    const recorded = { ...A, identities: [volume("3600a"), volume("aa", "eui")] };
    const here = { ...A, identities: [volume("3600a"), volume("bb", "eui")] };
    expect(codesOf(run([recorded], { disks: [here] }))).toEqual(["identity-conflict"]);
  });

  test("a place binds on the same machine", () => {
    const here = { ...V, name: "vdb" };
    expect(boundPaths(run([V], { disks: [here] }))).toEqual({ "disk:pci-0000:00:04.0": "/dev/vdb" });
  });

  test("a place says nothing on another machine, or where the machine isn't known", () => {
    expect(codesOf(run([V], { machine: OTHER_MACHINE, disks: [V] }))).toEqual(["other-machine"]);
    expect(codesOf(run([V], { machine: { ...OTHER_MACHINE, places: [] }, disks: [V] }))).toEqual(["other-machine"]);
  });

  test("a z/VM guest and the LPAR below it are two machines", () => {
    const guest = { ...OTHER_MACHINE, places: ["lpar:8561-X/LP1", "zvm:8561-X.LP1/LNX01"] };
    const lpar = { ...OTHER_MACHINE, places: ["lpar:8561-X/LP1"] };
    const plan = { ...planFor([V]), machine: guest };
    expect(codesOf(resolve(plan, factsOf({ machine: lpar, disks: [V] }), optionsFor()))).toEqual(["other-machine"]);
    expect(resolve(plan, factsOf({ machine: guest, disks: [V] }), optionsFor()).is).toBe("bound");
  });

  test("a place doesn't bind where another volume is", () => {
    const other = { name: "sda", identities: [volume("3600x"), place("pci-1-lun-0")] };
    expect(codesOf(run([A], { disks: [other] }))).toEqual(["other-volume"]);
    expect(
      codesOf(run([V], { disks: [{ ...V, identities: [volume("s1", "virtio-serial"), ...V.identities] }] })),
    ).toEqual(["other-volume"]);
  });

  test("a disk without an identity at the place of a lost one is its replacement, and listed as such", () => {
    const resolution = run([A], { disks: [{ name: "sdc", identities: [place("pci-1-lun-0")] }] });
    expect(resolution.is === "bound" && resolution.bound.disks).toMatchObject([{ by: "place", volume: "replaced" }]);
  });

  test("the volume of another recorded disk at the place is swapped, not replaced", () => {
    const moved = { ...B, identities: [volume("3600b"), place("pci-1-lun-0")] };
    const problems = problemsOf(run([A, B], { disks: [moved] }));
    expect(problems).toMatchObject([{ code: "swapped", node: "lun:3600a" }]);
  });

  test("hints only reject", () => {
    const other = { ...V, identities: [place("pci-0000:00:04.0"), hint("model", "QEMU USB HARDDRIVE")] };
    expect(codesOf(run([V], { disks: [other] }))).toEqual(["hint-mismatch"]);
    const alike = { name: "vdc", identities: [hint("model", "Virtio")] };
    expect(codesOf(run([V], { disks: [alike] }))).toEqual(["no-candidate"]);
  });

  test("the only disk there, of the right size, isn't taken for a lost one", () => {
    const [problem] = problemsOf(run([A], { disks: [{ name: "sda", identities: [] }] }));
    expect(problem).toMatchObject({ code: "no-candidate" });
    expect(problem?.remedy).toContain("--map lun:3600a=/dev/…");
  });

  test("a DASD at its bus-id with a new uid is replaced; at another bus-id it is swapped", () => {
    const dasd = (uid: string, busId: string, name: string): TestDisk => ({
      name,
      identities: [volume(uid, "dasd-uid"), place(busId, "bus-id"), hint("volser", `V${uid}`)],
    });
    const recorded = dasd("IBM.1.2.3", "0.0.0203", "dasda");
    const replaced = run([recorded], { disks: [dasd("IBM.9.9.9", "0.0.0203", "dasdb")] });
    expect(replaced.is === "bound" && replaced.bound.disks).toMatchObject([{ by: "place", volume: "replaced" }]);
    expect(codesOf(run([recorded], { disks: [dasd("IBM.1.2.3", "0.0.0300", "dasda")] }))).toEqual(["swapped"]);
    const exchanged = [dasd("IBM.1.2.3", "0.0.0204", "dasda"), dasd("IBM.4.5.6", "0.0.0203", "dasdb")];
    const both = [recorded, dasd("IBM.4.5.6", "0.0.0204", "dasdb")];
    expect(codesOf(run(both, { disks: exchanged }))).toEqual(["swapped", "swapped"]);
  });
});

describe("mapping", () => {
  test("wins over everything, and finds both sides by any name", () => {
    const world: TestWorld = { machine: OTHER_MACHINE, disks: [A, B, V] };
    for (const [from, to] of [
      ["lun:3600a", "/dev/sdb"],
      ["3600a", "sdb"],
      ["sda", "lun:3600b"],
      ["pci-1-lun-0", "3600b"],
    ] as const) {
      const resolution = run([A], world, { mapping: [{ from, to }] });
      expect(boundPaths(resolution)).toEqual({ "lun:3600a": "/dev/sdb" });
      expect(resolution.is === "bound" && resolution.bound.disks[0]).toMatchObject({ by: "map", volume: "replaced" });
    }
  });

  test("what it names must be there, once, and be a whole disk", () => {
    const world: TestWorld = { disks: [A, B], devices: [partition("sdb", 1, 17)] };
    const map = (from: string, to: string) => codesOf(run([A], world, { mapping: [{ from, to }] }));
    expect(map("lun:3600q", "/dev/sdb")).toEqual(["map-unknown-disk"]);
    expect(map("sda", "/dev/sdz")).toEqual(["map-unknown-device"]);
    expect(map("sda", "/dev/sdb1")).toEqual(["map-not-a-disk"]);
    const twice = [
      { from: "sda", to: "sda" },
      { from: "3600a", to: "sdb" },
    ];
    expect(codesOf(run([A], world, { mapping: twice }))).toEqual(["map-twice"]);
  });

  test("a path of a map is refused, and the map named", () => {
    const map: TestDisk = { name: "dm-0", identities: [volume("3600m")], dmUuid: "mpath-3600m" };
    const facts = factsOf({ disks: [map], devices: [blockDevice("sdx", 65, 0)] });
    const inventory = factsOf({
      disks: [],
      devices: [
        blockDevice("sdx", 65, 0),
        blockDevice("dm-0", 253, 0, { slaves: ["sdx"], dm: { name: "mpatha", uuid: "mpath-3600m" } }),
      ],
    }).inventory;
    const resolution = resolve(
      planFor([A]),
      { ...facts, inventory },
      optionsFor({ mapping: [{ from: "sda", to: "sdx" }] }),
    );
    expect(problemsOf(resolution)).toMatchObject([{ code: "map-onto-path" }]);
    expect(problemsOf(resolution)[0]?.remedy).toContain("/dev/mapper/mpatha");
  });

  test("one disk for two recorded ones is refused for both", () => {
    const resolution = run([A, B], { disks: [A, B] }, { mapping: [{ from: "sda", to: "/dev/sdb" }] });
    expect(codesOf(resolution)).toEqual(["target-twice", "target-twice"]);
  });

  test("a wrong entry doesn't let the disk be bound otherwise", () => {
    expect(codesOf(run([A], { disks: [A] }, { mapping: [{ from: "sda", to: "/dev/none" }] }))).toEqual([
      "map-unknown-device",
    ]);
  });
});

describe("whether it will do", () => {
  test("too small, other sectors, read-only: all at once", () => {
    const here = { ...A, bytes: GIB - 512, sectorBytes: 4096, readOnly: true };
    expect(codesOf(run([A], { disks: [here] }))).toEqual(["too-small", "sector-size", "read-only"]);
  });

  test("a larger disk is taken", () => {
    expect(run([A], { disks: [{ ...A, bytes: 2 * GIB }] }).is).toBe("bound");
  });

  test("a disk that vanished from sysfs since the inventory is refused", () => {
    const facts = factsOf({ disks: [A] });
    const candidates = facts.candidates.map((candidate) => ({
      ...candidate,
      seal: { ...candidate.seal, dev: "8:48" },
    }));
    expect(codesOf(resolve(planFor([A]), { ...facts, candidates }, optionsFor()))).toEqual(["device-unreadable"]);
  });

  test("a disk that was recorded read-only is never erased", () => {
    const plan = planFor([A]);
    const readOnly = { ...plan, disks: plan.disks.map((disk) => ({ ...disk, readOnly: true })) };
    expect(codesOf(resolve(readOnly, factsOf({ disks: [A] }), optionsFor()))).toEqual(["recorded-read-only"]);
  });
});
