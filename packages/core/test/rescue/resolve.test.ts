import { describe, expect, test } from "vitest";
import { BmrError } from "../../src/error.js";
import type { Content } from "../../src/layout/layout.js";
import { bindingDigest } from "../../src/rescue/bound-plan.js";
import type { Problem, ProblemCode } from "../../src/rescue/problem.js";
import { type Resolution, type ResolveOptions, resolve } from "../../src/rescue/resolve.js";
import {
  blockDevice,
  factsOf,
  GIB,
  hint,
  id,
  OTHER_MACHINE,
  optionsFor,
  partition,
  place,
  planFor,
  type TestDisk,
  type TestWorld,
  volume,
  wipe,
} from "./world.js";

const A: TestDisk = { name: "sda", identities: [volume("3600a"), place("pci-1-lun-0")] };
const B: TestDisk = { name: "sdb", identities: [volume("3600b"), place("pci-1-lun-1")] };
/** A virtio disk without a serial number: known by its place only. */
const V: TestDisk = { name: "vda", identities: [place("pci-0000:00:04.0"), hint("model", "Virtio")] };
const GPT: Content = { is: "table", kind: "partition-table", label: "gpt", uuid: null, detail: {} };

function run(recorded: readonly TestDisk[], world: TestWorld, options: Partial<ResolveOptions> = {}): Resolution {
  return resolve(planFor(recorded), factsOf(world), optionsFor(options));
}

function problemsOf(resolution: Resolution): readonly Problem[] {
  expect(resolution.is).toBe("refused");
  return resolution.is === "refused" ? resolution.problems : [];
}

function codesOf(resolution: Resolution): ProblemCode[] {
  return problemsOf(resolution).map((problem) => problem.code);
}

