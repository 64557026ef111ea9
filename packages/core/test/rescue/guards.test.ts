import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { DeviceRef } from "../../src/plan/part.js";
import { type Step, stepId } from "../../src/plan/step.js";
import type { BoundPlan } from "../../src/rescue/bound-plan.js";
import { guardCommand, guardDestruction } from "../../src/rescue/guard-destruction.js";
import { guardMountPoints, guardTarget } from "../../src/rescue/guard-target.js";
import { resolve } from "../../src/rescue/resolve.js";
import { readSeal } from "../../src/rescue/seal.js";
import { workersIn } from "../../src/rescue/writers.js";
import { type Lab, type LabDisk, MIB, makeLab, mountLine } from "./lab.js";
import { id, optionsFor, place, planFor, volume, wipe } from "./world.js";

const DISKS: readonly LabDisk[] = [
  { name: "sda", identities: [volume("3600a"), place("pci-1-lun-0")], bytes: 8 * MIB },
  { name: "sdb", identities: [volume("3600b"), place("pci-1-lun-1")], bytes: 8 * MIB },
];
const A = id("lun:3600a");
const A1 = id("part:lun:3600a/1");
const LV = id("lv:vg/root");
const DEVICES: readonly DeviceRef[] = [
  { node: A1, by: "partition", of: A, number: 1 },
  { node: LV, by: "mapper", name: "vg-root", dmUuid: "LVM-root" },
];

let lab: Lab;
afterEach(() => lab.remove());

function destroyer(destroys: readonly NodeId[], named: readonly NodeId[] = destroys): Step {
  return {
    ...wipe(A),
    id: stepId("make", destroys.join()),
    run: [{ do: "exec", argv: ["true", ...named.map((device) => ({ device }))] }],
    destroys,
  };
}

/** A lab and a plan for its first disk, bound. */
async function bindLab(steps: readonly Step[] = [wipe(A)]): Promise<BoundPlan> {
  lab = makeLab(DISKS);
  const plan = planFor(DISKS.slice(0, 1), { steps, devices: DEVICES });
  const resolution = resolve(plan, await lab.facts(), optionsFor({ target: join(lab.root, "mnt") }));
  if (resolution.is !== "bound") throw new Error(JSON.stringify(resolution.problems));
  return resolution.bound;
}

async function verdict(bound: BoundPlan, step: Step): Promise<string> {
  try {
    await guardDestruction(step, bound, lab.host);
    for (const action of step.run) await guardCommand(step, action, bound, lab.host);
    return "passes";
  } catch (error) {
    expect(error).toMatchObject({ name: "BmrError", code: "guard-refused" });
    return (error as Error).message;
  }
}

