import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { takeLock } from "../../src/rescue/lock.js";

const directory = mkdtempSync(join(tmpdir(), "bmr-lock-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = join(directory, "lock");

test("one run at a time, the next one after it", async () => {
  const lock = await takeLock(path);
  await expect(takeLock(path)).rejects.toMatchObject({ code: "locked", details: { pid: process.pid } });
  await lock.release();
  expect(existsSync(path)).toBe(false);
  await (await takeLock(path)).release();
  expect(readdirSync(directory)).toEqual([]);
});

test("what a killed run left behind is taken away, also where its number lives on", async () => {
  const { pid } = spawnSync("true");
  writeFileSync(path, JSON.stringify({ pid, started: "1" }));
  await (await takeLock(path)).release();
  // a number that was given to another process meanwhile: this one
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: "1" }));
  await (await takeLock(path)).release();
  expect(readdirSync(directory)).toEqual([]);
});

test("the lock of a run that lives is respected", async () => {
  const other = spawn("sleep", ["60"]);
  await once(other, "spawn");
  const stat = readFileSync(`/proc/${other.pid}/stat`, "utf8");
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  writeFileSync(path, JSON.stringify({ pid: other.pid, started }));
  await expect(takeLock(path)).rejects.toMatchObject({ code: "locked", details: { pid: other.pid } });
  const gone = once(other, "exit");
  other.kill("SIGKILL");
  await gone;
  await (await takeLock(path)).release();
});

test("of many that find a stale lock, one gets it", async () => {
  const { pid } = spawnSync("true");
  for (let round = 0; round < 20; round++) {
    writeFileSync(path, JSON.stringify({ pid, started: "1" }));
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));
    const won = taken.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of taken) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "locked" });
    }
    await won[0]?.value.release();
    expect(readdirSync(directory)).toEqual([]);
  }
});

test("a file that is no lock is left alone, and said", async () => {
  writeFileSync(path, "something else");
  await expect(takeLock(path)).rejects.toThrow(/isn't a lock of bmr/);
  expect(readFileSync(path, "utf8")).toBe("something else");
  rmSync(path);
  await expect(takeLock(join(directory, "no/such/directory/lock"))).rejects.toMatchObject({ code: "locked" });
});
