import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { localHost } from "../../src/host/local.js";
import { isRunning } from "./processes.js";

const host = localHost();

/** The block device below /, where it can be read: it is mounted, so the kernel holds it. */
function readableRootDevice(): string | undefined {
  const device = /^\/dev\/\S+(?= \/ )/m.exec(readFileSync("/proc/mounts", "utf8"))?.[0];
  try {
    // a container may be forbidden to open what it may see
    if (device !== undefined) closeSync(openSync(device, "r"));
    return device;
  } catch {
    return undefined;
  }
}

describe("run", () => {
  it("gives exit status, both streams, and bytes that aren't UTF-8", async () => {
    const result = await host.run(["sh", "-c", "printf 'a\\377b'; echo trouble >&2; exit 3"]);
    expect(result).toEqual({
      argv: ["sh", "-c", "printf 'a\\377b'; echo trouble >&2; exit 3"],
      outcome: { is: "exited", code: 3 },
      stdout: "a\udcffb",
      stderr: "trouble\n",
    });
  });

  it("tells a missing tool from one that may not run, and from a signal", async () => {
    expect((await host.run(["bmr-no-such-tool"])).outcome).toEqual({ is: "missing" });
    expect((await host.run(["/etc/passwd"])).outcome).toMatchObject({ is: "denied", reason: /EACCES/ });
    expect((await host.run(["sh", "-c", "kill -KILL $$"])).outcome).toEqual({ is: "signalled", signal: "SIGKILL" });
  });

  it("refuses arguments that the kernel would get mangled", async () => {
    expect((await host.run(["echo", "a\udcff"])).outcome).toMatchObject({ is: "denied", reason: /UTF-8/ });
    expect((await host.run(["echo", "a\0b"])).outcome).toMatchObject({ is: "denied", reason: /NUL/ });
    expect((await host.run(["echo", "a".repeat(200_000)])).outcome).toMatchObject({ is: "denied", reason: /E2BIG/ });
  });

  it("inherits nothing and reads nothing", async () => {
    process.env.BMR_TEST_LEAK = "yes";
    expect((await host.run(["env"])).stdout).toBe(
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nLVM_SUPPRESS_FD_WARNINGS=1\n",
    );
    expect((await host.run(["cat"])).outcome).toEqual({ is: "exited", code: 0 });
  });

  it("stops a command with all that it started when time is up, and keeps what it said", async () => {
    const quick = localHost({ timeLimitSeconds: 0.3 });
    // the number of seconds serves as a name in the process table
    const result = await quick.run(["sh", "-c", "trap '' TERM; echo begun; sleep 7341 & sleep 7341"]);
    expect(result).toMatchObject({ outcome: { is: "timed-out", seconds: 0.3 }, stdout: "begun\n" });
    expect(isRunning("sleep", "7341")).toBe(false);
  });

  it("doesn't wait for a daemon that keeps the output open", async () => {
    const result = await localHost({ timeLimitSeconds: 1 }).run(["sh", "-c", "setsid sleep 8 & echo started"]);
    expect(result).toMatchObject({ outcome: { is: "exited", code: 0 }, stdout: "started\n" });
  });

  it("stops a command that prints without end", async () => {
    const result = await localHost({ mostBytes: 1000 }).run(["yes"]);
    expect(result.outcome).toEqual({ is: "overflowed", bytes: 1000 });
    expect(result.stdout).toHaveLength(1000);
  });

  it("says so where this program has no descriptor left", async () => {
    const program = `import { localHost } from ${JSON.stringify(new URL("../../src/host/local.ts", import.meta.url).href)};
      const host = localHost({ width: 60 });
      const results = await Promise.all(Array.from({ length: 60 }, () => host.run(["true"])));
      console.log(JSON.stringify(results.map(({ outcome }) => outcome)));`;
    const file = join(await mkdtemp(join(tmpdir(), "bmr-descriptors-")), "run.mts");
    await writeFile(file, program);
    const tsx = import.meta.resolve("tsx");
    const script = `ulimit -n 64; exec ${process.execPath} --conditions=@bmr/source --import ${tsx} ${file}`;
    const outcomes = JSON.parse((await host.run(["sh", "-c", script])).stdout);
    expect(outcomes).toContainEqual({ is: "exited", code: 0 });
    expect(outcomes).toContainEqual({ is: "denied", reason: "spawn true EMFILE" });
  });

  it("runs at most so many at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bmr-width-"));
    const script = `touch ${folder}/$$; ls ${folder} | wc -l; sleep 0.1; rm ${folder}/$$`;
    const narrow = localHost({ width: 2 });
    const results = await Promise.all(Array.from({ length: 7 }, () => narrow.run(["sh", "-c", script])));
    const seen = results.map((result) => Number(result.stdout));
    expect(Math.max(...seen)).toBe(2);
  });
});

