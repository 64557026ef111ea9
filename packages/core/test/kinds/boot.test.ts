import { describe, expect, test } from "vitest";
import { bytesOf, textOf } from "../../src/host/bytes.js";
import type { Evidence } from "../../src/host/evidence.js";
import { replayHost } from "../../src/host/replay.js";
import { bootKind, probeBoot } from "../../src/kinds/boot/index.js";
import type { Finding } from "../../src/layout/finding.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import { order } from "../../src/plan/order.js";
import type { PlanPart } from "../../src/plan/part.js";
import type { Check } from "../../src/plan/step.js";
import { StepSchema } from "../../src/plan/step-schema.js";
import { changed, labserver, layoutOfServer } from "./boot-server.js";

const SYSTEM = "lun:35000c500a0000001" as NodeId;
const DATA = "lun:35000c500a0000002" as NodeId;
const KERNEL = "6.1.0-56-amd64";

const codes = (findings: readonly Finding[] = []) =>
  findings.filter(({ code }) => code.startsWith("boot/")).map(({ severity, code }) => `${severity} ${code}`);
const planned = (layout: Layout): PlanPart => bootKind.steps?.(layout) ?? {};
const stepOf = (layout: Layout, id: string) => planned(layout).steps?.find((step) => step.id === id);

/** The server with something else in the first sector of its system LUN. */
function withSector(change: (bytes: Buffer) => void): Evidence {
  const record = labserver.files.find((file) => file.path === "/dev/dm-0" && "content" in file && file.bytes === 512);
  const bytes = Buffer.from(bytesOf(record !== undefined && "content" in record ? record.content : ""));
  change(bytes);
  return changed({ files: { "/dev/dm-0": textOf(bytes) } });
}

