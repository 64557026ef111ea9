/**
 * A rebuild that is killed with SIGKILL, at the boundaries of its steps and inside their commands, and started again:
 * the end is the same, and no step that destroys runs again once it is done.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { stepId } from "../../src/plan/step.js";
import { openJournal } from "../../src/rescue/journal.js";
import type { Lab } from "./lab.js";
import { B, endState, makeRebuildLab, ranIn, rebuild, rebuildPlan } from "./rebuild-lab.js";

const CHILD = fileURLToPath(new URL("kill-child.ts", import.meta.url));
const long = process.env.BMR_TEST_LONG === "1";

let expected: ReturnType<typeof endState>;
let events = 0;

beforeAll(async () => {
  const lab = makeRebuildLab();
  await rebuild(lab, { onEvent: () => events++ });
  expected = endState(lab);
  lab.remove();
});

const labs: Lab[] = [];
afterEach(() => {
  for (const lab of labs.splice(0)) lab.remove();
});

function newLab(): Lab {
  const lab = makeRebuildLab();
  labs.push(lab);
  return lab;
}

function runChild(lab: Lab, killAt: number): NodeJS.Signals | null {
  const argv = ["--conditions=@bmr/source", "--import", "tsx", CHILD, lab.root, String(killAt)];
  return spawnSync(process.execPath, argv, { encoding: "utf8", timeout: 60_000 }).signal;
}

/** The steps that destroy and that were started after they were done. */
async function doneTwice(lab: Lab): Promise<string[]> {
  const journal = await openJournal(join(lab.root, "journal"));
  await journal.close();
  const done = new Set<string>();
  const twice: string[] = [];
  for (const record of journal.records) {
    if (record.record !== "step" || !/^(wipe|partition|make)/.test(record.step)) continue;
    if (record.state === "done") done.add(record.step);
    if (record.state === "started" && done.has(record.step)) twice.push(record.step);
  }
  return twice;
}

async function goOn(lab: Lab): Promise<void> {
  const report = await rebuild(lab);
  expect(report.error).toBe(undefined);
  expect(report.is).toBe("done");
  expect(endState(lab)).toEqual(expected);
  expect(await doneTwice(lab)).toEqual([]);
}

describe.skipIf(lacks("sfdisk"))("killed between and around its commands", () => {
  // every event is a place: before a step, before and after each of its commands, after the step
  const spots = long ? Array.from({ length: 60 }, (_, at) => at + 1) : [5, 14, 23];
  test.each(spots)("at event %i, then gone on with", async (spot) => {
    const lab = newLab();
    expect(runChild(lab, spot)).toBe(spot <= events ? "SIGKILL" : null);
    await goOn(lab);
  });
});

describe.skipIf(lacks("sfdisk"))("killed inside a command that has written half", () => {
  const others = ["activate", "wipe-b", "tune2fs", "mkswap", "mount", "initramfs"];
  test.each(["partition", "mke2fs", "mode", "restore", ...(long ? others : [])])(
    "in %s, then gone on with",
    async (command) => {
      const lab = newLab();
      writeFileSync(join(lab.root, `kill-${command}`), "");
      expect(runChild(lab, 0)).toBe("SIGKILL");
      expect(ranIn(lab).at(-1)).toBe(command);
      await goOn(lab);
    },
  );
});

test.skipIf(lacks("sfdisk"))("a command that lives on is waited for, and nothing is written beside it", async () => {
  const lab = newLab();
  // the program is killed; its mke2fs isn't, and has the disk open
  const orphan = 'exec 3>> "$1"; kill -9 $PPID; sleep 60';
  const plan = rebuildPlan(lab.root, (steps) =>
    steps.map((step) =>
      step.id === stepId("make-ext", B)
        ? { ...step, run: [{ do: "exec", argv: ["sh", "-c", orphan, "x", { device: B }] }] }
        : step,
    ),
  );
  writeFileSync(join(lab.root, "plan.json"), JSON.stringify(plan));
  expect(runChild(lab, 0)).toBe("SIGKILL");
  const refused = await rebuild(lab, { plan });
  expect(refused).toMatchObject({ is: "refused", error: { code: "guard-refused" } });
  const pid = Number(/process (\d+) \(sh\)/.exec(refused.error?.message ?? "")?.[1]);
  process.kill(-pid, "SIGKILL");
});

test.skipIf(lacks("sfdisk"))("killed again and again, it still comes to the same end", async () => {
  const lab = newLab();
  for (const spot of long ? [6, 8, 10, 12, 14] : [8, 10]) expect(runChild(lab, spot)).toBe("SIGKILL");
  await goOn(lab);
});