function boundPaths(resolution: Resolution): Record<string, string> {
  if (resolution.is === "refused") throw new Error(JSON.stringify(resolution.problems, null, 1));
  return Object.fromEntries(resolution.bound.disks.map((disk) => [disk.node, disk.path]));
}

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

  test("a map needs its map: bare paths aren't written", () => {
    const map: TestDisk = { name: "mpatha", identities: [volume("3600m")], dmUuid: "mpath-3600m" };
    const path = (name: string) => ({ name, identities: [volume("3600m")], properties: { ID_SERIAL: "3600m" } });
    const other = blockDevice("sdy", 65, 16, { properties: { ID_SERIAL: "3600m" } });
    const several = problemsOf(run([map], { disks: [path("sdx")], devices: [other] }));
    expect(several).toMatchObject([{ code: "only-paths", device: "/dev/sdx" }]);
    expect(several[0]?.remedy).not.toContain("--map");
    const single = problemsOf(run([map], { disks: [path("sdx")] }));
    expect(single).toMatchObject([{ code: "only-paths" }]);
    expect(single[0]?.remedy).toContain("--map lun:3600m=/dev/sdx");
    expect(run([map], { disks: [path("sdx")] }, { mapping: [{ from: "3600m", to: "sdx" }] }).is).toBe("bound");
    const mapped = run([map], { disks: [path("sdx")], devices: [other] }, { mapping: [{ from: "3600m", to: "sdx" }] });
    expect(codesOf(mapped)).toEqual(["only-paths"]);
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

describe("whether it may be erased", () => {
  const used: TestDisk = { ...A, content: GPT };

  test("content is refused by default, unknown content too, and shown", () => {
    const [problem] = problemsOf(run([A], { disks: [used] }));
    expect(problem).toMatchObject({ code: "holds-content", device: "/dev/sda" });
    expect(problem?.message).toContain("gpt table");
    expect(problem?.remedy).toContain("--existing=lun:3600a=overwrite");
    expect(codesOf(run([A], { disks: [{ ...A, content: { is: "unknown", why: "?" } }] }))).toEqual(["holds-content"]);
    expect(
      codesOf(run([A], { disks: [{ ...A, content: { is: "foreign", type: "zfs_member", uuid: null, label: null } }] })),
    ).toEqual(["holds-content"]);
  });

  test("a layout that says empty isn't believed against the inventory", () => {
    expect(codesOf(run([A], { disks: [A], devices: [partition("sda", 1, 1)] }))).toEqual(["holds-content"]);
    const facts = factsOf({ disks: [A] });
    const device = { ...(facts.inventory.find("sda") ?? blockDevice("sda", 8, 0)), signatureKnown: false };
    const inventory = factsOf({ disks: [], devices: [device] }).inventory;
    expect(codesOf(resolve(planFor([A]), { ...facts, inventory }, optionsFor()))).toEqual(["holds-content"]);
  });

  test("overwrite allows it, for all or for one", () => {
    expect(run([A], { disks: [used] }, { existing: { all: "overwrite", disks: {} } }).is).toBe("bound");
    const one = { all: "refuse", disks: { sda: "overwrite" } } as const;
    expect(run([A], { disks: [used] }, { existing: one }).is).toBe("bound");
    const usedToo = { ...B, content: GPT };
    expect(problemsOf(run([A, B], { disks: [used, usedToo] }, { existing: one }))).toMatchObject([
      { node: "lun:3600b" },
    ]);
    const unknown = { all: "refuse", disks: { "lun:zzz": "overwrite" } } as const;
    expect(codesOf(run([A], { disks: [A] }, { existing: unknown }))).toEqual(["policy-unknown-disk"]);
  });

  test("require-empty wants zeros, and nothing unread", () => {
    const existing = { all: "require-empty", disks: {} } as const;
    expect(run([A], { disks: [A], blank: true }, { existing }).is).toBe("bound");
    expect(codesOf(run([A], { disks: [A], blank: false }, { existing }))).toEqual(["not-blank"]);
    expect(codesOf(run([A], { disks: [A], blank: null }, { existing }))).toEqual(["not-blank"]);
    expect(codesOf(run([A], { disks: [used], blank: true }, { existing }))).toEqual(["holds-content"]);
  });

  test("what is in use is refused whatever the policy, with the command that frees it", () => {
    const existing = { all: "overwrite", disks: {} } as const;
    const lv = blockDevice("dm-3", 253, 3, { slaves: ["sda2"], dm: { name: "vg-root", uuid: "LVM-x" } });
    const devices = [partition("sda", 1, 1), partition("sda", 2, 2), lv];
    const uses = [
      { device: "dm-3", as: "mounted", at: "/mnt/old" },
      { device: "sda1", as: "swap", at: "/dev/sda1" },
    ] as const;
    const problems = problemsOf(run([A], { disks: [used], devices, uses }, { existing }));
    expect(problems.map((problem) => [problem.code, problem.remedy])).toEqual([
      ["in-use", "umount /mnt/old"],
      ["in-use", "swapoff /dev/sda1"],
    ]);
  });

  test("what is seen over one path of a map counts for the map", () => {
    const map: TestDisk = { name: "dm-0", identities: [volume("3600m")], dmUuid: "mpath-3600m" };
    const facts = factsOf({ disks: [map], uses: [{ device: "sdx1", as: "mounted", at: "/media/x" }] });
    const inventory = factsOf({
      disks: [],
      devices: [
        blockDevice("sdx", 65, 0),
        partition("sdx", 1, 99),
        blockDevice("dm-0", 8, 0, { slaves: ["sdx"], dm: { name: "mpatha", uuid: "mpath-3600m" } }),
      ],
    }).inventory;
    expect(codesOf(resolve(planFor([map]), { ...facts, inventory }, optionsFor()))).toEqual(["in-use"]);
  });

  test("the rescue system, the recovery set, the journal and the backup are never erased", () => {
    const existing = { all: "overwrite", disks: {} } as const;
    for (const as of ["rescue-root", "recovery-set", "journal", "backup"] as const) {
      const world = { disks: [A], devices: [partition("sda", 1, 1)], kept: [{ device: "sda1", as, path: "/x" }] };
      expect(codesOf(run([A], world, { existing }))).toEqual(["never-target"]);
    }
  });

  test("what bmr can't let go of is refused", () => {
    const bcache = blockDevice("bcache0", 252, 0, { slaves: ["sda"] });
    const existing = { all: "overwrite", disks: {} } as const;
    expect(codesOf(run([A], { disks: [used], devices: [bcache] }, { existing }))).toEqual(["held"]);
  });

  test("a mode that erases nothing asks nothing of the content", () => {
    const world = { disks: [used], uses: [{ device: "sda", as: "mounted", at: "/mnt/a" }] } as const;
    const resolution = run([A], world, { mode: "mount" });
    expect(resolution.is === "bound" && resolution.bound.disks[0]?.erasedUnder).toBe(null);
  });

  test("what the run that is gone on with has written isn't in its way; another run's is", () => {
    const bound = run([A], { disks: [A] });
    if (bound.is !== "bound") throw new Error("not bound");
    const world: TestWorld = { disks: [used], uses: [{ device: "sda", as: "mounted", at: "/mnt/a/srv" }] };
    const begun = { binding: bindingDigest(bound.bound), disks: new Set([id("lun:3600a")]) };
    const resumed = run([A], world, { begun });
    expect(resumed.is === "bound" && resumed.bound.preparation).toEqual([]);
    expect(codesOf(run([A], world, { begun: { ...begun, disks: new Set() } }))).toEqual(["in-use", "holds-content"]);
    expect(codesOf(run([A], world, { begun: { ...begun, binding: "another" } }))).toEqual(["in-use", "holds-content"]);
    const elsewhere = { ...world, uses: [{ device: "sda", as: "mounted", at: "/mnt/ab" }] } as const;
    expect(codesOf(run([A], elsewhere, { begun }))).toEqual(["in-use"]);
  });

  test("a device of the plan whose name is taken by the rescue system's own is refused", () => {
    const plan = planFor([A], {
      devices: [{ node: id("lv:vg/root"), by: "mapper", name: "vg-root", dmUuid: "LVM-1" }],
    });
    const own = blockDevice("dm-7", 253, 7, { slaves: ["sdr"], dm: { name: "vg-root", uuid: "LVM-2" } });
    const resolution = resolve(plan, factsOf({ disks: [A], devices: [own] }), optionsFor());
    expect(codesOf(resolution)).toEqual(["name-taken"]);
    const old = { ...own, slaves: ["sda"] };
    const overwrite = optionsFor({ existing: { all: "overwrite", disks: {} } });
    expect(resolve(plan, factsOf({ disks: [used], devices: [old] }), overwrite).is).toBe("bound");
  });
});

describe("used disks are prepared", () => {
  test("what stands on them is let go of from the top, then old partitions are wiped", () => {
    const ext = { type: "ext4", uuid: null, label: null, usage: "filesystem", tableType: null, tableUuid: null };
    const lvm = { ...ext, type: "LVM2_member" };
    const devices = [
      partition("sda", 1, 1, { signature: ext }),
      partition("sda", 2, 2, { signature: lvm }),
      partition("sda", 3, 3),
      blockDevice("dm-1", 253, 1, { slaves: ["sda2"], dm: { name: "vg-a_rimage_0", uuid: "LVM-1" } }),
      // stands on the partition too, and so looks near
      blockDevice("dm-0", 253, 0, { slaves: ["dm-1", "sda2"], dm: { name: "vg-a", uuid: "LVM-0" } }),
      blockDevice("md127", 9, 127, { slaves: ["sda1"] }),
    ];
    const existing = { all: "overwrite", disks: {} } as const;
    const resolution = run([A], { disks: [{ ...A, content: GPT }], devices }, { existing });
    if (resolution.is !== "bound") throw new Error(JSON.stringify(resolution.problems));
    const { preparation, devices: located } = resolution.bound;
    const ids = preparation.map((step) => step.id);
    expect(new Set(ids)).toEqual(
      new Set([
        "let-go:vg-a",
        "let-go:vg-a_rimage_0",
        "let-go:md127",
        "wipe-old:old:lun:3600a/1",
        "wipe-old:old:lun:3600a/2",
      ]),
    );
    expect(ids.indexOf("let-go:vg-a" as never)).toBeLessThan(ids.indexOf("let-go:vg-a_rimage_0" as never));
    expect(ids.slice(0, 3).every((step) => step.startsWith("let-go:"))).toBe(true);
    expect(preparation.at(-1)?.destroys).toEqual(["lun:3600a"]);
    expect(located.get(id("old:lun:3600a/2"))).toMatchObject({ path: "/dev/sda2", dev: "8:2" });
  });
});

describe("choices and the plan itself", () => {
  const spec = { name: "pit", title: "The point in time", pattern: "\\d{4}-\\d\\d-\\d\\d", default: null };
  const restore = {
    ...wipe(id("lun:3600a")),
    phase: "restore",
    destroys: [],
    run: [{ do: "exec", argv: ["restore", { param: "pit" }] }],
  } as const;

  test("are asked for by the modes that use them, and checked", () => {
    const plan = planFor([A], { steps: [wipe(id("lun:3600a")), restore], params: [spec] });
    const at = (mode: ResolveOptions["mode"], params: Record<string, string>) =>
      resolve(plan, factsOf({ disks: [A] }), optionsFor({ mode, params }));
    expect(at("diskinit", {}).is).toBe("bound");
    expect(codesOf(at("restore", {}))).toEqual(["param-missing"]);
    expect(codesOf(at("restore", { pit: "2026-01-01; rm" }))).toEqual(["param-invalid"]);
    expect(codesOf(at("restore", { pit: "2026-01-01\n" }))).toEqual(["param-invalid"]);
    expect(codesOf(at("restore", { pit: "2026-01-01", pti: "1" }))).toEqual(["param-unknown"]);
    expect(at("restore", { pit: "2026-01-01" }).is).toBe("bound");
  });

  test("a step that isn't chosen asks for nothing", () => {
    const how = { name: "how", title: "How", pattern: "a|b", default: "a" };
    const onlyB = { ...restore, when: { param: "how", equals: "b" } };
    const plan = planFor([A], { steps: [onlyB], params: [spec, how] });
    const at = (params: Record<string, string>) =>
      resolve(plan, factsOf({ disks: [A] }), optionsFor({ mode: "restore", params }));
    expect(at({}).is).toBe("bound");
    expect(codesOf(at({ how: "b" }))).toEqual(["param-missing"]);
  });

  test("a plan that names what it doesn't have is broken", () => {
    const plan = planFor([A], { steps: [wipe(id("lun:nowhere"))] });
    expect(() => resolve(plan, factsOf({ disks: [A] }), optionsFor())).toThrow(BmrError);
    const orphan = planFor([A], { devices: [{ node: id("p"), by: "partition", of: id("none"), number: 1 }] });
    expect(() => resolve(orphan, factsOf({ disks: [A] }), optionsFor())).toThrow(/plan has p as a partition/);
  });

  test("the target is a directory of its own", () => {
    for (const target of ["/", "mnt/a", "/mnt/../", "/mnt//a", "/mnt/a/"]) {
      expect(() => run([A], { disks: [A] }, { target })).toThrow(/can't be the target/);
    }
  });
});
