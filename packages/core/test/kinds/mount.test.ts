import { describe, expect, test } from "vitest";
import { mountKind, restoredMounts } from "../../src/kinds/mount/index.js";
import type { DraftStep } from "../../src/plan/part.js";
import { codes, device, layoutOf } from "./mount-layout.js";

// Machines typed by hand, in the form of proc_pid_mountinfo(5) and fstab(5).
const ROOT = "1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n";
const disks = ["sda1", "sda2", "sda3", "sda4"].map((name, index) => device(name, 8, index + 1));

const sources = (layout: Awaited<ReturnType<typeof layoutOf>>) =>
  layout.mounts.map(({ at, source, active }) => [at, "node" in source ? source.node : source, active]);

describe("what is mounted", () => {
  test("a filesystem once, its bind mounts, what the kernel makes, what comes from elsewhere", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: [
        "22 1 0:21 / /proc rw,nosuid - proc proc rw",
        "23 22 0:22 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw",
        ROOT.trim(),
        "30 1 8:2 / /srv rw,nodev,relatime - ext4 /dev/sda2 rw",
        "31 1 8:2 /export /export ro,relatime - ext4 /dev/sda2 rw",
        "32 1 8:2 / /again rw,relatime - ext4 /dev/sda2 rw",
        "33 1 0:40 / /nfs rw - nfs4 server:/x rw,addr=1.2.3.4",
        "34 1 8:1 /etc/hosts /var/lib/docker/x/hosts rw - ext4 /dev/sda1 rw",
        "35 1 0:41 / /var/lib/docker/overlay2/y/merged rw - overlay overlay rw,lowerdir=/a",
      ].join("\n"),
      fstab:
        "/dev/sda1 / ext4 errors=remount-ro 0 1\n/srv/export /export none bind,ro 0 0\nserver:/x /nfs nfs4 _netdev 0 0\n",
    });
    expect(sources(layout)).toEqual([
      ["/", "disk:sda1", true],
      ["/again", { is: "bind", path: "/srv" }, true],
      ["/export", { is: "bind", path: "/srv/export" }, true],
      ["/nfs", { is: "remote", spec: "server:/x" }, true],
      ["/proc", { is: "pseudo" }, true],
      ["/srv", "disk:sda2", true],
    ]);
    expect(layout.mounts.find(({ at }) => at === "/")?.fstab).toEqual({
      spec: "/dev/sda1",
      options: ["errors=remount-ro"],
      dump: 0,
      pass: 1,
    });
    expect(layout.mounts.find(({ at }) => at === "/srv")?.options).toEqual(["nodev"]);
    expect(codes(layout.findings)).toEqual([
      "note mount/not-in-fstab",
      "note mount/passing",
      "warning mount/not-recorded",
    ]);
    expect(layout.findings.find(({ code }) => code === "mount/passing")?.message).toBe(
      "2 mounts of containers below /var/lib/docker not recorded: what mounted them does it again",
    );
  });

  test("what lies in the kernel's own filesystems is no mount of the server, but for SELinux's sign", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 1),
      mountinfo: [
        ROOT.trim(),
        "2 1 0:20 / /sys rw - sysfs sysfs rw",
        "3 2 0:21 / /sys/kernel/debug rw - debugfs debugfs rw",
        "4 2 0:22 / /sys/fs/selinux rw - selinuxfs selinuxfs rw",
      ].join("\n"),
      fstab: "/dev/sda1 / ext4 defaults 0 1\n",
    });
    expect(layout.mounts.map(({ at }) => at)).toEqual(["/", "/sys", "/sys/fs/selinux"]);
    const made = mountKind.steps?.(layout).steps?.at(-1)?.done;
    expect(made).toEqual(
      ["/dev", "/proc", "/run", "/sys"].map((path) => ({ is: "directory", path: { target: path } })),
    );
  });

  test("fstab decides which of two mounts of one filesystem is the filesystem's own", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `${ROOT}2 1 8:2 / /first rw - ext4 /dev/sda2 rw\n3 1 8:2 / /listed rw - ext4 /dev/sda2 rw\n`,
      fstab: "/dev/sda1 / ext4 defaults 0 1\nUUID=uuid-sda2 /listed ext4 defaults 0 2\n",
    });
    expect(sources(layout).slice(1)).toEqual([
      ["/first", { is: "bind", path: "/listed" }, true],
      ["/listed", "disk:sda2", true],
    ]);
  });

  test("a part of a filesystem that isn't mounted as a whole is no filesystem", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `${ROOT}2 1 8:2 /sub /srv rw - ext4 /dev/sda2 rw\n`,
      fstab: "/dev/sda1 / ext4 defaults 0 1\n",
    });
    expect(sources(layout)[1]).toEqual(["/srv", { is: "unresolved", spec: "/dev/sda2[/sub]" }, true]);
    expect(codes(layout.findings)).toContain("loss mount/part-of-filesystem");
    expect(restoredMounts(layout).map(({ mount }) => mount.at)).toEqual(["/"]);
  });

  test("subvolumes of btrfs are mounts of their own, a directory of one is a bind mount", async () => {
    const layout = await layoutOf({
      devices: [device("sda1", 8, 1, { fs: "btrfs" })],
      mountinfo: [
        "1 0 0:30 /@ / rw - btrfs /dev/sda1 rw,subvolid=256,subvol=/@",
        "2 1 0:30 /@home /home rw - btrfs /dev/sda1 rw,subvolid=257,subvol=/@home",
        "3 1 0:30 /@/var/log /log rw - btrfs /dev/sda1 rw,subvolid=256,subvol=/@",
      ].join("\n"),
      fstab: "",
    });
    expect(sources(layout)).toEqual([
      ["/", "disk:sda1", true],
      ["/home", "disk:sda1", true],
      ["/log", { is: "bind", path: "/var/log" }, true],
    ]);
    expect(codes(layout.findings)).toContain("loss layout/not-restored");
    expect(mountKind.steps?.(layout).steps).toBeUndefined();
    expect(mountKind.steps?.(layout).findings?.map(({ message }) => message.slice(0, 6))).toEqual(['"/" (b', '"/home']);
  });

  test("a covered filesystem isn't in a backup", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 3),
      mountinfo: `${ROOT}2 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n3 2 8:3 / /srv rw - ext4 /dev/sda3 rw\n`,
      fstab: "/dev/sda1 / ext4 defaults 0 1\n/dev/sda3 /srv ext4 defaults 0 2\n",
    });
    expect(sources(layout)[1]).toEqual(["/srv", "disk:sda3", true]);
    expect(layout.findings.filter(({ code }) => code === "mount/hidden")).toEqual([
      expect.objectContaining({ severity: "loss", node: "disk:sda2" }),
    ]);
    expect(restoredMounts(layout).map(({ node }) => node)).toEqual(["disk:sda1", "disk:sda3"]);
  });

  test("what is no storage of this layout", async () => {
    const layout = await layoutOf({
      devices: [...disks.slice(0, 1), device("loop0", 7, 0, { fs: "squashfs" }), device("unknown0", 250, 0)],
      mountinfo: [
        ROOT.trim(),
        "2 1 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro",
        "3 1 250:0 / /odd rw - ext4 /dev/unknown0 rw",
        "4 1 0:50 / /tank rw - zfs tank rw",
      ].join("\n"),
      fstab: "/dev/sda1 / ext4 defaults 0 1\n",
    });
    expect(sources(layout).slice(1)).toEqual([
      ["/odd", { is: "unresolved", spec: "/dev/unknown0" }, true],
      ["/tank", { is: "unresolved", spec: "tank" }, true],
    ]);
    expect(codes(layout.findings).filter((code) => code.includes("mount/"))).toEqual([
      "loss mount/unresolved",
      "loss mount/unresolved",
      "note mount/passing",
      "warning mount/not-recorded",
    ]);
  });

  test.each([
    ["a container", "1 0 0:30 / / rw - overlay overlay rw,lowerdir=/x\n"],
    ["nothing at all", ""],
  ])("no root filesystem: %s", async (_what, mountinfo) => {
    const layout = await layoutOf({ devices: disks.slice(0, 1), mountinfo, fstab: "" });
    expect(codes(layout.findings)).toContain("loss mount/no-root");
    expect(mountKind.steps?.(layout).steps).toBeUndefined();
  });

  test("read-only by fstab, and read-only without a reason", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `1 0 8:1 / / ro - ext4 /dev/sda1 ro\n2 1 8:2 / /usr ro - ext4 /dev/sda2 rw\n`,
      fstab: "/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 /usr ext4 ro 0 2\n",
    });
    expect(layout.mounts.map(({ readOnly }) => readOnly)).toEqual([true, true]);
    expect(codes(layout.findings)).toEqual([
      "note mount/read-only",
      "warning mount/not-recorded",
      "warning mount/unexpected-read-only",
    ]);
  });
});

