import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { PHASES, type Step, stepId } from "../../src/plan/step.js";
import { activate } from "../../src/rescue/activate.js";
import { confirmationWord, erasuresOf } from "../../src/rescue/confirm.js";
import { execute } from "../../src/rescue/execute.js";
import { stepsOf } from "../../src/rescue/modes.js";
import { recover } from "../../src/rescue/recover.js";
import { letGoSteps } from "../../src/rescue/release.js";
import type { Lab } from "./lab.js";
import { A, B, bindRebuild, makeRebuildLab, ranIn, rebuild, rebuildPlan } from "./rebuild-lab.js";
import { hint, id, planFor, wipe } from "./world.js";

let lab: Lab;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => lab.remove());

describe("which steps a mode runs", () => {
  const harmless = PHASES.map(
    (phase): Step => ({ ...wipe(id("x")), id: stepId(phase, "harmless"), phase, destroys: [] }),
  );
  const destroying = PHASES.map((phase): Step => ({ ...wipe(id("x")), id: stepId(phase, "destroys"), phase }));
  const plan = planFor([], { steps: [...harmless, ...destroying] });

  test.each([
    ["diskinit", ["activate", "format", "partition", "assemble", "make"]],
    ["restore", ["restore"]],
    ["boot", ["boot"]],
    ["umount", ["release"]],
    ["recover", PHASES.filter((phase) => phase !== "release")],
  ] as const)("%s", (mode, phases) => {
    const ids = phases.flatMap((phase) => [`${phase}:harmless`, `${phase}:destroys`]);
    expect(new Set(stepsOf(plan, mode).map((step) => step.id))).toEqual(new Set(ids));
  });

  test("mount takes nothing that destroys", () => {
    expect(stepsOf(plan, "mount").map((step) => step.id)).toEqual([
      "activate:harmless",
      "assemble:harmless",
      "mount:harmless",
    ]);
  });
});

describe("mounting and letting go", () => {
  test("mount does what isn't done yet, umount lets go of what is held, each as often as wanted", async () => {
    await rebuild(lab, { mode: "diskinit" });
    for (const _ of [1, 2]) {
      const mounted = await rebuild(lab, { mode: "mount" });
      expect(mounted.is).toBe("done");
      const again = await rebuild(lab, { mode: "mount" });
      expect(again.steps.map(({ is }) => is)).toEqual(["skipped", "skipped"]);
      const bound = await bindRebuild(lab, { mode: "umount" });
      const steps = await letGoSteps(bound, lab.host);
      expect(steps.map((step) => step.id)).toEqual(["let-go:mount:/"]);
      expect((await execute(bound, steps, lab.host, { journal: null })).is).toBe("done");
      expect(await letGoSteps(bound, lab.host)).toEqual([]);
    }
    expect(ranIn(lab).filter((name) => name === "umount")).toHaveLength(2);
  });

  test("a release that doesn't let go is a failure", async () => {
    const plan = rebuildPlan(lab.root, (steps) =>
      steps.map((step) => (step.release === undefined ? step : { ...step, release: [{ do: "exec", argv: ["true"] }] })),
    );
    await rebuild(lab, { mode: "mount", plan });
    const bound = await bindRebuild(lab, { mode: "umount", plan });
    const report = await execute(bound, await letGoSteps(bound, lab.host), lab.host, { journal: null });
    expect(report).toMatchObject({ is: "failed", error: { code: "check-failed" } });
  });
});

describe("activation", () => {
  const step = (name: string, more: Partial<Step>): Step => ({
    ...wipe(A),
    id: stepId("activate", name),
    phase: "activate",
    run: [{ do: "exec", argv: ["touch", join(lab.root, name)] }],
    destroys: [],
    before: [],
    done: [],
    ...more,
  });
  const options = () => ({ target: "/mnt/a", setDirectory: lab.root, params: {} });

  test("does all it can: what fails is noted, what waits for it is left", async () => {
    const steps = [
      step("one", {}),
      step("two", { run: [{ do: "exec", argv: ["false"] }] }),
      step("three", { after: [stepId("activate", "two")] }),
      step("four", { after: [stepId("activate", "one")] }),
    ];
    const reports = await activate(planFor([], { steps }), lab.host, options());
    expect(reports.map(({ step, is }) => [step, is])).toEqual([
      ["activate:one", "done"],
      ["activate:two", "failed"],
      ["activate:three", "skipped"],
      ["activate:four", "done"],
    ]);
    expect([existsSync(join(lab.root, "three")), existsSync(join(lab.root, "four"))]).toEqual([false, true]);
  });

  test("never does what destroys", async () => {
    const steps = [step("one", {}), step("bad", { destroys: [A] })];
    await expect(activate(planFor([], { steps }), lab.host, options())).rejects.toMatchObject({ code: "plan-invalid" });
    expect(existsSync(join(lab.root, "one"))).toBe(false);
  });

  test("can't name a disk: none is bound yet", async () => {
    const steps = [step("one", { run: [{ do: "exec", argv: ["wipefs", "-a", { device: A }] }] })];
    const [report] = await activate(planFor([], { steps }), lab.host, options());
    expect(report).toMatchObject({ is: "failed", error: { code: "plan-invalid" } });
  });

  test("isn't done twice in one run", async () => {
    const bound = await bindRebuild(lab);
    const activated = new Set([stepId("activate", "all")]);
    const report = await execute(bound, stepsOf(bound.plan, "diskinit"), lab.host, {
      journal: null,
      confirmation: "lnx01",
      activated,
    });
    expect(report.steps[0]).toMatchObject({ is: "skipped" });
    expect(ranIn(lab)).not.toContain("activate");
  });
});

describe("recovery", () => {
  test("compares before it restores", async () => {
    const bound = await bindRebuild(lab);
    const verified: string[][] = [];
    const report = await recover(bound, lab.host, {
      journal: null,
      confirmation: "lnx01",
      verify: async () => {
        verified.push(ranIn(lab));
        return { is: "same" };
      },
    });
    expect(report).toMatchObject({ is: "done" });
    expect(report.steps).toHaveLength(10);
    expect(report.disks.map((disk) => disk.is)).toEqual(["rebuilt", "rebuilt", "rebuilt"]);
    expect(verified).toHaveLength(1);
    expect(verified[0]?.at(-1)).toBe("mkswap");
  });

  test("restores nothing onto disks that differ", async () => {
    const bound = await bindRebuild(lab);
    const report = await recover(bound, lab.host, {
      journal: null,
      confirmation: "lnx01",
      verify: async () => ({ is: "different", differences: ["lun:3600b label: was x, is y"] }),
    });
    expect(report).toMatchObject({ is: "failed", error: { code: "check-failed" } });
    expect(report.error?.message).toContain("was x, is y");
    expect(ranIn(lab)).not.toContain("mount");
  });
});

describe("confirmation", () => {
  test("shows each disk that is erased, and what is on it", async () => {
    const bound = await bindRebuild(lab);
    const erasures = erasuresOf({
      ...bound,
      disks: bound.disks.map((disk) =>
        disk.node === B
          ? { ...disk, holds: ["gpt table"], identities: [hint("model", "2107900")] }
          : { ...disk, erasedUnder: null },
      ),
    });
    expect(erasures).toMatchObject([{ node: B, recordedName: "sdb", model: "2107900", holds: ["gpt table"] }]);
    expect(confirmationWord(bound.plan)).toBe("lnx01");
    expect(confirmationWord({ ...bound.plan, machine: { ...bound.plan.machine, hostname: "" } })).toBe("erase");
  });
});
