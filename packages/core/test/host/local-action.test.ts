import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { localActionHost } from "../../src/host/local-action.js";
import { isRunning } from "./processes.js";

const host = localActionHost();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-action-"));
});

describe("exec", () => {
  it("runs in a clean environment with what is added", async () => {
    const result = await host.exec({ argv: ["sh", "-c", "env | sort; cat"], env: { DSM_DIR: "/opt" } });
    expect(result).toMatchObject({ outcome: { is: "exited", code: 0 }, stderr: "" });
    expect(result.stdout).toMatch(/^DSM_DIR=\/opt\nLC_ALL=C\nLVM_SUPPRESS_FD_WARNINGS=1\nPATH=\/usr\/local\/sbin:/);
    expect(result).not.toHaveProperty("cut");
  });

  it("reads a text or a file, and writes into a file", async () => {
    const text = "grün\n".repeat(100_000);
    const written = join(folder, "out");
    expect((await host.exec({ argv: ["cat"], stdin: { text }, stdout: { file: written } })).stdout).toBe("");
    expect(await readFile(written, "utf8")).toBe(text);
    expect((await stat(written)).mode & 0o777).toBe(0o600);
    expect((await host.exec({ argv: ["wc", "-l"], stdin: { file: written } })).stdout.trim()).toBe("100000");
  });

  it("gives binary input and output unchanged", async () => {
    const result = await host.exec({ argv: ["cat"], stdin: { text: "a\udcff\udc80z" } });
    expect(result.stdout).toBe("a\udcff\udc80z");
  });

  it("says what can't be started or opened", async () => {
    expect((await host.exec({ argv: ["bmr-no-such-tool"] })).outcome).toEqual({ is: "missing" });
    expect((await host.exec({ argv: ["/etc/passwd"] })).outcome).toMatchObject({ is: "denied", reason: /EACCES/ });
    expect((await host.exec({ argv: ["echo", "a".repeat(200_000)] })).outcome).toMatchObject({ reason: /E2BIG/ });
    const file = join(folder, "none/out");
    expect((await host.exec({ argv: ["true"], stdout: { file } })).outcome).toMatchObject({ reason: /ENOENT/ });
    expect((await host.exec({ argv: ["true"], stdin: { file } })).outcome).toMatchObject({ is: "denied" });
  });

  it("hands on every line as it comes, and keeps the end of a long output", async () => {
    const lines: string[] = [];
    const result = await host.exec(
      { argv: ["sh", "-c", "seq 1 200000; printf 'no end'; echo oops >&2"] },
      { line: (stream, line) => lines.push(`${stream} ${line}`) },
    );
    expect(lines).toHaveLength(200_002);
    expect(lines.filter((line) => line.startsWith("stdout"))).toEqual([
      ...Array.from({ length: 200_000 }, (_, index) => `stdout ${index + 1}`),
      "stdout no end",
    ]);
    expect(result.stdout).toMatch(/^19\d{4}\n[\d\n]+\n199999\n200000\nno end$/);
    expect(result.stdout.length).toBeLessThanOrEqual(64 * 1024);
    expect((result.cut?.stdout as number) + result.stdout.length).toBe(1_288_901);
    expect(result.cut?.stderr).toBe(0);
  });

  it("gives lines while the command still runs", async () => {
    const stop = new AbortController();
    const result = await host.exec(
      { argv: ["sh", "-c", "printf '10%%\\r20%%\\r'; sleep 60"] },
      { signal: stop.signal, line: (_, line) => line === "20%" && stop.abort() },
    );
    expect(result).toMatchObject({ outcome: { is: "signalled", signal: "SIGTERM" }, stdout: "10%\r20%\r" });
  });

  it("survives a command that doesn't read its input, and one that closes its output", async () => {
    const text = "x".repeat(5_000_000);
    expect((await host.exec({ argv: ["true"], stdin: { text } })).outcome).toEqual({ is: "exited", code: 0 });
    const early = await host.exec({ argv: ["sh", "-c", "exec 0<&-; exec 1>&-; sleep 0.3; exit 4"], stdin: { text } });
    expect(early.outcome).toEqual({ is: "exited", code: 4 });
  });

  it("ends the whole process group on abort, by SIGTERM first", async () => {
    const stop = new AbortController();
    const script = `trap 'echo closing; exit 3' TERM; sleep 7342 & sleep 0.3; echo ready; wait`;
    const result = await host.exec(
      { argv: ["sh", "-c", script] },
      { signal: stop.signal, line: (_, line) => line === "ready" && stop.abort() },
    );
    expect(result).toMatchObject({ outcome: { is: "exited", code: 3 }, stdout: "ready\nclosing\n" });
    expect(isRunning("sleep", "7342")).toBe(false);
  });

  it("kills what ignores SIGTERM after ten seconds", async () => {
    const stop = new AbortController();
    const result = await host.exec(
      { argv: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"] },
      { signal: stop.signal, line: (_, line) => line === "ready" && stop.abort() },
    );
    expect(result.outcome).toEqual({ is: "signalled", signal: "SIGKILL" });
  });

  it("has no time limit but the one that is given", async () => {
    const result = await host.exec({ argv: ["sh", "-c", "echo begun; sleep 60"], timeLimitSeconds: 0.3 });
    expect(result).toMatchObject({ outcome: { is: "timed-out", seconds: 0.3 }, stdout: "begun\n" });
    const quick = localActionHost({ timeLimitSeconds: 0.1 });
    expect((await quick.exec({ argv: ["sleep", "0.5"] })).outcome).toEqual({ is: "exited", code: 0 });
  });

  it("doesn't start anything once the signal was given", async () => {
    const file = join(folder, "touched");
    const result = await host.exec({ argv: ["touch", file] }, { signal: AbortSignal.abort() });
    expect(result.outcome).toEqual({ is: "signalled", signal: "SIGTERM" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("isn't reached by a signal to our process group", async () => {
    // the sixth field is the session (proc_pid_stat(5))
    const { stdout } = await host.exec({ argv: ["sh", "-c", "cut -d' ' -f6 /proc/$$/stat; echo $$"] });
    const [session, own] = stdout.trim().split(/\s+/);
    expect(session).toBe(own);
  });

  it("doesn't wait for a daemon that keeps the output open", async () => {
    const result = await host.exec({ argv: ["sh", "-c", "setsid sleep 30 & echo started"] });
    expect(result).toMatchObject({ outcome: { is: "exited", code: 0 }, stdout: "started\n" });
  });
});

describe("pipe", () => {
  const sum = (text: string) => /^[0-9a-f]{64}/.exec(text)?.[0];

  it("carries data unchanged and past this program", async () => {
    const file = join(folder, "random");
    await host.exec({ argv: ["dd", "if=/dev/urandom", `of=${file}`, "bs=1M", "count=64", "status=none"] });
    const direct = await host.exec({ argv: ["sha256sum", file] });
    const before = process.memoryUsage().external;
    const results = await host.pipe([
      { argv: ["cat"], stdin: { file } },
      { argv: ["dd", "bs=64k"] },
      { argv: ["cat"] },
      { argv: ["sha256sum"] },
    ]);
    expect(results.map((result) => result.outcome)).toEqual(Array(4).fill({ is: "exited", code: 0 }));
    expect(sum(results[3]?.stdout as string)).toBe(sum(direct.stdout));
    expect(results.slice(0, 3).map((result) => result.stdout)).toEqual(["", "", ""]);
    expect(results[1]?.stderr).toMatch(/67108864 bytes/);
    expect(process.memoryUsage().external - before).toBeLessThan(16e6);
  });

  it("carries 256 MiB in bounded memory", async () => {
    const results = await host.pipe([
      { argv: ["dd", "if=/dev/zero", "bs=1M", "count=256", "status=none"] },
      { argv: ["cat"] },
      { argv: ["wc", "-c"] },
    ]);
    expect(results[2]?.stdout.trim()).toBe(String(256 * 1024 * 1024));
  });

  it("loses nothing of the first stage's output, however early it comes", async () => {
    for (let round = 0; round < 40; round++) {
      const results = await host.pipe([{ argv: ["echo", "first"] }, { argv: ["sh", "-c", "sleep 0.01; cat"] }]);
      expect(results[1]?.stdout).toBe("first\n");
    }
  });

  it("judges every stage, and writes the last one's output into a file", async () => {
    const file = join(folder, "out");
    const results = await host.pipe([
      { argv: ["sh", "-c", "echo data; echo first >&2; exit 3"] },
      { argv: ["sh", "-c", "cat; echo second >&2; kill -KILL $$"] },
      { argv: ["cat"], stdout: { file } },
    ]);
    expect(results.map(({ outcome, stderr }) => [outcome, stderr])).toEqual([
      [{ is: "exited", code: 3 }, "first\n"],
      [{ is: "signalled", signal: "SIGKILL" }, "second\n"],
      [{ is: "exited", code: 0 }, ""],
    ]);
    expect(await readFile(file, "utf8")).toBe("data\n");
  });

  it("ends a writer whose reader is gone", async () => {
    const results = await host.pipe([{ argv: ["yes"] }, { argv: ["head", "-n", "1"] }]);
    expect(results[0]?.outcome).not.toEqual({ is: "exited", code: 0 });
    expect(results[1]).toMatchObject({ outcome: { is: "exited", code: 0 }, stdout: "y\n" });
  });

  it("gives an empty input to whoever follows a stage that couldn't start, and ends who precedes it", async () => {
    const first = await host.pipe([{ argv: ["bmr-no-such-tool"] }, { argv: ["wc", "-c"] }]);
    expect(first.map(({ outcome, stdout }) => [outcome.is, stdout])).toEqual([
      ["missing", ""],
      ["exited", "0\n"],
    ]);
    const last = await host.pipe([{ argv: ["yes"] }, { argv: ["/etc/passwd"] }]);
    expect(last[0]?.outcome).not.toEqual({ is: "exited", code: 0 });
    expect(last[1]?.outcome.is).toBe("denied");
  });

  it("gives the watcher stderr of all stages and stdout of the last, and stops all stages", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const results = await host.pipe(
      [
        { argv: ["sh", "-c", "echo to-the-next; echo one >&2; sleep 60"] },
        { argv: ["sh", "-c", "sed -u s/^/got-/; sleep 60"] },
      ],
      {
        signal: stop.signal,
        line: (stream, line) => {
          lines.push(`${stream} ${line}`);
          if (lines.length === 2) stop.abort();
        },
      },
    );
    expect(lines.sort()).toEqual(["stderr one", "stdout got-to-the-next"]);
    expect(results.map((result) => result.outcome)).toEqual(Array(2).fill({ is: "signalled", signal: "SIGTERM" }));
  });

  it("refuses a stage in the middle that is connected elsewhere", () => {
    expect(() => host.pipe([{ argv: ["a"] }, { argv: ["b"], stdin: { text: "" } }])).toThrow(/b stands inside a pipe/);
    expect(() => host.pipe([{ argv: ["a"], stdout: "inherit" }, { argv: ["b"] }])).toThrow(/a stands inside a pipe/);
  });
});

describe("terminal", () => {
  it("gives the command our terminal", async () => {
    // script(1) is the terminal: exec runs below it in a program of its own
    const program = join(folder, "ask.mts");
    await writeFile(
      program,
      `import { localActionHost } from ${JSON.stringify(new URL("../../src/host/local-action.ts", import.meta.url).pathname)};
       const script = "test -t 0 && test -t 1 && test -t 2 && read -r answer </dev/tty && echo heard:$answer:$TERM";
       const result = await localActionHost().exec({ argv: ["sh", "-c", script], terminal: true });
       console.log(JSON.stringify(result.outcome), JSON.stringify(result.stdout));`,
    );
    const tsx = new URL("../../../../node_modules/.bin/tsx", import.meta.url).pathname;
    const result = await host.exec({
      argv: ["script", "-qec", `${tsx} ${program}`, "/dev/null"],
      stdin: { text: "secret\n" },
      env: { TERM: "vt220", HOME: folder },
    });
    expect(result.stdout).toContain("heard:secret:vt220");
    expect(result.stdout).toContain(`{"is":"exited","code":0} ""`);
  });
});

/** Owner, mode, ACL and extended attributes, as text. */
function attributesOf(path: string): string {
  const names = execFileSync("getfattr", ["--absolute-names", "-d", "-m", "-", path], { encoding: "utf8" });
  return names + execFileSync("getfacl", ["--absolute-names", "--numeric", path], { encoding: "utf8" });
}

describe("write", () => {
  it("replaces a file in one go, with its mode", async () => {
    const path = join(folder, "lvm.conf");
    await writeFile(path, "old");
    await chmod(path, 0o644);
    await host.write(path, "neu: ü\udcff\n");
    expect(await readFile(path)).toEqual(Buffer.from([...Buffer.from("neu: ü"), 0xff, 0x0a]));
    expect((await stat(path)).mode & 0o7777).toBe(0o600);
    await host.write(path, "x", { mode: 0o755 });
    expect((await stat(path)).mode & 0o7777).toBe(0o755);
    expect(await readdir(folder)).toEqual(["lvm.conf"]);
  });

  it("leaves nothing behind when it fails", async () => {
    await mkdir(join(folder, "taken"));
    await expect(host.write(join(folder, "taken"), "x")).rejects.toMatchObject({
      code: "step-failed",
      details: { path: join(folder, "taken"), errno: "EISDIR" },
    });
    await expect(host.write(join(folder, "none/x"), "x")).rejects.toMatchObject({ details: { errno: "ENOENT" } });
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it.skipIf(process.getuid?.() !== 0 || lacks("setfattr", "setfacl"))(
    "takes all attributes of another file",
    async () => {
      const path = join(folder, "labelled");
      await writeFile(path, "old");
      const label = ["-n", "security.selinux", "-v", "system_u:object_r:etc_t:s0"];
      execFileSync("setfattr", [...label, path]);
      execFileSync("setfattr", ["-n", "user.note", "-v", "kept", path]);
      execFileSync("setfacl", ["-m", "u:1234:r", path]);
      execFileSync("chown", ["4000000000:5678", path]);
      const before = attributesOf(path);
      expect(before).toMatch(/etc_t:s0[\s\S]*user:1234:r--/);
      await host.write(path, "new", { like: path });
      expect(attributesOf(path)).toBe(before);
      expect(await readFile(path, "utf8")).toBe("new");
      expect((await stat(path)).uid).toBe(4_000_000_000);
      expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^\.labelled/));
    },
  );

  it("leaves the old file where there is none to take the attributes of", async () => {
    const path = join(folder, "kept");
    await writeFile(path, "old");
    await expect(host.write(path, "new", { like: join(folder, "none") })).rejects.toMatchObject({
      code: "step-failed",
    });
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^\.kept/));
  });

  it("writes an attribute in place, and never creates one", async () => {
    const path = "/proc/self/comm";
    await expect(host.write(join(folder, "online"), "1", { sysfs: true })).rejects.toMatchObject({
      details: { errno: "ENOENT" },
    });
    await expect(host.write("/proc/version", "1", { sysfs: true })).rejects.toMatchObject({ code: "step-failed" });
    const before = (await readFile(path, "utf8")).trim();
    await host.write(path, "bmr-test", { sysfs: true });
    expect(await readFile(path, "utf8")).toBe("bmr-test\n");
    await host.write(path, before, { sysfs: true });
  });
});