describe("before a step that destroys", () => {
  test("the disk that was bound passes", async () => {
    expect(await verdict(await bindLab(), wipe(A))).toBe("passes");
  });

  test.each([
    ["diskseq", "99", "diskseq was 1 and is 99"],
    ["device/wwid", "naa.3600z", "scsiWwid was naa.3600a and is naa.3600z"],
    ["dev", "8:160", "dev was 8:0 and is 8:160"],
    ["size", "100", "size was"],
    ["dm/uuid", "mpath-3600a", "dmUuid was not there"],
    ["ro", "1", "read-only"],
  ])("another disk under its name is refused: %s", async (attribute, value, said) => {
    const bound = await bindLab();
    lab.attribute("sda", attribute, value);
    expect(await verdict(bound, wipe(A))).toContain(said);
  });

  test("a disk that is gone is refused", async () => {
    const bound = await bindLab();
    lab.attribute("sda", "dev", null);
    expect(await verdict(bound, wipe(A))).toContain("is gone");
  });

  test("a disk that nobody said may be erased is refused", async () => {
    const bound = await bindLab();
    const spared = { ...bound, disks: bound.disks.map((disk) => ({ ...disk, erasedUnder: null })) };
    expect(await verdict(spared, wipe(A))).toContain("wasn't to be erased");
    expect(await verdict(spared, destroyer([], [A]))).toContain("wasn't to be erased");
  });

  test("what was mounted since is refused: by numbers, by name, a partition of it, whatever the filesystem", async () => {
    const bound = await bindLab();
    lab.mounts(mountLine("8:0", "/media/x", "/dev/elsewhere"));
    expect(await verdict(bound, wipe(A))).toContain("mounted on /media/x");
    lab.mounts(mountLine("0:45", "/media/y", "/dev/sda", "btrfs", "/@"));
    expect(await verdict(bound, wipe(A))).toContain("mounted on /media/y");
    lab.appear("sda1", "pci0000:00/0000:00:00.0/block/sda", { dev: "8:1", partition: "1", size: "8", start: "8" });
    lab.mounts(mountLine("8:1", "/media/z", "/dev/sda1"));
    expect(await verdict(bound, wipe(A))).toContain("/dev/sda1 is mounted on /media/z");
    lab.mounts(mountLine("8:16", "/media/b", "/dev/sdb"));
    expect(await verdict(bound, wipe(A))).toBe("passes");
  });

  test("what is swapped on is refused, by whatever name", async () => {
    const bound = await bindLab();
    lab.swaps("/dev/sda");
    expect(await verdict(bound, wipe(A))).toContain("swapped on; swapoff");
    mkdirSync(join(lab.root, "dev/disk/by-id"), { recursive: true });
    symlinkSync("../../sda", join(lab.root, "dev/disk/by-id/scsi-3600a"));
    lab.swaps("/dev/disk/by-id/scsi-3600a");
    expect(await verdict(bound, wipe(A))).toContain("swapped on; swapoff");
  });

  test("what was built on it since is refused; partitions of it are not, their holders are", async () => {
    const bound = await bindLab();
    lab.appear("sda1", "pci0000:00/0000:00:00.0/block/sda", { dev: "8:1", partition: "1", size: "8", start: "8" });
    expect(await verdict(bound, wipe(A))).toBe("passes");
    lab.appear("dm-0", "virtual/block", { dev: "253:0", "dm/uuid": "LVM-old" });
    lab.hold("sda1", "dm-0");
    expect(await verdict(bound, wipe(A))).toContain("/dev/dm-0 stands on it");
  });

  test("a partition is refused when it isn't of the bound disk", async () => {
    const bound = await bindLab();
    const make = destroyer([A1]);
    expect(await verdict(bound, make)).toContain("the kernel has no partition /dev/sda1");
    lab.appear("sda1", "pci0000:00/0000:00:01.0/block/sdb", { dev: "8:17", partition: "1", size: "8", start: "8" });
    expect(await verdict(bound, make)).toContain("isn't a partition of sda");
  });

  test("a logical volume is refused when it has another uuid, or stands on a disk that isn't the plan's", async () => {
    const bound = await bindLab();
    const make = destroyer([LV]);
    expect(await verdict(bound, make)).toContain("there is no /dev/mapper/vg-root");
    // made by the step itself, it needn't be there yet
    expect(await verdict(bound, destroyer([LV], []))).toBe("passes");
    lab.appear("dm-0", "virtual/block", { dev: "253:0", "dm/uuid": "LVM-other" });
    mkdirSync(join(lab.root, "dev/mapper"), { recursive: true });
    symlinkSync("../dm-0", join(lab.root, "dev/mapper/vg-root"));
    expect(await verdict(bound, make)).toContain("has the dm uuid LVM-other");
    expect(await verdict(bound, destroyer([LV], []))).toContain("has the dm uuid LVM-other");
    lab.attribute("dm-0", "dm/uuid", "LVM-root");
    lab.hold("sda", "dm-0");
    expect(await verdict(bound, make)).toBe("passes");
    lab.hold("sdb", "dm-0");
    expect(await verdict(bound, make)).toContain("it stands on sdb, which isn't a disk of this plan");
  });

  test("what a process has open for writing is refused after a while; who only reads is no matter", async () => {
    const bound = await bindLab();
    const reader = spawn("sh", ["-c", 'exec 3< "$0"; sleep 60', lab.image("sda")]);
    expect(await verdict(bound, wipe(A))).toBe("passes");
    const short = spawn("sh", ["-c", 'exec 3>> "$0"; sleep 1', lab.image("sda")]);
    expect(await verdict(bound, wipe(A))).toBe("passes");
    const writer = spawn("sh", ["-c", 'exec 3>> "$0"; echo; exec sleep 60', lab.image("sda")]);
    await once(writer.stdout, "data");
    expect(await verdict(bound, wipe(A))).toContain(`process ${writer.pid} (s`);
    for (const child of [reader, short, writer]) child.kill("SIGKILL");
  });

  test("what the kernel holds for something that isn't seen is refused after a while", async () => {
    const bound = await bindLab();
    let answers = 0;
    const holding = (times: number): ProbeHost => ({
      ...lab.host,
      read: async (path, options) =>
        options?.exclusive && path === "/dev/sda" && answers++ < times
          ? { is: "failed", reason: "EBUSY: resource busy or locked, open '/dev/sda'" }
          : lab.host.read(path, options),
    });
    await guardDestruction(wipe(A), bound, holding(2));
    await expect(guardDestruction(wipe(A), bound, holding(1000))).rejects.toMatchObject({
      code: "guard-refused",
      message: expect.stringContaining("/dev/sda is held by something that can't be seen"),
    });
  });

  test("an unreadable mountinfo refuses everything", async () => {
    const bound = await bindLab();
    lab.mounts("nonsense");
    await expect(guardDestruction(wipe(A), bound, lab.host)).rejects.toMatchObject({ code: "host-unusable" });
  });

  test("a volume group counts for every disk of the plan", async () => {
    const bound = await bindLab();
    expect(await verdict(bound, destroyer([id("vg:vg")], []))).toBe("passes");
    lab.attribute("sda", "diskseq", "7");
    expect(await verdict(bound, destroyer([id("vg:vg")], []))).toContain("isn't the disk that was bound");
  });

  test("over a multipath map, mounts and holders of its paths count too", async () => {
    const bound = await bindLab();
    const map: NodeId = id("lun:3600m");
    lab.appear("dm-5", "virtual/block", { dev: "253:5", "dm/uuid": "mpath-3600m", size: "16384", ro: "0" });
    lab.hold("sdb", "dm-5");
    const seal = await readSeal(lab.host, "dm-5");
    const [first] = bound.disks;
    if (first === undefined) throw new Error("no disk");
    const mapped: BoundPlan = {
      ...bound,
      disks: [{ ...first, node: map, device: "dm-5", path: "/dev/mapper/mpatha", seal }],
      devices: new Map([[map, { is: "disk", path: "/dev/mapper/mpatha", name: "dm-5", dmUuid: "mpath-3600m", seal }]]),
    };
    expect(await verdict(mapped, destroyer([map]))).toBe("passes");
    lab.appear("dm-6", "virtual/block", { dev: "253:6", "dm/uuid": "part1-mpath-3600m" });
    lab.hold("dm-5", "dm-6");
    expect(await verdict(mapped, destroyer([map]))).toBe("passes");
    lab.appear("sdb1", "pci0000:00/0000:00:01.0/block/sdb", { dev: "8:17", partition: "1", size: "8", start: "8" });
    lab.mounts(mountLine("8:17", "/media/usb", "/dev/sdb1"));
    expect(await verdict(mapped, destroyer([map]))).toContain("/dev/sdb1 is mounted on /media/usb");
    lab.mounts();
    mkdirSync(join(lab.root, "dev/mapper"), { recursive: true });
    symlinkSync("../dm-6", join(lab.root, "dev/mapper/mpatha"));
    expect(await verdict(mapped, destroyer([map]))).toContain("leads to dm-6, and dm-5 was bound");
    rmSync(join(lab.root, "dev/mapper/mpatha"));
    lab.appear("md0", "virtual/block", { dev: "9:0" });
    lab.hold("sdb", "md0");
    expect(await verdict(mapped, destroyer([map]))).toContain("/dev/md0 stands on it");
  });
});

