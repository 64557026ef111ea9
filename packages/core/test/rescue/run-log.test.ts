import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { stepId } from "../../src/plan/step.js";
import { keepLog } from "../../src/rescue/keep-log.js";
import { openRunLog, type RunLog } from "../../src/rescue/run-log.js";
import { stepLabels, stepNamed } from "../../src/rescue/step-labels.js";
import { createTally, type Tally } from "../../src/rescue/tally.js";
import type { Lab } from "./lab.js";
import { B, C, changedPlan, makeRebuildLab, rebuild, rebuildPlan } from "./rebuild-lab.js";

let lab: Lab;
let log: RunLog;
let tally: Tally;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  tally = createTally();
  log = openRunLog(join(lab.root, "journal"), stepLabels(rebuildPlan(lab.root)), tally);
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => {
  log.close();
  lab.remove();
});

const listen: RunLog["listen"] = (event) => {
  tally.listen(event);
  log.listen(event);
};

function lines(): readonly string[] {
  return readFileSync(log.path, "utf8").trimEnd().split("\n");
}

test("every command with its number, arguments, output, exit and time, each line with its step's number", async () => {
  await rebuild(lab, { onEvent: listen });
  expect(lines().every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[\d+\/10\] /.test(line))).toBe(true);
  const text = lines()
    .map((line) => line.slice(25))
    .join("\n");
  expect(text).toContain(`[6/10] make-ext:${B} begins: make-ext:${B}`);
  expect(text).toMatch(/^\[6\/10\] #6 \$ sh -c .* mke2fs -q -F /m);
  expect(text).toMatch(/^\[6\/10\] #6 exited with 0, \d\.\d s$/m);
  expect(text).toMatch(/^\[9\/10\] #11 ! restored 7$/m);
  expect(text).toMatch(/^\[9\/10\] #11 exited with 0 \| exited with 0 \| exited with 0, \d/m);
  expect([tally.commands(), tally.failures()]).toEqual([13, 0]);
});

test("a failure is numbered, and what a command is stands there before it runs", async () => {
  const plan = changedPlan(lab.root, stepId("make-swap", C), () => ({
    run: [{ do: "exec", argv: ["sh", "-c", 'cat "$0"; exit 3', log.path] }],
  }));
  await rebuild(lab, { plan, onEvent: listen });
  const text = lines().join("\n");
  expect(text).toMatch(/#8 \| \S+ \[7\/10\] #8 \$ sh -c/);
  expect(text).toMatch(/#8 exited with 3, .*, failure 1$/m);
  expect(text).toMatch(/\[7\/10\] make-swap:\S+ FAILED: .*exited with 3/);
  expect(tally.failures()).toBe(1);
});

test("only root reads it; one that goes on writes behind the one before", async () => {
  log.say("the first");
  const second = openRunLog(join(lab.root, "journal"), stepLabels(rebuildPlan(lab.root)), tally);
  second.say("the second");
  second.close();
  expect(lines().map((line) => line.slice(25))).toEqual(["the first", "the second"]);
  expect(statSync(log.path).mode & 0o777).toBe(0o600);
});

test("text of a machine can't draw on the terminal of who follows it", () => {
  log.say("\u001b[2J\u0007x");
  expect(lines()[0]?.slice(25)).toBe("\\x1b[2J\\x07x");
});

test("a disk that is full ends the log and not the run, and is told", async () => {
  log.close();
  const full = join(lab.root, "full");
  mkdirSync(full);
  symlinkSync("/dev/full", join(full, "run.log"));
  log = openRunLog(full, stepLabels(rebuildPlan(lab.root)), tally);
  const report = await rebuild(lab, { onEvent: listen });
  expect([report.is, report.listenerError]).toEqual(["done", undefined]);
  expect(log.failure()).toMatchObject({ code: "ENOSPC" });
});

test("it is kept in the restored system, for root alone", async () => {
  log.say("how it was restored");
  const target = join(lab.root, "mnt");
  expect(await keepLog(lab.host, log.path, target, "recover-1.log")).toBe("/var/log/bmr/recover-1.log");
  const kept = join(target, "var/log/bmr/recover-1.log");
  expect(readFileSync(kept, "utf8")).toContain("how it was restored");
  expect(statSync(kept).mode & 0o777).toBe(0o600);
});

test.each(["var", "var/log", "var/log/bmr", "var/log/bmr/recover-1.log"])(
  "a link at /%s of the restored tree leads the log nowhere else",
  async (path) => {
    const elsewhere = join(lab.root, "elsewhere");
    mkdirSync(elsewhere);
    const link = join(lab.root, "mnt", path);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(elsewhere, link);
    await expect(keepLog(lab.host, log.path, join(lab.root, "mnt"), "recover-1.log")).rejects.toThrow("is a link");
    expect(execFileSync("find", [elsewhere, "-type", "f"], { encoding: "utf8" })).toBe("");
    rmSync(elsewhere, { recursive: true });
  },
);

test("a step is named by its number in the plan, or by its id", () => {
  const plan = rebuildPlan(lab.root);
  expect(stepNamed(plan, "6")).toBe(stepId("make-ext", B));
  expect(stepNamed(plan, `make-ext:${B}`)).toBe(stepId("make-ext", B));
  for (const name of ["0", "11", "-1", "1.5", "make-ext", ""]) expect(stepNamed(plan, name)).toBe(undefined);
});
