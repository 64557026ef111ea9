import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/host/evidence.js";
import { localHost } from "../../src/host/local.js";
import type { Argv, Outcome } from "../../src/host/outcome.js";
import { replayHost } from "../../src/host/replay.js";
import { mountedRoots } from "../../src/kinds/ext/mounted-roots.js";
import type { BlockDevice } from "../../src/layout/inventory.js";

const device = (name: string, major: number, minor: number) => ({ name, major, minor }) as BlockDevice;
const sda1 = device("sda1", 8, 1);
const sdb1 = device("sdb1", 8, 17);
/** Numbers that lie on both sides of what older device numbers had room for. */
const far = device("dm-70000", 4500, 70_000);

/** Typed by hand, in the form of stat(1); the last number is what makedev(3) of glibc 2.36 makes of 4500 and 70000. */
const OF_SDA1 = "2049 2 41ed 0 0\n";
const OF_SDB1 = "2065 2 43ff 1000 100\n";
const OF_FAR = "17592472409200 2 41c0 5 6\n";

/** A machine with these mounts, of which `stat` says this when it is asked of these paths. */
function machine(
  mounts: string,
  paths: readonly string[],
  stdout: string,
  outcome: Outcome = { is: "exited", code: 0 },
) {
  const argv: Argv = ["stat", "--printf=%d %i %f %u %g\\n", "--", ...paths];
  const answer = { argv, outcome: outcome as Exclude<Outcome, { is: "not-recorded" }>, stdout, stderr: "" };
  const evidence: Evidence = {
    format: "bmr-evidence",
    version: 1,
    host: { name: "typed-by-hand", arch: "x86_64" },
    commands: [answer],
    files: [{ path: "/proc/self/mountinfo", content: mounts }],
    links: [],
  };
  return replayHost(evidence);
}

const ROOT = "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";
const SRV = "30 21 8:17 / /srv rw - ext4 /dev/sdb1 rw\n";

describe("roots of mounted filesystems", () => {
  test("are told by one stat of their mount points", async () => {
    const host = machine(
      `${ROOT}${SRV}31 21 4500:70000 / /x rw - ext4 /dev/x rw\n`,
      ["/", "/srv", "/x"],
      OF_SDA1 + OF_SDB1 + OF_FAR,
    );
    expect(await mountedRoots(host, [sda1, sdb1, far])).toEqual(
      new Map([
        ["sda1", { mode: 0o755, uid: 0, gid: 0 }],
        ["sdb1", { mode: 0o1777, uid: 1000, gid: 100 }],
        ["dm-70000", { mode: 0o700, uid: 5, gid: 6 }],
      ]),
    );
  });

  test.each<[name: string, mounts: string, paths: readonly string[], stdout: string, outcome?: Outcome]>([
    [
      "what is mounted over it",
      `${ROOT}${SRV}32 30 8:33 / /srv rw - ext4 /dev/sdc1 rw\n`,
      ["/", "/srv"],
      `${OF_SDA1}2081 2 41ed 0 0\n`,
    ],
    [
      "a directory over it",
      `${ROOT}${SRV}32 30 8:1 /home /srv rw - ext4 /dev/sda1 rw\n`,
      ["/", "/srv"],
      `${OF_SDA1}2049 8193 41ed 0 0\n`,
    ],
    ["a bind mount of a part", `${ROOT}30 21 8:17 /part /srv rw - ext4 /dev/sdb1 rw\n`, ["/"], OF_SDA1],
    ["mapped owners", `${ROOT}30 21 8:17 / /srv rw,idmapped - ext4 /dev/sdb1 rw\n`, ["/"], OF_SDA1],
    [
      "a mount point below a network filesystem",
      `${ROOT}29 21 0:44 / /net rw - nfs4 far:/ rw\n30 29 8:17 / /net/srv rw - ext4 /dev/sdb1 rw\n`,
      ["/"],
      OF_SDA1,
    ],
    ["an automount point", `${ROOT}29 21 0:45 / /srv rw - autofs systemd-1 rw\n${SRV}`, ["/"], OF_SDA1],
    [
      "a daemon's filesystem above",
      `${ROOT}29 21 8:49 / /usb rw - fuseblk /dev/sdd1 rw\n30 29 8:17 / /usb/srv rw - ext4 /dev/sdb1 rw\n`,
      ["/"],
      OF_SDA1,
    ],
    ["a mount point that vanished", `${ROOT}${SRV}`, ["/", "/srv"], OF_SDA1, { is: "exited", code: 1 }],
    [
      "an answer that breaks off in a number",
      `${ROOT}${SRV}`,
      ["/", "/srv"],
      `${OF_SDA1}2065 2 43ff 1000 1`,
      { is: "timed-out", seconds: 60 },
    ],
    ["garbage", `${ROOT}${SRV}`, ["/", "/srv"], `${OF_SDA1}stat: what?\n2065 2 43ff\n`],
  ])("aren't taken from %s", async (_, mounts, paths, stdout, outcome) => {
    const roots = await mountedRoots(machine(mounts, paths, stdout, outcome), [sda1, sdb1]);
    expect(roots).toEqual(new Map([["sda1", { mode: 0o755, uid: 0, gid: 0 }]]));
  });

  test("aren't asked where nothing is mounted, or nobody tells what", async () => {
    expect(await mountedRoots(machine(ROOT, [], ""), [sdb1])).toEqual(new Map());
    expect(await mountedRoots(machine("no mountinfo\n", [], ""), [sda1])).toEqual(new Map());
  });

  test("a path beside a mount point isn't below it", async () => {
    const mounts = `${ROOT}29 21 0:44 / /sr rw - nfs4 far:/ rw\n${SRV}`;
    expect([...(await mountedRoots(machine(mounts, ["/", "/srv"], OF_SDB1), [sdb1, sda1])).keys()]).toEqual(["sdb1"]);
  });
});

const ownRoot = / (\d+):(\d+) \/ \/ \S+ .*- ext[234] \/dev/.exec(await readFile("/proc/self/mountinfo", "utf8"));

test.skipIf(ownRoot === null)("this machine's own root directory", async () => {
  const own = device("own", Number(ownRoot?.[1]), Number(ownRoot?.[2]));
  const { mode, uid, gid } = statSync("/");
  expect(await mountedRoots(localHost(), [own])).toEqual(new Map([["own", { mode: mode & 0o7777, uid, gid }]]));
});