describe("before anything is put into the target", () => {
  const mount = (at: string, device: NodeId | null): Step => ({
    ...wipe(A),
    id: stepId("mount", at),
    phase: "mount",
    run: [],
    destroys: [],
    before: [],
    done: [{ is: "mounted", at: { target: at }, device }],
  });
  const restore: Step = {
    ...wipe(A),
    id: stepId("restore", "files"),
    phase: "restore",
    run: [],
    destroys: [],
    done: [],
  };

  async function judged(bound: BoundPlan, guard: typeof guardTarget, step: Step): Promise<string> {
    return guard(step, bound, lab.host).then(
      () => "passes",
      (error: Error) => error.message,
    );
  }

  test("every filesystem of the plan must be mounted there, from its own device", async () => {
    const bound = await bindLab([wipe(A), mount("/", A), mount("/srv", null)]);
    const { target } = bound;
    expect(await judged(bound, guardTarget, restore)).toContain("nothing is mounted on");
    lab.mounts(mountLine("8:16", target, "/dev/sdb"), mountLine("0:50", `${target}/srv`, "tmpfs", "tmpfs"));
    expect(await judged(bound, guardTarget, restore)).toContain("/dev/sdb is mounted on");
    lab.mounts(
      mountLine("8:0", target, "/dev/sda", "ext4", "/old"),
      mountLine("0:50", `${target}/srv`, "none", "tmpfs"),
    );
    expect(await judged(bound, guardTarget, restore)).toContain("only /old of it is seen");
    lab.mounts(mountLine("8:0", target, "/dev/sda"));
    expect(await judged(bound, guardTarget, restore)).toContain("/srv");
    lab.mounts(mountLine("8:0", target, "/dev/sda"), mountLine("0:50", `${target}/srv`, "none", "tmpfs"));
    expect(await judged(bound, guardTarget, restore)).toBe("passes");
    // something else was mounted over it
    lab.mounts(
      mountLine("8:0", target, "/dev/sda"),
      mountLine("0:50", `${target}/srv`, "none", "tmpfs"),
      mountLine("0:51", target, "none", "tmpfs"),
    );
    expect(await judged(bound, guardTarget, restore)).toContain("none is mounted on");
  });

  test("what an earlier run left at work in the target is refused; a person's shell and our own are not", async () => {
    const bound = await bindLab([wipe(A), mount("/", A)]);
    const { target } = bound;
    lab.mounts(mountLine("8:0", target, "/dev/sda"));
    const inside = spawn("sleep", ["60"], { cwd: target, detached: true });
    await once(inside, "spawn");
    expect(await judged(bound, guardTarget, restore)).toContain(
      `process ${inside.pid} (sleep) is at work in ${target}`,
    );
    // started from there, bmr and what has started it aren't in their own way
    expect(await workersIn(lab.host, target, inside.pid as number)).toEqual([]);
    inside.kill("SIGKILL");
    await once(inside, "exit");
    const shell = spawn("script", ["-qec", `cd ${target}; echo there; exec sleep 60`, "/dev/null"]);
    await once(shell.stdout, "data");
    expect(await workersIn(lab.host, target, process.pid)).toEqual([]);
    shell.kill("SIGTERM");
    await once(shell, "exit");
    expect(await judged(bound, guardTarget, restore)).toBe("passes");
    const writer = spawn("sh", ["-c", 'exec 3> "$0/file"; echo; sleep 60', target], { detached: true });
    await once(writer.stdout, "data");
    expect(await judged(bound, guardTarget, restore)).toContain(`process ${writer.pid} (sh) is at work`);
    process.kill(-(writer.pid as number), "SIGKILL");
    await once(writer, "exit");
  });

  test("a plan that mounts nothing restores nothing", async () => {
    const bound = await bindLab();
    expect(await judged(bound, guardTarget, restore)).toContain("would go into the rescue system");
    const onlySrv = await bindLab([wipe(A), mount("/srv", null)]);
    expect(await judged(onlySrv, guardTarget, restore)).toContain("would go into the rescue system");
  });

  test("a link in the restored tree doesn't lead a mount out of it", async () => {
    const bound = await bindLab([wipe(A), mount("/srv", null)]);
    expect(await judged(bound, guardMountPoints, mount("/srv", null))).toBe("passes");
    symlinkSync("/tmp", join(bound.target, "srv"));
    expect(await judged(bound, guardMountPoints, mount("/srv", null))).toContain("leads to /tmp by a link");
    symlinkSync("../..", join(bound.target, "up"));
    expect(await judged(bound, guardMountPoints, mount("/up/data", null))).toContain("out of the target");
    mkdirSync(join(bound.target, "data"));
    symlinkSync("data", join(bound.target, "inside"));
    expect(await judged(bound, guardMountPoints, mount("/inside", null))).toBe("passes");
  });
});