describe("what fstab says besides", () => {
  const fstab = (...lines: readonly string[]) => ["/dev/sda1 / ext4 defaults 0 1", ...lines, ""].join("\n");

  test.each([
    ["LABEL=data /data ext4 defaults 0 2", ["/", "/data"], ["warning mount/not-mounted"]],
    ["LABEL=data /data ext4 noauto 0 2", ["/"], ["loss mount/not-saved"]],
    ["LABEL=data /data ext4 noauto,x-systemd.automount 0 2", ["/", "/data"], ["warning mount/not-mounted"]],
    ["PARTUUID=part-2 /data ext4 defaults 0 2", ["/", "/data"], ["warning mount/not-mounted"]],
    [
      'PARTLABEL="odd name" /data ext4 defaults 0 2'.replace(" n", "\\040n"),
      ["/", "/data"],
      ["warning mount/not-mounted"],
    ],
    ["/dev/disk/by-label/data /data ext4 defaults 0 2", ["/", "/data"], ["warning mount/not-mounted"]],
    ["/dev/vg/data /data ext4 defaults 0 2", ["/", "/data"], ["warning mount/not-mounted"]],
    ["", ["/"], ["loss mount/not-saved"]],
  ])("an unmounted filesystem: %s", async (line, mounted, findings) => {
    const data = device("sda2", 8, 2, {
      label: "data",
      links: ["/dev/vg/data"],
      properties: { ID_PART_ENTRY_UUID: "part-2", ID_PART_ENTRY_NAME: "odd\\x20name" },
    });
    const layout = await layoutOf({ devices: [disks[0] as typeof data, data], mountinfo: ROOT, fstab: fstab(line) });
    expect(restoredMounts(layout).map(({ mount }) => mount.at)).toEqual(mounted);
    expect(codes(layout.findings)).toEqual([...findings, "warning mount/not-recorded"]);
  });

  test.each([
    ["UUID=nowhere /x ext4 defaults 0 2", "loss mount/unresolved"],
    ["UUID=nowhere /x ext4 nofail 0 2", "warning mount/unresolved"],
    ["/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0", "note mount/unresolved"],
    ["LABEL=twin /x ext4 defaults 0 2", "loss mount/ambiguous"],
  ])("%s: %s", async (line, finding) => {
    const twins = [device("sdb", 8, 16, { label: "twin" }), device("sdc", 8, 32, { label: "twin" })];
    const layout = await layoutOf({ devices: [...disks.slice(0, 1), ...twins], mountinfo: ROOT, fstab: fstab(line) });
    expect(codes(layout.findings)).toContain(finding);
    expect(layout.mounts.find(({ at }) => at !== "/")?.source.is).toBe("unresolved");
  });

  test("a path of a map isn't mistaken for the map", async () => {
    const paths = [device("sdb", 8, 16, { label: "data" }), device("sdc", 8, 32, { label: "data" })];
    const map = device("dm-0", 253, 0, {
      label: "data",
      slaves: ["sdb", "sdc"],
      dm: { name: "mpatha", uuid: "mpath-3600" },
    });
    const layout = await layoutOf({
      devices: [...disks.slice(0, 1), ...paths, map],
      mountinfo: ROOT,
      fstab: fstab("LABEL=data /data ext4 defaults 0 2"),
    });
    expect(sources(layout)[1]).toEqual(["/data", "disk:dm-0", false]);
    expect(codes(layout.findings)).not.toContain("loss mount/not-saved");
  });

  test("another filesystem than fstab's is mounted", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 3),
      mountinfo: `${ROOT}2 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n`,
      fstab: fstab("/dev/sda3 /srv ext4 defaults 0 2"),
    });
    expect(layout.mounts.map(({ id, active }) => [id, active])).toEqual([
      ["mount:/", true],
      ["mount:/srv", true],
      ["fstab:2:/srv", false],
    ]);
    expect(layout.findings.find(({ code }) => code === "mount/not-saved")).toMatchObject({ node: "disk:sda3" });
    expect(restoredMounts(layout).map(({ node }) => node)).toEqual(["disk:sda1", "disk:sda2"]);
  });

  test("a mount point behind a symbolic link", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `${ROOT}2 1 8:2 / /srv/opt/data rw - ext4 /dev/sda2 rw\n`,
      fstab: fstab("/dev/sda2 /opt/data ext4 defaults 0 2"),
      links: { "/opt": "srv/opt" },
    });
    expect(layout.mounts.map(({ at, active, fstab: line }) => [at, active, line?.spec])).toEqual([
      ["/", true, "/dev/sda1"],
      ["/srv/opt/data", true, "/dev/sda2"],
    ]);
  });

  test("an automount that nobody has touched yet", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `${ROOT}2 1 0:40 / /srv rw - autofs systemd-1 rw\n`,
      fstab: fstab("/dev/sda2 /srv ext4 x-systemd.automount 0 2"),
    });
    expect(sources(layout)).toEqual([
      ["/", "disk:sda1", true],
      ["/srv", "disk:sda2", false],
    ]);
    expect(restoredMounts(layout).map(({ node }) => node)).toEqual(["disk:sda1", "disk:sda2"]);
  });

  test("a missing fstab, and lines that nobody understands", async () => {
    expect(codes((await layoutOf({ devices: disks.slice(0, 1), mountinfo: ROOT })).findings)).toContain(
      "warning mount/no-fstab",
    );
    const odd = await layoutOf({ devices: disks.slice(0, 1), mountinfo: ROOT, fstab: fstab("/dev/sda2 /srv") });
    expect(codes(odd.findings)).toContain("warning mount/fstab-line");
  });
});