describe("the lab's server, as it was recorded", async () => {
  const layout = await layoutOfServer(labserver);

  test("how it boots", () => {
    expect(layout.config.boot).toEqual({
      firmware: "bios",
      kernels: [KERNEL],
      multipathFiles: ["/etc/multipath/wwids", "/etc/multipath/bindings"],
      grub: {
        directory: "/boot/grub",
        install: "/usr/sbin/grub-install",
        mkconfig: "/usr/sbin/update-grub",
        devices: [{ node: SYSTEM, core: "gap", textAt: 384 }],
      },
      initramfs: {
        tool: "update-initramfs",
        path: "/usr/sbin/update-initramfs",
        image: { prefix: "initrd.img-", suffix: "" },
        modules: "/usr/lib/modules",
      },
    });
    expect(codes(layout.findings)).toEqual([]);
  });

  test("where it is mounted", () => {
    expect(
      layout.mounts.flatMap(({ at, source, fstab }) => (source.is === "node" ? [[at, source.node, fstab?.spec]] : [])),
    ).toEqual([
      ["/", "lv:sysvg/root", "/dev/mapper/sysvg-root"],
      ["/boot", `part:${SYSTEM}/1`, expect.stringMatching(/^UUID=/)],
      ["/opt", `part:${SYSTEM}/5`, "LABEL=opt"],
      ["/srv", "lv:sysvg/data", "LABEL=srv-data"],
      ["/srv/odd mount", `part:${DATA}/3`, "LABEL=odd label"],
      ["/var/spool", "lv:sysvg/spool", "/dev/sysvg/spool"],
    ]);
    expect(layout.config.mount).toMatchObject({
      table: "/proc/self/mountinfo",
      directories: expect.arrayContaining([{ at: "/tmp", mode: 0o1777, uid: 0, gid: 0 }]),
    });
  });

  test("the steps: kernel filesystems shown, then initramfs and GRUB, then its menu", () => {
    const part = planned(layout);
    expect(codes(part.findings)).toEqual([]);
    const tokens = [{ id: "mount:all", phase: "mount" as const, needs: [], provides: [] }];
    const mount = { title: "", why: "", destroys: [], before: [], done: [], run: [] };
    const steps = order([
      ...tokens.map((token) => ({ ...mount, ...token, id: token.id as never })),
      ...(part.steps ?? []),
    ]);
    for (const step of steps) expect(StepSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
    const after = Object.fromEntries(steps.map((step) => [step.id, step.after]));
    const shown = ["show:dev", "show:dev/pts", "show:proc", "show:sys", "show:run"];
    expect(after["show:dev/pts"]).toEqual(["mount:all", "show:dev"]);
    expect(after["initramfs:target"]).toEqual(shown);
    expect(after[`grub-install:${SYSTEM}`]).toEqual(shown);
    expect(after["grub-config:target"]).toEqual([`grub-install:${SYSTEM}`, "initramfs:target"]);
    expect(part.steps?.every((step) => step.phase === "boot" && step.destroys.length === 0)).toBe(true);
  });

  test("each is a private bind mount that is let go", () => {
    expect(stepOf(layout, "show:dev/pts")).toMatchObject({
      run: [
        { argv: ["mount", "--bind", "/dev/pts", { target: "/dev/pts" }] },
        { argv: ["mount", "--make-private", { target: "/dev/pts" }] },
      ],
      before: [
        { is: "directory", path: { target: "/dev/pts" } },
        { is: "not-mounted", at: { target: "/dev/pts" } },
      ],
      done: [{ is: "mounted", at: { target: "/dev/pts" }, device: null }],
      release: [{ argv: ["umount", { target: "/dev/pts" }] }],
    });
  });

  test("where disks were replaced, each image is unpacked by the tool of its own, and searched", () => {
    const step = stepOf(layout, "search-initramfs:target");
    const image = { concat: ["/boot/initrd.img-", { each: true }, ""] };
    expect(step?.run.map((action) => ("ifRenamed" in action ? action.ifRenamed : action.do))).toEqual([
      ...[true, true, true, "search", true],
    ]);
    expect(step?.run[2]).toMatchObject({
      argv: [
        "chroot",
        { target: "/" },
        "unmkinitramfs",
        image,
        { concat: ["/var/tmp/bmr-initramfs/", { each: true }] },
      ],
      forEach: { recorded: [KERNEL] },
    });
    expect(step?.run[3]).toEqual({ do: "search", in: [{ target: "/var/tmp/bmr-initramfs" }], except: [] });
    expect(step?.needs).toEqual(["done:initramfs"]);
    expect(stepOf(layout, "search-loader:target")?.run).toEqual([
      { do: "search", in: [{ target: "/boot/grub" }, { target: "/boot/loader" }], except: [] },
    ]);
  });

  test("an initramfs for each kernel that is there, by its name", () => {
    const step = stepOf(layout, "initramfs:target");
    const kernels = {
      list: { target: "/usr/lib/modules" },
      recorded: [KERNEL],
      having: { concat: [{ target: "/boot/vmlinuz-" }, { each: true }] },
    };
    expect(step?.run).toEqual([
      expect.objectContaining({
        argv: ["chroot", { target: "/" }, "/usr/sbin/update-initramfs", "-c", "-t", "-k", { each: true }],
        forEach: kernels,
      }),
    ]);
    const image = { concat: [{ target: "/boot/initrd.img-" }, { each: true }, ""] };
    expect(step?.done).toEqual([{ is: "file", path: image, forEach: kernels }]);
    // the root is on a map: without these the initramfs doesn't make it
    expect(step?.before).toEqual<Check[]>([
      { is: "directory", path: { target: "/usr/lib/modules" } },
      { is: "file", path: { target: "/etc/multipath/wwids" } },
      { is: "file", path: { target: "/etc/multipath/bindings" } },
    ]);
  });

  test("GRUB goes to the map, and is looked for where it was", () => {
    expect(stepOf(layout, `grub-install:${SYSTEM}`)).toMatchObject({
      run: [
        {
          argv: [
            ...["chroot", { target: "/" }, "/usr/sbin/grub-install", "--target=i386-pc", "--boot-directory=/boot"],
            ...["--recheck", "--no-floppy", { device: SYSTEM }],
          ],
          env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
        },
      ],
      done: [
        {
          is: "output",
          argv: ["dd", { concat: ["if=", { device: SYSTEM }] }, "bs=1", "skip=384", "count=4"],
          equals: "GRUB",
        },
        { is: "file", path: { target: "/boot/grub/i386-pc/core.img" } },
      ],
    });
  });

  test("a root that isn't rebuilt gets nothing", () => {
    const nodes = layout.nodes.map(
      (node): LayoutNode => (node.id === "vg:sysvg" ? { ...node, notRebuilt: "x" } : node),
    );
    expect(planned({ ...layout, nodes })).toEqual({});
  });

  test("a disk with GRUB that isn't rebuilt is left out, and said", () => {
    const config = layout.config.boot as { grub: { devices: readonly unknown[] } };
    const devices = [...config.grub.devices, { node: `part:${DATA}/3`, core: "gap", textAt: 384 }];
    const boot = { ...config, grub: { ...config.grub, devices } };
    const part = planned({ ...layout, config: { ...layout.config, boot } });
    expect(codes(part.findings)).toEqual(["warning boot/disk-left-out"]);
    expect(part.steps?.map(({ id }) => id).filter((id) => id.startsWith("grub"))).toEqual([
      `grub-install:${SYSTEM}`,
      "grub-config:target",
    ]);
  });
});

describe("other servers", () => {
  test.each([
    ["EFI firmware", changed({ files: { "/sys/firmware/efi": ["efivars"] } }), ["loss boot/not-restored"]],
    ["zipl", changed({ architecture: "s390x" }), ["loss boot/not-restored"]],
    ["another machine", changed({ architecture: "aarch64" }), ["loss boot/not-restored"]],
    ["no boot loader", withSector((bytes) => bytes.fill(0, 0, 440)), ["loss boot/no-loader"]],
    ["GRUB Legacy", withSector((bytes) => legacy(bytes)), ["loss boot/no-loader"]],
    ["no kernel", changed({ files: { "/boot": ["grub"] } }), ["loss boot/no-kernel"]],
    ["no grub-install", changed({ links: absent("grub-install") }), ["loss boot/no-grub-tools"]],
    ["no GRUB modules", changed({ links: { "/usr/lib/grub/i386-pc/boot.img": null } }), ["loss boot/no-grub-tools"]],
    [
      "no update-grub",
      changed({ links: { ...absent("update-grub"), ...absent("grub-mkconfig") } }),
      ["warning boot/no-mkconfig"],
    ],
    ["no tool for the initramfs", changed({ links: absent("mkinitramfs") }), ["loss boot/initramfs-not-made"]],
    [
      "a kernel without initramfs",
      changed({ files: { "/boot": ["grub", `vmlinuz-${KERNEL}`] } }),
      ["note boot/no-initramfs"],
    ],
    [
      "modules of the running machine only",
      changed({ files: initramfsConf("MODULES=dep\n") }),
      ["warning boot/dependent-modules"],
    ],
    ["debconf of another disk", changed({ files: debconf("/dev/disk/by-id/gone") }), ["note boot/install-devices"]],
    ["debconf of this disk", changed({ files: debconf("/dev/mapper/mpatha") }), []],
    ["core.img in a file", withSector((bytes) => bytes.writeUInt32LE(4096, 0x5c)), ["warning boot/core-in-file"]],
  ])("%s", async (_what, evidence, findings) => {
    expect(codes((await layoutOfServer(evidence)).findings)).toEqual(findings);
  });

  test("a core.img that lies in a file is installed like that", async () => {
    const layout = await layoutOfServer(withSector((bytes) => bytes.writeUInt32LE(4096, 0x5c)));
    expect(stepOf(layout, `grub-install:${SYSTEM}`)?.run[0]).toMatchObject({
      argv: expect.arrayContaining(["--force"]),
    });
  });

  test("no update-grub: the saved menu is used", async () => {
    const layout = await layoutOfServer(changed({ links: { ...absent("update-grub"), ...absent("grub-mkconfig") } }));
    expect(planned(layout).steps?.map(({ id }) => id)).not.toContain("grub-config:target");
    expect(stepOf(layout, `grub-install:${SYSTEM}`)).toBeDefined();
  });

  test("no wwids on a multipathed root", async () => {
    const layout = await layoutOfServer(changed({ links: { "/etc/multipath/wwids": null } }));
    expect(codes(planned(layout).findings)).toEqual(["warning boot/multipath-files"]);
  });

  test("a sector that may not be read, and one that wasn't recorded", async () => {
    const without = labserver.files.filter(({ path }) => path !== "/dev/dm-0");
    const denied: Evidence = {
      ...labserver,
      files: [...without, { path: "/dev/dm-0", state: "denied", reason: "EACCES" }],
    };
    expect(codes((await layoutOfServer(denied)).findings)).toEqual(["loss boot/sector-unread", "loss boot/no-loader"]);
    expect(codes((await layoutOfServer({ ...labserver, files: without })).findings)).toEqual([
      "warning boot/sector-unread",
      "loss boot/no-loader",
    ]);
  });

  test("nothing recorded", async () => {
    const evidence = { ...labserver, files: labserver.files.filter(({ path }) => !path.startsWith("/sys/firmware")) };
    expect(codes((await layoutOfServer(evidence)).findings)).toEqual(["loss boot/not-recorded"]);
  });

  test("EFI and other machines: no boot sector is read", async () => {
    const asked: string[] = [];
    for (const evidence of [
      changed({ files: { "/sys/firmware/efi": ["efivars"] } }),
      changed({ architecture: "s390x" }),
    ]) {
      const host = replayHost(evidence);
      const read: typeof host.read = (path, options) => {
        asked.push(path);
        return host.read(path, options);
      };
      await probeBoot({ ...host, read });
    }
    expect(asked.filter((path) => path.startsWith("/dev/"))).toEqual([]);
  });
});

function legacy(bytes: Buffer): void {
  bytes.writeUInt16LE(0x0203, 0x3e);
  bytes.writeUInt16LE(0x8000, 0x42);
}

function absent(program: string): Record<string, null> {
  return Object.fromEntries(
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map((directory) => [`${directory}/${program}`, null]),
  );
}

function initramfsConf(text: string): Record<string, string> {
  return { "/etc/initramfs-tools/initramfs.conf": text };
}

function debconf(device: string): Record<string, string> {
  return { "/var/cache/debconf/config.dat": `Name: grub-pc/install_devices\nTemplate: x\nValue: ${device}\n` };
}
