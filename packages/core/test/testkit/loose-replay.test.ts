import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/host/evidence.js";
import type { Argv } from "../../src/host/outcome.js";
import { questionOf } from "../../src/testkit/command-form.js";
import { evidenceFixture } from "../../src/testkit/evidence-fixture.js";
import { looseReplayHost } from "../../src/testkit/loose-replay.js";
import { recordedSystems } from "./recorded-systems.js";

function foreign(evidence: Evidence): Evidence {
  return {
    ...evidence,
    commands: evidence.commands.map((record) => ({ ...record, origin: "recorded" })),
    files: evidence.files.map((record) => ({ ...record, origin: "recorded" })),
  };
}

describe("the question of a command", () => {
  const same: [Argv, Argv][] = [
    [
      ["lvs", "--reportformat", "json", "--units", "b", "--nosuffix", "-o", "lv_name,lv_size"],
      [
        "/sbin/lvs",
        "--reportformat=json",
        "--config",
        "log {}",
        "--units=b",
        "--nosuffix",
        "--all",
        "--options",
        "lv_name",
      ],
    ],
    [
      ["udevadm", "info", "--query=property", "--name=/dev/sda"],
      ["/usr/bin/udevadm", "info", "-q", "property", "-n", "/dev/sda"],
    ],
    [
      ["udevadm", "info", "/dev/sda"],
      ["udevadm", "info", "--query=all", "--name=/dev/sda"],
    ],
    [
      ["sfdisk", "--json", "/dev/sda"],
      ["sfdisk", "--bytes", "-J", "/dev/sda"],
    ],
    [
      ["multipath", "-ll"],
      ["/sbin/multipath", "-d", "-v", "2", "-ll"],
    ],
    [
      ["multipath", "-v2", "-ll"],
      ["multipath", "-ll"],
    ],
    [
      ["dasdview", "-x", "/dev/dasda"],
      ["/sbin/dasdview", "--extended", "/dev/dasda"],
    ],
    [
      ["blkid", "-c", "/dev/null"],
      ["/sbin/blkid", "--cache-file", "/dev/null"],
    ],
    [
      ["findmnt", "--json", "--bytes", "-o", "TARGET"],
      ["findmnt", "--bytes", "-J", "-o", "+maj:min"],
    ],
    [
      ["uname", "-m"],
      ["/usr/bin/uname", "-m"],
    ],
  ];
  it.each(same)("is the same: %j, %j", (a, b) => {
    expect(questionOf(a)).toBe(questionOf(b));
  });

  const different: [Argv, Argv][] = [
    [
      ["sfdisk", "--dump", "/dev/sda"],
      ["sfdisk", "--json", "/dev/sda"],
    ],
    [
      ["sfdisk", "--dump", "/dev/sda"],
      ["sfdisk", "--dump", "/dev/sdb"],
    ],
    [
      ["sfdisk", "--disk-id", "/dev/sda"],
      ["sfdisk", "/dev/sda"],
    ],
    [
      ["lvs", "--reportformat", "json", "--units", "b"],
      ["lvs", "--units", "b"],
    ],
    [
      ["lvs", "--reportformat", "json", "--units", "b"],
      ["lvs", "--reportformat", "json"],
    ],
    [
      ["lvs", "--noheadings", "--separator", "|"],
      ["lvs", "--noheadings", "--separator", ";"],
    ],
    [
      ["lvs", "--reportformat", "json"],
      ["pvs", "--reportformat", "json"],
    ],
    [
      ["btrfs", "--format", "json", "filesystem", "df", "/"],
      ["btrfs", "filesystem", "df", "/"],
    ],
    [
      ["btrfs", "filesystem", "df", "/"],
      ["btrfs", "filesystem", "df", "--raw", "/"],
    ],
    [
      ["udevadm", "info", "--export-db"],
      ["udevadm", "info"],
    ],
    [
      ["udevadm", "info", "--query=property", "--name=/dev/sda"],
      ["udevadm", "info", "/dev/sda"],
    ],
    [
      ["multipath", "-ll"],
      ["multipath", "-t"],
    ],
    [
      ["mdadm", "--detail", "--export", "/dev/md0"],
      ["mdadm", "--detail", "/dev/md0"],
    ],
    [
      ["mdadm", "--detail", "--export", "/dev/md0"],
      ["mdadm", "--examine", "--export", "/dev/md0"],
    ],
    [
      ["lsblk", "--json", "--bytes"],
      ["lsblk", "--json"],
    ],
    [
      ["blkid", "-p", "-o", "udev", "/dev/sda"],
      ["blkid", "/dev/sda"],
    ],
    [
      ["uname", "-m"],
      ["uname", "-r"],
    ],
    [
      ["dmsetup", "table"],
      ["dmsetup", "table", "--showkeys"],
    ],
  ];
  it.each(different)("differs: %j, %j", (a, b) => {
    expect(questionOf(a)).not.toBe(questionOf(b));
  });
});