describe("/proc/mounts alone", () => {
  test("a second mount of a device counts as bind mount; what was covered is hidden", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mounts: [
        "rootfs / rootfs rw 0 0",
        "proc /proc proc rw 0 0",
        "/dev/sda1 / ext4 rw 0 0",
        "/dev/sda2 /srv ext4 rw,noatime 0 0",
        "/dev/sda2 /export ext4 rw 0 0",
        "",
      ].join("\n"),
      fstab: "/dev/sda1 / ext4 defaults 0 1\n",
    });
    expect(sources(layout)).toEqual([
      ["/", "disk:sda1", true],
      ["/export", { is: "bind", path: "/srv" }, true],
      ["/proc", { is: "pseudo" }, true],
      ["/srv", "disk:sda2", true],
    ]);
    expect(layout.config.mount).toEqual({ table: "/proc/mounts", directories: [] });
  });
});

describe("steps", () => {
  const hostile = "/srv/odd\\040mount\\012$(reboot)\\134'\"ä";
  const place = "/srv/odd mount\n$(reboot)\\'\"ä";

  async function plan(): Promise<{ steps: readonly DraftStep[]; findings: readonly string[] }> {
    const layout = await layoutOf({
      devices: [...disks, device("sdb", 8, 16, { readOnly: true })],
      mountinfo: [
        ROOT.trim(),
        `2 3 8:2 / ${hostile} rw - ext4 /dev/sda2 rw`,
        "3 1 8:3 / /srv rw - ext4 /dev/sda3 rw",
        `4 2 8:4 / ${hostile}/a/b rw - ext4 /dev/sda4 rw`,
        "5 1 8:16 / /ro ro - ext4 /dev/sdb ro",
        "6 1 0:40 / /proc rw - proc proc rw",
        "7 1 0:41 / /ro/nfs rw - nfs server:/x rw",
        "8 1 8:17 / /latin\udce9 rw - ext4 /dev/sdb1 rw",
      ].join("\n"),
      fstab: "",
    });
    const part = mountKind.steps?.(layout);
    return { steps: part?.steps ?? [], findings: (part?.findings ?? []).map(({ code, node }) => `${code} ${node}`) };
  }

  test("parents first, each into its own directory, by device", async () => {
    const { steps } = await plan();
    expect(steps.map(({ id, needs, provides }) => ({ id, needs, provides }))).toEqual([
      { id: "mount:/", needs: ["content:disk:sda1"], provides: ["mounted:/"] },
      { id: "mount:/srv", needs: ["content:disk:sda3", "mounted:/"], provides: ["mounted:/srv"] },
      {
        id: "mount:/srv/odd%20mount%0a%24%28reboot%29%5c%27%22%c3%a4",
        needs: ["content:disk:sda2", "mounted:/srv"],
        provides: [`mounted:${place}`],
      },
      {
        id: "mount:/srv/odd%20mount%0a%24%28reboot%29%5c%27%22%c3%a4/a/b",
        needs: ["content:disk:sda4", `mounted:${place}`],
        provides: [`mounted:${place}/a/b`],
      },
      {
        id: "make-directories:target",
        needs: ["mounted:/", "mounted:/srv", `mounted:${place}`, `mounted:${place}/a/b`],
        provides: ["done:directories"],
      },
    ]);
    expect(steps[3]?.run.map((action) => (action.do === "exec" ? action.argv : null))).toEqual([
      ["mkdir", "-p", "-m", "0755", { target: `${place}/a` }],
      ["mkdir", "-p", "-m", "0755", { target: `${place}/a/b` }],
      ["mount", "-t", "ext4", "-o", "rw,acl,user_xattr", { device: "disk:sda4" }, { target: `${place}/a/b` }],
      ["chown", "0:0", { target: `${place}/a/b` }],
      ["chmod", "0755", { target: `${place}/a/b` }],
    ]);
    expect(steps[3]).toMatchObject({
      before: [
        { is: "device", device: "disk:sda4" },
        { is: "not-mounted", at: { target: `${place}/a/b` } },
      ],
      done: [{ is: "mounted", at: { target: `${place}/a/b` }, device: "disk:sda4" }],
      release: [{ do: "exec", argv: ["umount", { target: `${place}/a/b` }] }],
      destroys: [],
    });
  });

  test("a disk that was read-only is never mounted, nor is anything made in what isn't mounted", async () => {
    const { steps, findings } = await plan();
    expect(findings).toEqual(["mount/not-rebuilt disk:sdb"]);
    expect(steps.at(-1)?.done).toEqual(
      ["/dev", "/proc", "/ro", "/run", "/sys"].map((path) => ({ is: "directory", path: { target: path } })),
    );
  });

  test("a mount point that isn't UTF-8 is refused by name", async () => {
    const layout = await layoutOf({
      devices: disks.slice(0, 2),
      mountinfo: `${ROOT}2 1 8:2 / /latin\udce9 rw - ext4 /dev/sda2 rw\n`,
      fstab: "",
    });
    expect(layout.findings.find(({ code }) => code === "mount/name")).toMatchObject({
      severity: "loss",
      node: "disk:sda2",
    });
    expect(restoredMounts(layout).map(({ mount }) => mount.at)).toEqual(["/"]);
    expect(layout.mounts.map(({ id }) => id)).toEqual(["mount:/", "mount:/latin%e9"]);
  });
});
