/** Steps at work together, with real commands: what runs beside what, the journal, a failure, a wish to stop. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { BmrError } from "../../src/error.js";
import { type Step, type StepId, stepId } from "../../src/plan/step.js";
import { execute } from "../../src/rescue/execute.js";
import { openJournal } from "../../src/rescue/journal.js";
import type { JournalRecord } from "../../src/rescue/journal-record.js";
import { stepsToRun } from "../../src/rescue/modes.js";
import type { Lab } from "./lab.js";
import { A, B, bindRebuild, C, endState, makeRebuildLab, ranIn, rebuild, rebuildPlan } from "./rebuild-lab.js";

let lab: Lab;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => lab.remove());

const PARALLEL: ReadonlySet<string> = new Set(["format", "partition", "make"]);

/** The plan whose disks are rebuilt side by side; `change` for single steps. */
function planSideBySide(change: (step: Step) => Partial<Step> = () => ({})) {
  return rebuildPlan(lab.root, (steps) =>
    steps.map((step) => {
      const beside = PARALLEL.has(step.phase) ? { parallel: { exclusive: [] } } : {};
      return { ...step, ...beside, ...change(step) };
    }),
  );
}

async function journalled(): Promise<readonly JournalRecord[]> {
  const journal = await openJournal(join(lab.root, "journal"));
  await journal.close();
  return journal.records;
}

/** The steps that were at work when a step began, by the journal. */
async function besideWhich(step: StepId): Promise<readonly string[]> {
  const atWork = new Set<string>();
  for (const record of await journalled()) {
    if (record.record !== "step") continue;
    if (record.step === step && record.state === "started") break;
    if (record.state === "started") atWork.add(record.step);
    else atWork.delete(record.step);
  }
  return [...atWork].sort();
}

/** A command that ends only once another step's has begun: alone it would wait for ever. */
function meets(own: string, other: string): Step["run"][number] {
  const script = 'touch "$0/$1"; until [ -e "$0/$2" ]; do sleep 0.05; done';
  return { do: "exec", argv: ["sh", "-c", script, lab.root, own, other], timeLimitSeconds: 20 };
}

describe("steps side by side", () => {
  test("are at work together, and the end is the same as one after another", async () => {
    const plan = planSideBySide(({ id, run }) => {
      if (id === stepId("make-ext", B)) return { run: [meets("ext", "swap"), ...run] };
      return id === stepId("make-swap", C) ? { run: [meets("swap", "ext"), ...run] } : {};
    });
    const report = await rebuild(lab, { plan, jobs: 4 });
    expect(report.error).toBe(undefined);
    const alone = makeRebuildLab();
    try {
      await rebuild(alone);
      expect(endState(lab)).toEqual(endState(alone));
    } finally {
      alone.remove();
    }
    // either may be the first to begin
    const [ext, swap] = [stepId("make-ext", B), stepId("make-swap", C)];
    const beside = [
      ...(await besideWhich(swap)).filter((id) => id === ext),
      ...(await besideWhich(ext)).filter((id) => id === swap),
    ];
    expect(beside).toHaveLength(1);
    expect(await besideWhich(stepId("mount", "/"))).toEqual([]);
  });

  test("with one job the order is the plan's", async () => {
    await rebuild(lab, { plan: planSideBySide(), jobs: 1 });
    const begun = (await journalled()).flatMap((record) =>
      record.record === "step" && record.state === "started" ? [record.step] : [],
    );
    expect(begun).toEqual(planSideBySide().steps.map(({ id }) => id));
  });

  test("each record of the journal stands whole on its own line, and each step has its two", async () => {
    await rebuild(lab, { plan: planSideBySide(), jobs: 3 });
    const states = new Map<string, string[]>();
    for (const record of await journalled()) {
      if (record.record === "step") states.set(record.step, [...(states.get(record.step) ?? []), record.state]);
    }
    expect([...states.values()]).toEqual(planSideBySide().steps.map(() => ["started", "done"]));
  });

  test("where one fails, what is at work comes to its end and is journalled; the next run goes on", async () => {
    const plan = planSideBySide(({ id, run }) => {
      if (id === stepId("make-ext", B)) return { run: [meets("ext", "failing"), ...run] };
      const failing = `touch ${lab.root}/failing; [ -e ${lab.root}/mended ] || exit 7`;
      return id === stepId("make-swap", C) ? { run: [{ do: "exec", argv: ["sh", "-c", failing] }, ...run] } : {};
    });
    const report = await rebuild(lab, { plan, jobs: 2 });
    expect(report).toMatchObject({ is: "failed", error: { details: { step: stepId("make-swap", C) } } });
    expect(report.steps).toContainEqual(expect.objectContaining({ is: "done", step: stepId("make-ext", B) }));
    expect(ranIn(lab)).not.toContain("mount");
    writeFileSync(join(lab.root, "mended"), "");
    const again = await rebuild(lab, { plan, jobs: 2 });
    expect(again.error).toBe(undefined);
    expect(ranIn(lab).filter((name) => name === "mke2fs")).toHaveLength(1);
  });

  test("the wish to stop lets all at work come to their ends; the second one ends them all", async () => {
    const waiting = (name: string, other: string) => [
      meets(name, other),
      { do: "exec", argv: ["sleep", "30"] } as const,
    ];
    const plan = planSideBySide(({ id }) => {
      if (id === stepId("wipe", A)) return { run: waiting("a", "b") };
      return id === stepId("wipe", B) ? { run: waiting("b", "a") } : {};
    });
    const [stop, kill] = [new AbortController(), new AbortController()];
    const stopping: string[] = [];
    const report = await rebuild(lab, {
      plan,
      jobs: 2,
      stop: stop.signal,
      kill: kill.signal,
      onEvent: (event) => {
        if (event.is === "command" && event.argvs[0]?.[0] === "sleep") {
          stop.abort();
          setTimeout(() => kill.abort(), 50);
        }
        if (event.is === "stopping") stopping.push(event.step.id);
      },
    });
    expect(report.is).toBe("interrupted");
    expect(stopping.sort()).toEqual([stepId("wipe", A), stepId("wipe", B)]);
    expect(report.steps.map(({ is }) => is).slice(1)).toEqual(["failed", "failed"]);
    expect(ranIn(lab)).toEqual(["activate"]);
  });

  test("a journal that can't be written any more ends the run, and nothing further begins", async () => {
    const journal = await openJournal(join(lab.root, "journal"));
    let appended = 0;
    const failing = {
      ...journal,
      append: async (record: JournalRecord) => {
        if (++appended > 6) throw new BmrError("journal-invalid", "no space left on device");
        await journal.append(record);
      },
    };
    const bound = await bindRebuild(lab, { plan: planSideBySide() });
    const options = { journal: failing, jobs: 3, confirmation: "lnx01" };
    await expect(execute(bound, stepsToRun(bound), lab.host, options)).rejects.toThrow("no space");
    await journal.close();
    // three steps were at work when it filled up; none came after them
    expect(ranIn(lab).toSorted()).toEqual(["activate", "wipe-a", "wipe-b", "wipe-c"]);
  });
});