describe("read, list, readlink", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bmr-files-"));
    await writeFile(join(folder, "b"), "0123456789");
    await writeFile(join(folder, "latin1"), Buffer.from([0x67, 0xfc, 0x6e]));
    await mkdir(join(folder, "a"));
    await symlink("b", join(folder, "to-b"));
    await symlink("nowhere", join(folder, "dangling"));
    await writeFile(Buffer.from(`${folder}/name-\xfc`, "latin1"), "by its bytes");
  });

  it("reads whole files, heads, and names that aren't UTF-8", async () => {
    expect(await host.read(join(folder, "b"))).toEqual({ is: "file", content: "0123456789" });
    expect(await host.read(join(folder, "to-b"), { bytes: 4 })).toEqual({ is: "file", content: "0123" });
    expect(await host.read(join(folder, "b"), { bytes: 400 })).toEqual({ is: "file", content: "0123456789" });
    expect(await host.read(join(folder, "latin1"))).toEqual({ is: "file", content: "g\udcfcn" });
    expect(await host.read(join(folder, "b"), { bytes: 3, offset: 5 })).toEqual({ is: "file", content: "567" });
    expect(await host.read(join(folder, "b"), { bytes: 3, offset: 9 })).toEqual({ is: "file", content: "9" });
    expect(await host.read(`${folder}/name-\udcfc`)).toEqual({ is: "file", content: "by its bytes" });
  });

  it("reads the kernel's files, and heads of device nodes", async () => {
    expect(await host.read("/proc/self/comm")).toMatchObject({ is: "file" });
    expect(await host.read("/proc/sys/kernel/ostype")).toEqual({ is: "file", content: "Linux\n" });
    expect(await host.read("/proc/sys/kernel/ostype", { bytes: 3 })).toEqual({ is: "file", content: "Lin" });
    expect(await host.read("/dev/zero", { bytes: 3 })).toEqual({ is: "file", content: "\0\0\0" });
    expect(await host.read("/dev/zero")).toMatchObject({ is: "failed", reason: /regular file/ });
  });

  const rootDevice = readableRootDevice();
  it.skipIf(rootDevice === undefined)("opens a block device exclusively only where nothing holds it", async () => {
    const device = rootDevice as string;
    expect(await host.read(device, { bytes: 1 })).toMatchObject({ is: "file" });
    expect(await host.read(device, { bytes: 1, exclusive: true })).toMatchObject({ is: "failed", reason: /^EBUSY/ });
  });

  it("tells a directory from what isn't there", async () => {
    for (const path of [folder, `${folder}/`, "/proc/self", "/sys"]) {
      expect(await host.read(path), path).toEqual({ is: "directory" });
    }
    for (const path of [join(folder, "none"), join(folder, "b/none"), join(folder, "dangling"), "/proc/none"]) {
      expect(await host.read(path), path).toEqual({ is: "absent" });
      expect(await host.list(path), path).toEqual({ is: "absent" });
    }
  });

  it("lists names by code unit", async () => {
    expect(await host.list(folder)).toEqual({
      is: "directory",
      names: ["a", "b", "dangling", "latin1", "name-\udcfc", "to-b"],
    });
    expect(await host.list(join(folder, "b"))).toEqual({ is: "not-a-directory" });
    expect(await host.list("/proc/self/task")).toMatchObject({ names: expect.arrayContaining([String(process.pid)]) });
  });

  it("reads links as they are written", async () => {
    expect(await host.readlink(join(folder, "dangling"))).toEqual({ is: "link", target: "nowhere" });
    expect(await host.readlink(join(folder, "b"))).toEqual({ is: "not-a-link" });
    expect(await host.readlink(join(folder, "none"))).toEqual({ is: "absent" });
    expect(await host.readlink("/proc/self")).toEqual({ is: "link", target: String(process.pid) });
  });

  it("says what the kernel says where reading fails", async () => {
    expect(await host.read("/proc/self/mem")).toMatchObject({ is: "failed", reason: /EIO/ });
    expect(await host.read(`/${"x".repeat(300)}`)).toMatchObject({ is: "failed", reason: /ENAMETOOLONG/ });
  });
});
