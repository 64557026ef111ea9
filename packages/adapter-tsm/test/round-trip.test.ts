/** A server's files go to the double of dsmc and come back: what IBM's documentation warns of doesn't happen. */
import { lstatSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mayGoOn } from "@bmr/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tsmAdapter } from "../src/index.js";
import { contextOf, fillServer, type Lab, newLab, type RunHow, removeLab, run, stepsOf } from "./helpers/lab.js";

let lab: Lab;
beforeEach(() => {
  lab = newLab();
  fillServer(lab);
});
afterEach(() => removeLab(lab));

async function backup(context: ReturnType<typeof contextOf>, how: RunHow = {}) {
  for (const task of tsmAdapter.planBackup?.(context) ?? [])
    expect((await run(lab, task, how)).judgement).toEqual({ verdict: "ok", reasons: [] });
}

async function restore(context: ReturnType<typeof contextOf>, how: RunHow = {}) {
  const state = how.params?.state ?? "newest";
  const reports = [];
  for (const step of stepsOf(context)) {
    if (step.when !== undefined && step.when.equals !== state) continue;
    reports.push({ step: step.id, ...(await run(lab, step, how)) });
    if (!mayGoOn(reports.at(-1)?.judgement as never)) break;
  }
  return reports;
}

describe("a restore", () => {
  it("brings back every file space, hard links, names and modes with it", async () => {
    const context = contextOf(lab);
    await backup(context);
    const reports = await restore(context);
    expect(reports.map(({ step, judgement }) => [step, judgement.verdict])).toEqual([
      ["restore:tsm-session", "ok"],
      ["restore:tsm:/", "ok"],
      ["restore:tsm:/home", "ok"],
    ]);
    const at = (path: string) => join(lab.target, path);
    expect(readFileSync(at("etc/hostname"), "utf8")).toBe("web1\n");
    expect(statSync(at("home/a/one")).ino).toBe(statSync(at("home/a/two")).ino);
    expect(readlinkSync(at("home/a/link"))).toBe("one");
    expect(readFileSync(at("home/a/Geschäft"), "utf8")).toBe("umlaut");
    expect(lstatSync(at("home/a")).mode & 0o7777).toBe(0o2750);
    expect(reports.at(-1)?.counters.objects).toBe(6);
  });

  it("takes the state of a date", async () => {
    const context = contextOf(lab);
    await backup(context, { now: "2026-11-01T04:00:00" });
    writeFileSync(join(lab.server, "etc/hostname"), "later\n");
    await backup(context, { now: "2026-11-20T04:00:00" });
    const reports = await restore(context, { params: { state: "as-of", date: "2026-11-02" } });
    expect(reports.map(({ judgement }) => judgement.verdict)).toEqual(["ok", "ok", "ok"]);
    expect(readFileSync(join(lab.target, "etc/hostname"), "utf8")).toBe("web1\n");
    const before = await restore(context, { params: { state: "as-of", date: "2026-10-02" } });
    expect(before.at(-1)).toMatchObject({ step: "restore:tsm-as-of:/", judgement: { verdict: "failed" } });
  });

  it("restores virtual mount points after what they lie in, and not what isn't in TSM on purpose", async () => {
    const context = contextOf(lab, { virtualMountPoints: ["/srv/data"], notSaved: ["/home"] });
    await backup(context);
    const reports = await restore(context);
    expect(reports.map(({ step }) => step)).toEqual(["restore:tsm-session", "restore:tsm:/", "restore:tsm:/srv/data"]);
    expect(readFileSync(join(lab.target, "srv/data/rows"), "utf8")).toBe("rows");
    expect(tsmAdapter.planRestore(context).findings).toMatchObject([{ code: "tsm/not-saved", severity: "warning" }]);
  });

  it("finds before anything is written that a file space was never backed up", async () => {
    await backup(contextOf(lab));
    const looks = tsmAdapter.preflight?.(contextOf(lab, {}, ["/home", "/db"])) ?? [];
    const verdicts = [];
    for (const look of looks) verdicts.push([look.id, (await run(lab, look)).judgement.verdict]);
    expect(verdicts).toEqual([
      ["restore:tsm-session", "ok"],
      ["look:tsm:/", "ok"],
      ["look:tsm:/home", "ok"],
      ["look:tsm:/db", "failed"],
    ]);
  });
});

describe("what goes wrong", () => {
  it.each([
    ["auth", "restore:tsm-session", "needs-operator"],
    ["session-lost", "restore:tsm:/", "retryable"],
    ["enospc:2", "restore:tsm:/", "failed"],
    ["drop:2", "restore:tsm:/", "failed"],
  ])("%s: %s is %s", async (fault, step, verdict) => {
    const context = contextOf(lab);
    await backup(context);
    expect((await restore(context, { fault })).at(-1)).toMatchObject({ step, judgement: { verdict } });
  });

  it("a restore that was killed leaves a session that the next one is told to cancel", async () => {
    const context = contextOf(lab);
    await backup(context);
    await restore(context, { fault: "drop:2" });
    const again = (await restore(context)).at(-1);
    expect(again?.judgement.verdict).toBe("retryable");
    expect(again?.judgement.reasons.map(({ remedy }) => remedy).join()).toContain("dsmc cancel restore");
  });

  it("a name that the locale can't hold is a failure, though the return code is 4", async () => {
    const context = contextOf(lab);
    await backup(context);
    const last = (await restore(context, { env: { LC_ALL: "C" } })).at(-1);
    expect(last).toMatchObject({ step: "restore:tsm:/home", judgement: { verdict: "failed" } });
    expect(last?.messages).toContainEqual(expect.objectContaining({ severity: "error" }));
  });

  it("an empty server is a failure, and nothing restored with return code 0 too", async () => {
    const context = contextOf(lab);
    expect((await restore(context)).at(-1)).toMatchObject({ step: "restore:tsm:/", judgement: { verdict: "failed" } });
    rmSync(join(lab.server, "home/a"), { recursive: true });
    await backup(context);
    // the directory itself is an object
    expect((await restore(context)).at(-1)?.judgement.verdict).toBe("ok");
  });
});