describe("looseReplayHost", () => {
  it("is refused for a recording of bmr's own", () => {
    expect(() => looseReplayHost(evidenceFixture({ commands: [{ argv: ["uname", "-m"] }] }))).toThrow(/exactly/);
  });

  it("takes the recording shell's 127 for a missing program", async () => {
    const host = looseReplayHost(
      foreign(evidenceFixture({ commands: [{ argv: ["/sbin/multipath", "-ll"], exit: 127, stderr: "not found" }] })),
    );
    expect((await host.run(["/sbin/multipath", "-ll"])).outcome).toEqual({ is: "missing" });
    expect(await host.run(["multipath", "-ll"])).toMatchObject({
      argv: ["multipath", "-ll"],
      outcome: { is: "missing" },
    });
    expect((await host.run(["mdadm", "--detail"])).outcome).toEqual({ is: "not-recorded" });
  });

  it("finds paths through links, in both directions, and those of slaves as they are written", async () => {
    const host = looseReplayHost(
      foreign(
        evidenceFixture({
          files: {
            "/sys/class/block/dm-0/size": "1\n",
            "/sys/devices/pci0/block/sda/size": "2\n",
            "/sys/class/block/sdb/size": "3\n",
            "/proc/mounts": "none\n",
          },
          links: {
            "/sys/class/block/dm-0": "../../devices/virtual/block/dm-0",
            "/sys/class/block/sda": "../../devices/pci0/block/sda",
            "/sys/class/block/dm-0/slaves/sda": "../../sda",
            "/dev/disk/by-id/a": "../../sda",
          },
        }),
      ),
    );
    const content = async (path: string) => {
      const answer = await host.read(path);
      return answer.is === "file" ? answer.content : answer.is;
    };
    expect(await content("/sys/class/block/dm-0/size")).toBe("1\n");
    expect(await content("/sys/devices/virtual/block/dm-0/size")).toBe("1\n");
    expect(await content("/sys/class/block/sda/size")).toBe("2\n");
    expect(await content("/sys/class/block/dm-0/slaves/sda/size")).toBe("2\n");
    expect(await content("/sys/class/block/sdb/size")).toBe("3\n");
    expect(await content("/proc/self/mounts")).toBe("none\n");
    expect(await content("/sys/class/block/sdc/size")).toBe("not-recorded");
    expect(await content("/sys/class/block/sdb")).toBe("directory");
    expect(await host.list("/sys/class/block")).toEqual({ is: "directory", names: ["dm-0", "sda", "sdb"] });
    expect(await host.list("/sys/class/block/dm-0/slaves")).toEqual({ is: "directory", names: ["sda"] });
    expect(await host.list("/sys/class/block/sda/slaves")).toEqual({ is: "not-recorded" });
    expect(await host.list("/dev/disk/by-id")).toEqual({ is: "directory", names: ["a"] });
    expect(await host.list("/sys/class/block/sdb/size")).toEqual({ is: "not-a-directory" });
    expect(await host.readlink("/dev/disk/by-id/a")).toEqual({ is: "link", target: "../../sda" });
    expect(await host.readlink("/sys/devices/virtual/block/dm-0/slaves/sda")).toEqual({
      is: "link",
      target: "../../sda",
    });
    expect(await host.readlink("/dev/disk/by-id/b")).toEqual({ is: "not-recorded" });
  });

  it("gives up on links that lead in a circle", async () => {
    const evidence = evidenceFixture({ files: { "/etc/fstab": "" }, links: { "/a": "b", "/b": "a" } });
    const host = looseReplayHost(foreign(evidence));
    expect(await host.read("/a/x")).toEqual({ is: "not-recorded" });
  });
});

describe.skipIf(recordedSystems.length === 0)("the recorded systems", () => {
  it.each(recordedSystems)("$name answers what was asked, and knows its disks", async ({ evidence, expected }) => {
    const recording = evidence();
    const host = looseReplayHost(recording);
    for (const { argv, context, stdout } of recording.commands) {
      if (context !== undefined) continue;
      const plain: Argv = [argv[0].replace(/.*\//, ""), ...argv.slice(1)];
      expect(await host.run(argv)).toMatchObject({ argv, stdout });
      expect((await host.run(plain)).outcome.is, plain.join(" ")).toMatch(/^(exited|missing)$/);
    }
    for (const record of recording.files) {
      expect(await host.read(record.path), record.path).toEqual({
        is: "file",
        content: "content" in record ? record.content : "",
      });
    }
    const listed = await host.list("/sys/class/block");
    const names = listed.is === "directory" ? listed.names : [];
    for (const disk of expected().disks) {
      expect(names).toContain(disk.name);
      const size = await host.read(`/sys/class/block/${disk.name}/size`);
      if (size.is !== "not-recorded") expect(size).toEqual({ is: "file", content: `${disk.bytes / 512}\n` });
    }
  });
});