describe("starting at a step", () => {
  const before = (plan: ReturnType<typeof planSideBySide>, first: StepId) =>
    new Set(
      plan.steps
        .slice(
          0,
          plan.steps.findIndex(({ id }) => id === first),
        )
        .map(({ id }) => id),
    );

  test("what comes before it and is neither journalled nor seen to be done is named, and nothing is done", async () => {
    const plan = planSideBySide();
    const report = await rebuild(lab, { plan, passed: before(plan, stepId("make-ext", B)) });
    expect(report).toMatchObject({ is: "refused", error: { code: "guard-refused" } });
    const undone = report.error?.details.steps as { step: string }[];
    // a blank disk holds no signature: for all that can be seen, it is wiped
    expect(undone.map(({ step }) => step)).toEqual([stepId("activate", "all"), stepId("partition", A)]);
    expect(() => ranIn(lab)).toThrow(/ENOENT/);
  });

  test("journalled steps are passed over", async () => {
    const plan = planSideBySide();
    await rebuild(lab, { plan, mode: "diskinit" });
    const ran = ranIn(lab).length;
    const report = await rebuild(lab, { plan, passed: before(plan, stepId("mount", "/")) });
    expect(report.error).toBe(undefined);
    expect(ranIn(lab).slice(ran)).toEqual(["mount", "mode", "restore", "initramfs", "initramfs"]);
  });

  test("without a journal the checks count, and a step that they don't know isn't taken for done", async () => {
    const plan = planSideBySide();
    const existing = { all: "overwrite", disks: {} } as const;
    await rebuild(lab, { plan, mode: "diskinit", journal: null });
    const ran = ranIn(lab).length;
    const options = { plan, existing, journal: null, passed: before(plan, stepId("mount", "/")) } as const;
    // the wiped disk has its table by now: its first step isn't so any more, and no journal tells that it was
    expect(await rebuild(lab, options)).toMatchObject({ is: "refused" });
    expect(ranIn(lab)).toHaveLength(ran);
  });

  test("a step that was begun and not finished isn't passed over, whatever can be seen", async () => {
    const failing = planSideBySide(({ id, run }) =>
      id === stepId("make-swap", C) ? { run: [...run, { do: "exec", argv: ["sh", "-c", "exit 3"] }] } : {},
    );
    await rebuild(lab, { plan: failing });
    const report = await rebuild(lab, { plan: failing, passed: before(failing, stepId("mount", "/")) });
    expect(report).toMatchObject({ is: "refused" });
    expect(report.error?.message).toContain("begun");
  });
});
