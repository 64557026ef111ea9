/** The steps that see to the names of disks, on a file tree of its own; multipath's and LVM's files are typed by hand. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localActionHost } from "../../src/host/local-action.js";
import { kinds } from "../../src/kinds/index.js";
import type { Layout } from "../../src/layout/layout.js";
import type { DraftStep } from "../../src/plan/part.js";
import { referencePart } from "../../src/plan/references.js";
import { type Step, stepId } from "../../src/plan/step.js";
import { rewritersOf } from "../../src/references/reference-source.js";
import type { BoundPlan, Surroundings } from "../../src/rescue/bound-plan.js";
import type { RunEvent } from "../../src/rescue/events.js";
import { mayRun, runActions } from "../../src/rescue/run-step.js";
import { disk, lun, NEW_LUN, OLD_LUN, place, renamesBetween, volume } from "../references/names.js";
import { SERVER } from "./world.js";

const OLD = "3600507680181807628000000000002a9";
const NEW = "36005076801918140900000000000017f";
const host = localActionHost();
let target: string;
beforeEach(() => {
  target = mkdtempSync(join(tmpdir(), "bmr-references-"));
});
afterEach(() => rmSync(target, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), content);
}

function get(path: string): string {
  return readFileSync(join(target, path), "utf8");
}

const LAYOUT: Layout = {
  format: "bmr-layout",
  version: 1,
  machine: SERVER,
  nodes: [],
  edges: [],
  mounts: [],
  config: {},
  findings: [],
};

const ROOT: DraftStep = {
  ...{ id: stepId("mount", "/"), title: "", why: "", phase: "mount", run: [], destroys: [], before: [] },
  ...{ done: [{ is: "mounted", at: { target: "/" }, device: null }], needs: [], provides: [] },
};

const STEPS = new Map(referencePart(LAYOUT, kinds, [ROOT]).steps?.map((step) => [step.id, { ...step, after: [] }]));

function step(verb: string): Step {
  // what guards the target asks the kernel for mounts, which this tree isn't one of
  return { ...([...STEPS.values()].find(({ id }) => id.startsWith(`${verb}:`)) as Step), phase: "make" };
}

function bound(renames = renamesBetween([OLD_LUN, NEW_LUN])): BoundPlan {
  const surroundings: Surroundings = {
    devices: new Map(),
    target,
    setDirectory: "/none",
    params: {},
    renaming: { renames, rewriters: rewritersOf(kinds), network: [] },
  };
  return surroundings as BoundPlan;
}

const events: RunEvent[] = [];

async function run(one: Step, plan = bound()) {
  events.length = 0;
  const stage = {
    step: one,
    host,
    emit: (event: RunEvent) => void events.push(event),
    end: new AbortController().signal,
  };
  return runActions(plan, stage);
}

describe("files that name disks", () => {
  test("are written anew with all their attributes, shown as a diff, and kept as they were", async () => {
    const fstab = `/dev/disk/by-id/wwn-0x${OLD.slice(1)}-part1 /mnt/${OLD} ext4 x-systemd.requires=dev-mapper-${OLD}.device 0 2\n# /dev/mapper/${OLD}\n`;
    put("etc/fstab", fstab);
    chmodSync(join(target, "etc/fstab"), 0o640);
    put("etc/multipath/wwids", `/${OLD}/\n`);
    put("etc/lvm/devices/system.devices", `IDTYPE=mpath_uuid IDNAME=part2-mpath-${OLD} PVID=x PART=2\n`);
    put("etc/hostname", `${OLD}\n`);
    await run(step("fix-references"));
    expect(get("etc/fstab")).toBe(
      `/dev/disk/by-id/wwn-0x${NEW.slice(1)}-part1 /mnt/${OLD} ext4 x-systemd.requires=dev-mapper-${NEW}.device 0 2\n# /dev/mapper/${NEW}\n`,
    );
    expect(statSync(join(target, "etc/fstab")).mode & 0o7777).toBe(0o640);
    expect(get("etc/multipath/wwids")).toBe(`/${NEW}/\n`);
    expect(get("etc/lvm/devices/system.devices")).toBe(`IDTYPE=mpath_uuid IDNAME=part2-mpath-${NEW} PVID=x PART=2\n`);
    expect(get("var/log/bmr/replaced/etc/fstab")).toBe(fstab);
    const writes = events.filter((event) => event.is === "write");
    expect(writes.find(({ path }) => path.endsWith("wwids"))?.diff).toContain(`-/${OLD}/\n+/${NEW}/\n`);
    // nobody has declared it
    expect(get("etc/hostname")).toBe(`${OLD}\n`);
  });

  test("are left alone the second time, even where two disks have changed their names with each other", async () => {
    const [a, b] = [
      lun("360000000000000000e00000000010001", "mpatha", []),
      lun("360000000000000000e00000000010002", "mpathb", []),
    ];
    const swapped = bound(renamesBetween([a, b], [b, a]));
    const before = "mpatha 360000000000000000e00000000010001\nmpathb 360000000000000000e00000000010002\n";
    const after = "mpatha 360000000000000000e00000000010002\nmpathb 360000000000000000e00000000010001\n";
    put("etc/multipath/bindings", before);
    await run(step("fix-references"), swapped);
    expect(get("etc/multipath/bindings")).toBe(after);
    await run(step("fix-references"), swapped);
    expect(get("etc/multipath/bindings")).toBe(after);
    expect(events.filter((event) => event.is === "write")).toEqual([]);
    // restored once more, it is written once more
    put("etc/multipath/bindings", before);
    await run(step("fix-references"), swapped);
    expect(get("etc/multipath/bindings")).toBe(after);
  });

  test("are found behind links inside of the tree, and never outside of it", async () => {
    const outside = mkdtempSync(join(tmpdir(), "bmr-outside-"));
    writeFileSync(join(outside, "wwids"), `/${OLD}/\n`);
    put("usr/etc/fstab", `/dev/mapper/${OLD} / ext4\n`);
    symlinkSync("/usr/etc/fstab", join(mkdir("etc"), "fstab"));
    symlinkSync(outside, join(mkdir("etc"), "multipath"));
    await run(step("fix-references"));
    expect(get("usr/etc/fstab")).toBe(`/dev/mapper/${NEW} / ext4\n`);
    expect(readFileSync(join(outside, "wwids"), "utf8")).toBe(`/${OLD}/\n`);
    rmSync(outside, { recursive: true });
  });

  test("keep bytes that aren't UTF-8", async () => {
    mkdir("etc");
    writeFileSync(join(target, "etc/fstab"), Buffer.from(`# caf\xe9\n/dev/mapper/${OLD} / ext4\n`, "latin1"));
    await run(step("fix-references"));
    expect(readFileSync(join(target, "etc/fstab"))).toEqual(
      Buffer.from(`# caf\xe9\n/dev/mapper/${NEW} / ext4\n`, "latin1"),
    );
  });

  test("an alias that the new LUN had already gives way", async () => {
    put("etc/multipath/bindings", `# aliases\nmpathq ${NEW}\nmpatha ${OLD}\n`);
    await run(step("fix-references"));
    expect(get("etc/multipath/bindings")).toBe(`# aliases\nmpatha ${NEW}\n`);
  });

  test("GRUB's environment stays a block of 1024 bytes", async () => {
    const short = disk("sda", [volume("eui", "0025385b71b00001"), place("x")]);
    const block = `# GRUB Environment Block\nkernelopts=root=/dev/disk/by-id/scsi-${OLD}-part1 ro\n`;
    put("boot/grub2/grubenv", block.padEnd(1024, "#"));
    await run(step("fix-references"), bound(renamesBetween([OLD_LUN, short])));
    expect(get("boot/grub2/grubenv")).toBe(
      "# GRUB Environment Block\nkernelopts=root=/dev/disk/by-id/nvme-eui.0025385b71b00001-part1 ro\n".padEnd(
        1024,
        "#",
      ),
    );
  });
});

function mkdir(path: string): string {
  mkdirSync(join(target, path), { recursive: true });
  return join(target, path);
}

describe("without a word of the operator", () => {
  test("the run stops where the server might not boot, and says where each name stands", async () => {
    put("etc/fstab", `UUID=1 / ext4\n/dev/mapper/${OLD}-part2 /srv ext4\n`);
    await expect(mayRun(step("see-references"), bound(), host)).rejects.toMatchObject({
      code: "check-failed",
      message: expect.stringMatching(/--fix-references.*\n {2}\/etc\/fstab:2: \/dev\/mapper\/3600.*-part2 \/srv ext4/),
    });
    expect(get("etc/fstab")).toContain(OLD);
  });

  test("it goes on where no file that matters names one", async () => {
    put("etc/fstab", "/dev/mapper/mpatha-part2 / ext4\n");
    put("boot/grub/device.map", `(hd0) /dev/disk/by-id/scsi-${OLD}\n`);
    await mayRun(step("see-references"), bound(), host);
  });

  test("nothing is read where every disk came back itself", async () => {
    put("etc/fstab", `/dev/mapper/${OLD}-part2 / ext4\n`);
    await mayRun(step("see-references"), bound(renamesBetween([OLD_LUN, OLD_LUN])), host);
  });
});

describe("a name for which nothing can be written", () => {
  const TEXT = "/dev/disk/by-path/ccw-0.0.fd00-fc-0x500507630300c562-lun-0x4010400000000000-part1 / ext4\n";

  test("stops the run with all that can be done being done", async () => {
    put("etc/fstab", `${TEXT}/dev/mapper/${OLD} /srv ext4\n`);
    await expect(run(step("fix-references"))).rejects.toMatchObject({
      code: "check-failed",
      message: expect.stringMatching(/edit them by hand[\s\S]*\/etc\/fstab:1: ccw-0.0.fd00.*2 names of that sort/),
    });
    expect(get("etc/fstab")).toBe(`${TEXT}/dev/mapper/${NEW} /srv ext4\n`);
  });
});

describe("the search", () => {
  test("tells each place by file and line, and leaves out the recovery set", async () => {
    put("etc/site.conf", `one\nlun = ${OLD}\n`);
    put("etc/BMR/layout.json", OLD);
    const { verdict, reasons } = await run(step("search-references"));
    expect(verdict).toBe("warnings");
    expect(reasons.flatMap(({ lines }) => lines)).toEqual([`${target}/etc/site.conf:2:lun = ${OLD}`]);
  });

  test("finds nothing where nothing is, nor inside of longer words", async () => {
    put("etc/site.conf", `${OLD}0 x${OLD}\n`);
    expect(await run(step("search-references"))).toMatchObject({ verdict: "ok" });
  });
});
