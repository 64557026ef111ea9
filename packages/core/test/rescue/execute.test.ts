import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { type Step, type StepId, stepId } from "../../src/plan/step.js";
import type { RunEvent } from "../../src/rescue/events.js";
import { type Lab, mountLine } from "./lab.js";
import {
  A,
  ALL_COMMANDS,
  B,
  C,
  changedPlan,
  endState,
  makeRebuildLab,
  ranIn,
  rebuild,
  rebuildPlan,
} from "./rebuild-lab.js";
import { id } from "./world.js";

let lab: Lab;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => lab.remove());

/** The plan with one step changed. */
const changed = (step: StepId, change: (step: Step) => Partial<Step>) => changedPlan(lab.root, step, change);

describe("a run", () => {
  test("does all of it, in order, and real tools see what was to be made", async () => {
    const report = await rebuild(lab);
    expect(report.error).toBe(undefined);
    expect(report).toMatchObject({ is: "done" });
    expect(ranIn(lab)).toEqual(ALL_COMMANDS);
    expect(report.disks.map((disk) => disk.is)).toEqual(["rebuilt", "rebuilt", "rebuilt"]);
    const { table, ext, swap, files } = endState(lab);
    expect(table).toContain("label-id: 0FC63DAF-0000-4000-8000-000000000001");
    expect(ext).toMatch(/Maximum mount count:\s+42/);
    expect(swap).toContain("TYPE=swap");
    expect(files).toMatch(/^boot\/initrd-6\.1\.0-2$/m);
  });

  test("tells what happens as it happens", async () => {
    const events: RunEvent[] = [];
    await rebuild(lab, { onEvent: (event) => events.push(event) });
    const started = events.filter((event) => event.is === "step-started");
    expect(started.map((event) => event.step.id)).toEqual(rebuildPlan(lab.root).steps.map(({ id }) => id));
    const ended = events.filter((event) => event.is === "command-ended");
    expect(ended.map((event) => event.failed)).toEqual(ALL_COMMANDS.map(() => false));
    const restored = events.filter((event) => event.is === "line" && event.step.phase === "restore");
    expect(restored).toContainEqual(expect.objectContaining({ stream: "stderr", text: "restored 7" }));
    const pipe = events.find((event) => event.is === "command" && event.argvs.length === 3);
    expect(pipe).toMatchObject({
      argvs: [["cat", join(lab.root, "set/files.tar")], expect.anything(), expect.anything()],
    });
  });

  test("goes on when a listener breaks, and says so", async () => {
    const report = await rebuild(lab, {
      onEvent: () => {
        throw new Error("the console is gone");
      },
    });
    expect(report).toMatchObject({ is: "done", listenerError: new Error("the console is gone") });
  });

  test("does nothing without the word", async () => {
    for (const confirmation of [undefined, "", "yes", "lnx02"]) {
      const report = await rebuild(lab, { confirmation });
      expect(report).toMatchObject({ is: "refused", error: { code: "confirmation-missing" }, steps: [] });
    }
    expect(() => ranIn(lab)).toThrow(/ENOENT/);
  });

  test("needs no word where nothing is erased", async () => {
    await rebuild(lab, { mode: "diskinit" });
    const report = await rebuild(lab, { mode: "mount", confirmation: undefined });
    expect(report.is).toBe("done");
  });

  test("stops at the first step that fails, and says in what state the disks are", async () => {
    const plan = changed(stepId("make-ext", B), (step) => ({
      run: [...step.run, { do: "exec", argv: ["sh", "-c", "echo no room >&2; exit 7"] }],
    }));
    const report = await rebuild(lab, { plan });
    expect(report).toMatchObject({ is: "failed", error: { code: "step-failed" } });
    expect(report.error?.message).toContain("sh exited with 7: no room");
    expect(report.disks.map((disk) => disk.is)).toEqual(["rebuilt", "incomplete", "incomplete"]);
    expect(ranIn(lab)).not.toContain("mkswap");
  });

  test("no disk is rebuilt while a volume isn't that may stand on any of them", async () => {
    const plan = rebuildPlan(lab.root, (steps) => [
      ...steps.slice(0, 7),
      {
        ...(steps[6] as Step),
        id: stepId("make-ext", "lv"),
        destroys: [id("lv:vg/root")],
        before: [{ is: "absent", path: "/" }],
      },
    ]);
    const report = await rebuild(lab, { plan, mode: "diskinit" });
    expect(report).toMatchObject({ is: "refused", error: { code: "check-failed" } });
    expect(report.disks.map((disk) => disk.is)).toEqual(["incomplete", "incomplete", "incomplete"]);
  });

  test("a check that doesn't hold afterwards is a failure", async () => {
    const plan = changed(stepId("make-swap", C), () => ({
      run: [{ do: "exec", argv: ["true"] }],
    }));
    const report = await rebuild(lab, { plan });
    expect(report).toMatchObject({ is: "failed", error: { code: "check-failed" } });
  });

  test("a check that doesn't hold before is a refusal: nothing was done", async () => {
    const plan = changed(stepId("make-swap", C), () => ({
      before: [{ is: "size", device: C, least: 2 ** 40 }],
    }));
    const report = await rebuild(lab, { plan });
    expect(report).toMatchObject({ is: "refused", error: { code: "check-failed" } });
    expect(ranIn(lab)).not.toContain("mkswap");
  });

  test("a restore without its mount is refused", async () => {
    await rebuild(lab, { mode: "diskinit" });
    const report = await rebuild(lab, { mode: "restore" });
    expect(report).toMatchObject({ is: "refused", error: { code: "guard-refused" } });
    expect(ranIn(lab)).not.toContain("restore");
  });

  test("a disk that is mounted in the middle of a run isn't written", async () => {
    const report = await rebuild(lab, {
      onEvent: (event) => {
        if (event.is === "step-done" && event.step.id === stepId("wipe", B)) {
          lab.mounts(mountLine("8:32", "/media/c", "/dev/sdc"));
        }
      },
    });
    expect(report).toMatchObject({ is: "refused", error: { code: "guard-refused" } });
    expect(ranIn(lab)).toEqual(["activate", "wipe-a", "wipe-b"]);
  });

  test("a disk that is exchanged in the middle of a run isn't written", async () => {
    const report = await rebuild(lab, {
      onEvent: (event) => {
        if (event.is === "step-done" && event.step.id === stepId("wipe", B)) lab.attribute("sdc", "diskseq", "77");
      },
    });
    expect(report.is).toBe("refused");
    expect(report.error?.message).toContain("diskseq was 3 and is 77");
    expect(report.disks[2]?.is).toBe("untouched");
  });

  test("steps in an order in which they can't run are a broken plan", async () => {
    const plan = changed(stepId("wipe", A), () => ({ after: [stepId("mount", "/")] }));
    await expect(rebuild(lab, { plan })).rejects.toMatchObject({ code: "plan-invalid" });
  });
});

