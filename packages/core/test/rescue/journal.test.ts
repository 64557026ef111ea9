import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type StepId, stepId } from "../../src/plan/step.js";
import { begunDisks, historyOf } from "../../src/rescue/history.js";
import { openJournal } from "../../src/rescue/journal.js";
import type { JournalRecord, RunRecord, StepRecord } from "../../src/rescue/journal-record.js";
import { id, planFor, volume, wipe } from "./world.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bmr-journal-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";
const run = (binding: string, resumes = true): RunRecord => ({
  record: "run",
  version: 1,
  at,
  mode: "diskinit",
  plan: "p",
  binding,
  disks: [{ node: id("lun:a"), key: "wwid=a", path: "/dev/sda", erasedUnder: "refuse" }],
  params: { "a\nb": "ü\u2028" },
  target: "/mnt/a",
  resumes,
});
const step = (name: StepId, state: StepRecord["state"]): StepRecord => ({
  record: "step",
  at,
  step: name,
  digest: "d",
  state,
});
const [WIPE, MAKE] = [stepId("wipe", "lun:a"), stepId("make", "x")];

async function written(...records: readonly JournalRecord[]): Promise<string> {
  const journal = await openJournal(directory);
  for (const record of records) await journal.append(record);
  await journal.close();
  return journal.path;
}

async function read(): Promise<readonly JournalRecord[]> {
  const journal = await openJournal(directory);
  await journal.close();
  return journal.records;
}

describe("the file", () => {
  test("gives back what was written, and is for its owner only", async () => {
    const records = [
      run("b"),
      step(WIPE, "started"),
      step(WIPE, "done"),
      { record: "end", at, outcome: "done" },
    ] as const;
    const path = await written(...records);
    expect(await read()).toEqual(records);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(4);
  });

  test("cut at any byte, it loses the last record at most, and can be gone on with", async () => {
    const path = await written(run("b"), step(WIPE, "started"), step(WIPE, "done"));
    const whole = readFileSync(path);
    const ends = [...whole.keys()].filter((index) => whole[index] === 10);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const before = await read();
        // a record whose newline alone is missing is whole
        expect(before.length).toBe(ends.filter((end) => end <= length).length);
        const journal = await openJournal(directory);
        await journal.append(step(MAKE, "started"));
        await journal.close();
        expect(await read()).toEqual([...before, step(MAKE, "started")]);
      }),
      { numRuns: process.env.BMR_TEST_LONG === "1" ? 1000 : 60 },
    );
  });

  test.each([
    ["nonsense in the middle", (text: string) => text.replace(/\n/, "\nnonsense\n"), 2],
    ["an empty line", (text: string) => text.replace(/\n/, "\n\n"), 2],
    ["a record of another kind", (text: string) => `{"record":"other"}\n${text}`, 1],
    ["a state that isn't one", (text: string) => text.replace("started", "stated"), 2],
    ["a later version", (text: string) => text.replace('"version":1', '"version":2'), 1],
    ["zeros", (text: string) => text.replace(/^.{10}/, "\0".repeat(10)), 1],
  ])("%s is an error that names the line", async (_, damage, line) => {
    const path = await written(run("b"), step(WIPE, "started"));
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    await expect(openJournal(directory)).rejects.toMatchObject({
      code: "journal-invalid",
      details: { path, line },
    });
  });

  test("rubbish after the last record is taken away", async () => {
    const path = await written(run("b"));
    appendFileSync(path, Buffer.from([0, 0, 0xff, 0xc3]));
    expect(await read()).toEqual([run("b")]);
    expect(readFileSync(path, "utf8").endsWith("}\n")).toBe(true);
  });

  test("a directory that can't be one is an error that names --journal", async () => {
    writeFileSync(join(directory, "file"), "");
    await expect(openJournal(join(directory, "file/sub"))).rejects.toMatchObject({ code: "journal-invalid" });
    await expect(openJournal(join(directory, "file/sub"))).rejects.toThrow("--journal");
  });

  test("a journal that can't be written any more stops whoever writes", async () => {
    const journal = await openJournal(directory);
    await journal.close();
    await expect(journal.append(run("b"))).rejects.toMatchObject({ code: "journal-invalid" });
  });
});

describe("what it says of earlier runs", () => {
  const states = (records: readonly JournalRecord[], binding: string) =>
    Object.fromEntries([...historyOf(records, binding)].map(([name, record]) => [name, record.state]));

  test("the last word of each step counts, over all runs that go on", () => {
    const records = [
      run("b"),
      step(WIPE, "started"),
      step(WIPE, "done"),
      step(MAKE, "started"),
      run("b"),
      step(MAKE, "failed"),
    ];
    expect(states(records, "b")).toEqual({ [WIPE]: "done", [MAKE]: "failed" });
  });

  test("a run on other disks, or anew, forgets what was before", () => {
    const first = [run("b"), step(WIPE, "done")];
    expect(states([...first, run("c"), step(MAKE, "done")], "c")).toEqual({ [MAKE]: "done" });
    expect(states([...first, run("c"), step(MAKE, "done")], "b")).toEqual({});
    expect(states([...first, run("c"), run("b"), step(MAKE, "done")], "b")).toEqual({ [MAKE]: "done" });
    expect(states([...first, run("b", false), step(MAKE, "done")], "b")).toEqual({ [MAKE]: "done" });
    expect(states([], "b")).toEqual({});
  });

  test("the disks that a run began to erase", () => {
    const disks = ["a", "b"].map((name) => ({ name: `sd${name}`, identities: [volume(name)] }));
    const part = id("part:lun:b/1");
    const plan = planFor(disks, {
      steps: [wipe(id("lun:a")), wipe(id("lun:b")), { ...wipe(part), id: MAKE }],
      devices: [{ node: part, by: "partition", of: id("lun:b"), number: 1 }],
    });
    expect(begunDisks([], plan)).toBe(undefined);
    expect(begunDisks([run("b")], plan)).toEqual({ binding: "b", disks: new Set() });
    expect(begunDisks([run("b"), step(WIPE, "started")], plan)?.disks).toEqual(new Set(["lun:a"]));
    expect(begunDisks([run("b"), step(MAKE, "failed")], plan)?.disks).toEqual(new Set(["lun:b"]));
    expect(begunDisks([run("b"), step(WIPE, "done"), run("c")], plan)).toEqual({ binding: "c", disks: new Set() });
  });
});
