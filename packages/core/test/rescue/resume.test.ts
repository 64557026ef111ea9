import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { type Step, type StepId, stepId } from "../../src/plan/step.js";
import { openJournal } from "../../src/rescue/journal.js";
import type { Lab } from "./lab.js";
import { ALL_COMMANDS, B, C, changedPlan, makeRebuildLab, ranIn, rebuild } from "./rebuild-lab.js";

let lab: Lab;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => lab.remove());

/** The plan with one step changed. */
const changed = (step: StepId, change: (step: Step) => Partial<Step>) => changedPlan(lab.root, step, change);

describe("going on with an earlier run", () => {
  test("what is done and holds is skipped; the policy doesn't refuse what the run itself has written", async () => {
    await rebuild(lab, { mode: "diskinit" });
    const before = ranIn(lab);
    const report = await rebuild(lab);
    expect(report.is).toBe("done");
    expect(ranIn(lab).slice(before.length)).toEqual(["mount", "mode", "restore", "initramfs", "initramfs"]);
    const again = await rebuild(lab);
    expect(again.steps.every(({ is }) => is === "skipped")).toBe(true);
  });

  test("a step that destroys, was done, and isn't any more stops the run; redo does it again", async () => {
    await rebuild(lab, { mode: "diskinit" });
    writeFileSync(lab.image("sdc"), Buffer.alloc(16 * 1024 * 1024));
    const refused = await rebuild(lab, { mode: "diskinit" });
    expect(refused).toMatchObject({ is: "refused", error: { code: "guard-refused" } });
    expect(refused.error?.message).toContain("--redo make-swap:lun:3600c");
    const ran = ranIn(lab).length;
    const redone = await rebuild(lab, { mode: "diskinit", redo: new Set([stepId("make-swap", C)]) });
    expect(redone.is).toBe("done");
    expect(ranIn(lab).slice(ran)).toEqual(["mkswap"]);
    const unconfirmed = await rebuild(lab, { redo: new Set([stepId("make-swap", C)]), confirmation: "no" });
    expect(unconfirmed).toMatchObject({ is: "refused", error: { code: "confirmation-missing" } });
  });

  test("a changed plan isn't gone on with: what is on the disks counts as content again", async () => {
    await rebuild(lab, { mode: "diskinit" });
    const plan = changed(stepId("make-swap", C), () => ({ why: "another" }));
    await expect(rebuild(lab, { plan })).rejects.toThrow("holds-content,holds-content,holds-content");
  });

  test("anew, the policies count as at first", async () => {
    await rebuild(lab, { mode: "diskinit" });
    await expect(rebuild(lab, { anew: true })).rejects.toThrow("holds-content");
    const report = await rebuild(lab, { anew: true, mode: "diskinit", existing: { all: "overwrite", disks: {} } });
    expect(report.is).toBe("done");
    expect(ranIn(lab).filter((name) => name === "mke2fs")).toHaveLength(2);
  });

  test("without a journal nothing is gone on with", async () => {
    await rebuild(lab, { mode: "diskinit", journal: null });
    await expect(rebuild(lab, { journal: null })).rejects.toThrow("holds-content");
    rmSync(join(lab.root, "journal"), { recursive: true, force: true });
    await expect(rebuild(lab)).rejects.toThrow("holds-content");
  });

  test("a step that took hold of something and was stopped lets go of it first", async () => {
    const mount = stepId("mount", "/");
    const failing = changed(mount, (step) => ({
      run: [step.run[0] as never, { do: "exec", argv: ["sh", "-c", '[ -e "$0" ]', join(lab.root, "fixed")] }],
    }));
    expect(await rebuild(lab, { plan: failing })).toMatchObject({ is: "failed" });
    writeFileSync(join(lab.root, "fixed"), "");
    const report = await rebuild(lab, { plan: failing });
    expect(report.error).toBe(undefined);
    expect(ranIn(lab).filter((name) => /mount/.test(name))).toEqual(["mount", "umount", "mount"]);
  });

  test("the journal tells all of it", async () => {
    await rebuild(lab);
    const journal = await openJournal(join(lab.root, "journal"));
    await journal.close();
    const states = journal.records.flatMap((record) =>
      record.record === "step" ? [`${record.step} ${record.state}`] : [],
    );
    expect(states.slice(0, 4)).toEqual([
      "activate:all started",
      "activate:all done",
      "wipe:lun:3600a started",
      "wipe:lun:3600a done",
    ]);
    expect(journal.records[0]).toMatchObject({
      record: "run",
      mode: "recover",
      disks: [{ node: "lun:3600a", erasedUnder: "refuse" }, expect.anything(), expect.anything()],
    });
    expect(journal.records.at(-1)).toMatchObject({ record: "end", outcome: "done" });
  });
});

describe("being stopped", () => {
  test("the step at hand is finished, and the next run goes on", async () => {
    const stop = new AbortController();
    const events: string[] = [];
    const report = await rebuild(lab, {
      stop: stop.signal,
      onEvent: (event) => {
        events.push(event.is);
        if (event.is === "command" && event.step.id === stepId("make-ext", B)) stop.abort();
      },
    });
    expect(report).toMatchObject({ is: "interrupted", error: { code: "interrupted" } });
    expect(events).toContain("stopping");
    expect(ranIn(lab).slice(-2)).toEqual(["mke2fs", "tune2fs"]);
    expect(report.disks.map((disk) => disk.is)).toEqual(["rebuilt", "rebuilt", "incomplete"]);
    expect((await rebuild(lab)).is).toBe("done");
    expect(ranIn(lab)).toEqual(ALL_COMMANDS);
  });

  test("a restore is ended at once, and done again", async () => {
    const stop = new AbortController();
    const slow = changed(stepId("restore", "files"), (step) => ({
      run: [
        { do: "exec", argv: ["sh", "-c", 'echo begun; [ -e "$0" ] || sleep 60', join(lab.root, "fast")] },
        ...step.run,
      ],
    }));
    const report = await rebuild(lab, {
      plan: slow,
      stop: stop.signal,
      onEvent: (event) => {
        if (event.is === "line" && event.text === "begun") stop.abort();
      },
    });
    expect(report).toMatchObject({ is: "interrupted" });
    writeFileSync(join(lab.root, "fast"), "");
    expect((await rebuild(lab, { plan: slow })).is).toBe("done");
  });

  test("the second wish ends whatever is at hand", async () => {
    const kill = new AbortController();
    const slow = changed(stepId("wipe", B), () => ({
      run: [{ do: "exec", argv: ["sh", "-c", "echo begun; sleep 60"] }],
    }));
    const report = await rebuild(lab, {
      plan: slow,
      kill: kill.signal,
      onEvent: (event) => {
        if (event.is === "line" && event.text === "begun") kill.abort();
      },
    });
    expect(report).toMatchObject({ is: "interrupted" });
    expect(report.disks[1]?.is).toBe("incomplete");
  });
});
