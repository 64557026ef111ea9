import { describe, expect, test } from "vitest";
import { BmrError } from "../../src/error.js";
import { bindingDigest } from "../../src/rescue/bound-plan.js";
import { type ResolveOptions, resolve } from "../../src/rescue/resolve.js";
import { A, B, codesOf, GPT, problemsOf, run } from "./resolve-world.js";
import {
  blockDevice,
  factsOf,
  id,
  optionsFor,
  partition,
  planFor,
  type TestDisk,
  type TestWorld,
  volume,
  wipe,
} from "./world.js";

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

  test("what only the kernel knows to be in use, and what can't be opened, is refused", () => {
    const existing = { all: "overwrite", disks: {} } as const;
    const uses = [
      { device: "sda1", as: "claimed" },
      { device: "sda", as: "unopenable", why: "EIO" },
      { device: "sda2", as: "loop", at: "/dev/loop3" },
    ] as const;
    const devices = [partition("sda", 1, 1), partition("sda", 2, 2)];
    const problems = problemsOf(run([A], { disks: [used], devices, uses }, { existing }));
    expect(problems.map(({ code }) => code)).toEqual(["held", "device-unreadable", "in-use"]);
    expect(problems[0]?.remedy).toContain("fuser -v /dev/sda1");
    expect(problems[2]?.remedy).toBe("losetup -d /dev/loop3");
  });

  test("a udev rule that can't be held off is refused where something is to be erased", () => {
    const autoActivation = { rules: [], stubborn: ["/etc/udev/rules.d/69-lvm.rules"] };
    const [problem] = problemsOf(run([A], { disks: [A], autoActivation }));
    expect(problem).toMatchObject({ code: "not-held-off" });
    expect(problem?.remedy).toContain("mv /etc/udev/rules.d/69-lvm.rules /root/");
    expect(run([A], { disks: [A], autoActivation }, { mode: "mount" }).is).toBe("bound");
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
