import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecoverySet, writeRecoverySet } from "../../src/recovery-set/index.js";
import { ORIGIN, sampleContents } from "./sample.js";

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "bmr-anywhere-"));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The mark of the set that a reader gets: it has been checked whole. */
async function markOf(directory: string): Promise<string> {
  return (await readRecoverySet(directory)).layout.machine.system as string;
}

describe("a process that writes set after set is killed at any moment", () => {
  let script: string;
  beforeAll(async () => {
    await build({
      config: false,
      entry: [resolve(import.meta.dirname, "../fixtures/recovery-set/write-for-ever.ts")],
      outDir: join(work, "bin"),
      format: "esm",
      platform: "node",
      noExternal: [/.*/],
      outExtension: () => ({ js: ".mjs" }),
      silent: true,
    });
    script = join(work, "bin/write-for-ever.mjs");
  });

  /** Lets it write at least one set, kills it after so many milliseconds more, and gives the last mark that it told. */
  async function killedAfter(milliseconds: number, directory: string, first: number): Promise<number> {
    const child = spawn(process.execPath, [script, directory, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    const ended = new Promise((done) => child.once("close", done));
    await new Promise<void>((begun) => {
      child.stdout.on("data", (data) => {
        told += data;
        begun();
      });
    });
    await sleep(milliseconds);
    child.kill("SIGKILL");
    await ended;
    return Number(told.trim().split("\n").at(-1));
  }

  it("and each time the last set, or the one that was just being written, can be read", {
    timeout: 3_600_000,
  }, async () => {
    const directory = join(work, "BMR");
    const seen = { current: 0, fellBack: 0, unfinished: 0 };
    let last = 0;
    for (let round = 0; round < (process.env.BMR_TEST_LONG ? 400 : 15); round += 1) {
      last = await killedAfter(Math.random() * 40, directory, last + 1);
      const set = await readRecoverySet(directory);
      const mark = Number(set.layout.machine.system);
      // told is written; one more may have been, before it could be told
      expect([last, last + 1]).toContain(mark);
      seen[set.fellBack ? "fellBack" : "current"] += 1;
      seen.unfinished += readdirSync(work).includes("BMR.new") ? 1 : 0;
      for (const name of readdirSync(work)) {
        if (/^BMR(\.old|\.older)?$/.test(name))
          expect(Number(await markOf(join(work, name)))).toBeLessThanOrEqual(mark);
      }
      last = mark;
    }
    // else it was never caught at work
    expect(seen.unfinished + seen.fellBack).toBeGreaterThan(0);
    await writeRecoverySet(directory, sampleContents("next"), ORIGIN);
    expect(await markOf(directory)).toBe("next");
    expect(
      readdirSync(work)
        .filter((name) => name.startsWith("BMR"))
        .sort(),
    ).toEqual(["BMR", "BMR.old", "BMR.older"]);
  });
});

/** Whether this machine lets us mount a small filesystem. */
const canMount = (() => {
  const at = mkdtempSync(join(tmpdir(), "bmr-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", at]).status === 0;
  if (mounted) spawnSync("umount", [at]);
  rmSync(at, { recursive: true });
  return mounted;
})();

describe.skipIf(!canMount)("a real filesystem that is full", () => {
  const PAGE = 4096;
  let small: string;
  const mount = (options: string) => {
    small = mkdtempSync(join(work, "small-"));
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", small]).status).toBe(0);
  };
  const unmount = () => spawnSync("umount", ["-l", small]);

  const failure = (thrown: Promise<unknown>) => thrown.then(() => undefined).catch((error: unknown) => error);

  it("at any page of a set leaves the last set and no half of the new one", async () => {
    mount("size=256k");
    try {
      const directory = join(small, "BMR");
      const ballast = join(small, "ballast");
      await writeRecoverySet(directory, sampleContents("a"), ORIGIN);
      let refused = 0;
      for (let pages = 0; ; pages += 1) {
        const { bavail } = statfsSync(small);
        writeFileSync(ballast, Buffer.alloc((bavail - pages) * PAGE));
        const error = await failure(writeRecoverySet(directory, sampleContents("new"), ORIGIN));
        rmSync(ballast);
        if (error === undefined) break;
        refused += 1;
        expect(error).toMatchObject({ code: "set-write-failed", details: { errno: "ENOSPC" } });
        expect(await markOf(directory)).toBe("a");
        expect(readdirSync(small)).toEqual(["BMR"]);
      }
      // a page for each file at least
      expect(refused).toBeGreaterThanOrEqual(7);
      expect(await markOf(directory)).toBe("new");
      expect(await markOf(`${directory}.old`)).toBe("a");
    } finally {
      unmount();
    }
  });

  it("of inodes too", async () => {
    mount("size=4m,nr_inodes=64");
    try {
      const directory = join(small, "BMR");
      await writeRecoverySet(directory, sampleContents("a"), ORIGIN);
      let refused = 0;
      for (let left = 0; ; left += 1) {
        const others = join(small, "others");
        mkdirSync(others);
        const { ffree } = statfsSync(small);
        for (let at = 0; at < ffree - left; at += 1) writeFileSync(join(others, String(at)), "");
        const error = await failure(writeRecoverySet(directory, sampleContents("new"), ORIGIN));
        rmSync(others, { recursive: true });
        if (error === undefined) break;
        refused += 1;
        expect(error).toMatchObject({ code: "set-write-failed", details: { errno: "ENOSPC" } });
        expect(await markOf(directory)).toBe("a");
        expect(readdirSync(small)).toEqual(["BMR"]);
      }
      expect(refused).toBeGreaterThanOrEqual(8);
      expect(await markOf(directory)).toBe("new");
    } finally {
      unmount();
    }
  });

  it("that became read-only leaves the last set", async () => {
    mount("size=256k");
    try {
      const directory = join(small, "BMR");
      await writeRecoverySet(directory, sampleContents("a"), ORIGIN);
      expect(spawnSync("mount", ["-o", "remount,ro", small]).status).toBe(0);
      const error = await failure(writeRecoverySet(directory, sampleContents("new"), ORIGIN));
      expect(error).toMatchObject({ code: "set-write-failed", details: { errno: "EROFS" } });
      expect(await markOf(directory)).toBe("a");
    } finally {
      unmount();
    }
  });
});