describe("judging", () => {
  const restore = stepId("restore", "files");
  const pipe = (...commands: readonly string[]) => ({
    run: [
      {
        do: "pipe" as const,
        stages: commands.map((command) => ({ argv: ["sh", "-c", command] as const })) as never,
      },
    ],
  });
  /** Only the restore, onto what is mounted. */
  const run = async (change: Partial<Step>) => {
    lab.mounts(mountLine("8:16", join(lab.root, "mnt"), "/dev/sdb"));
    return rebuild(lab, { mode: "restore", plan: changed(restore, () => change) });
  };

  test("every stage of a pipe counts", async () => {
    const report = await run(pipe("echo restored 3; exit 3", "cat", "cat"));
    expect(report).toMatchObject({ is: "failed", error: { code: "step-failed" } });
    expect(report.error?.message).toContain("exited with 3");
  });

  test("exit code 0 with nothing restored is a failure", async () => {
    expect((await run(pipe("true", "cat"))).error?.message).toContain("nothing may have been done");
    expect((await run(pipe("echo restored 0", "cat"))).error?.message).toContain("at least 1 was expected");
  });

  test("messages and exit codes are judged by the plan's data; warnings go on", async () => {
    const outcome: NonNullable<Step["outcome"]> = {
      exits: { 0: "ok", 8: "warnings" },
      messages: [
        { pattern: "ANS1228E", means: "failed", remedy: "look at the log" },
        { pattern: "tape", means: "needs-operator", remedy: "put the tape in" },
      ],
    };
    const warned = await run({ ...pipe("exit 8"), outcome });
    expect(warned.is).toBe("done");
    expect(warned.steps.find(({ step }) => step === restore)).toMatchObject({ warnings: [{ verdict: "warnings" }] });
    const failed = await run({ ...pipe("echo ANS1228E lost"), outcome });
    expect(failed.error).toMatchObject({ details: { verdict: "failed" } });
    expect(failed.error?.message).toContain("look at the log");
    const waits = await run({ ...pipe("echo tape 7 please; exit 12"), outcome });
    expect(waits.error).toMatchObject({ details: { verdict: "needs-operator" } });
  });

  test("known races are tried again, and only the last try counts", async () => {
    const counter = join(lab.root, "tries");
    const attempts = { times: 3, why: "udev" };
    const script = 'echo x >> "$0"; [ $(wc -l < "$0") -ge "$1" ]';
    const tries = (needed: string) =>
      changed(stepId("wipe", A), (step) => ({
        run: [...step.run, { do: "exec", argv: ["sh", "-c", script, counter, needed], attempts }],
      }));
    const events: RunEvent[] = [];
    const report = await rebuild(lab, { plan: tries("3"), onEvent: (event) => events.push(event) });
    expect(report.is).toBe("done");
    expect(events.filter((event) => event.is === "attempt-failed").map((event) => event.attempt)).toEqual([1, 2]);
    lab.remove();
    lab = makeRebuildLab();
    const failing = await rebuild(lab, {
      plan: changed(stepId("wipe", A), (step) => ({
        run: [...step.run, { do: "exec", argv: ["false"], attempts: { times: 2, why: "" } }],
      })),
    });
    expect(failing).toMatchObject({ is: "failed", error: { code: "step-failed" } });
  });

  test("no name for a forEach is a failure", async () => {
    const plan = changed(stepId("initramfs", "target"), (step) => ({
      run: step.run.map((action) =>
        action.do === "exec" && action.forEach !== undefined
          ? { ...action, forEach: { ...action.forEach, list: { target: "/no-such" } } }
          : action,
      ),
    }));
    const report = await rebuild(lab, { plan });
    expect(report).toMatchObject({ is: "failed", error: { code: "step-failed" } });
    expect(report.error?.message).toContain("can't be listed");
  });

  test("a file that can't be written is a failure with its path", async () => {
    const plan = changed(stepId("activate", "all"), () => ({
      run: [{ do: "write", path: join(lab.root, "no/such/dir/file"), content: "x" }],
    }));
    const report = await rebuild(lab, { plan });
    expect(report).toMatchObject({ is: "failed", error: { code: "step-failed" } });
    expect(report.error?.message).toContain("no/such/dir/file");
  });
});
