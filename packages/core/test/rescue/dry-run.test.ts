import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import type { ActionHost, ProbeHost } from "../../src/host/host.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { type Step, stepId } from "../../src/plan/step.js";
import { bindingDigest } from "../../src/rescue/bound-plan.js";
import { type DryStep, dryRun, shellText } from "../../src/rescue/dry-run.js";
import { execute } from "../../src/rescue/execute.js";
import { historyOf } from "../../src/rescue/history.js";
import { openJournal } from "../../src/rescue/journal.js";
import { stepsToRun } from "../../src/rescue/modes.js";
import { resolve } from "../../src/rescue/resolve.js";
import type { Lab } from "./lab.js";
import { A, B, bindRebuild, C, endState, makeRebuildLab, rebuild, rebuildPlan } from "./rebuild-lab.js";
import { optionsFor, partition } from "./world.js";

let lab: Lab;
beforeEach(({ skip }) => {
  lab = makeRebuildLab();
  skip(lacks("sfdisk"), "needs sfdisk");
});
afterEach(() => lab.remove());

/** What a host was asked to change. The commands are run, or nothing would be there for the next ones. */
function recording(host: ActionHost): ActionHost & { readonly done: string[][] } {
  const done: string[][] = [];
  return {
    ...host,
    done,
    exec: (request, watcher) => {
      done.push([...request.argv]);
      return host.exec(request, watcher);
    },
    pipe: (stages, watcher) => {
      for (const stage of stages) done.push([...stage.argv]);
      return host.pipe(stages, watcher);
    },
    write: (path, content, options) => {
      done.push(["write", path]);
      return host.write(path, content, options);
    },
  };
}

/** A host that can't change anything, and that says which commands a dry run has asked. */
function onlyProbing(host: ActionHost): ProbeHost & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    run: (argv, options) => {
      asked.push(argv[0]);
      return host.run(argv, options);
    },
    read: host.read,
    list: host.list,
    readlink: host.readlink,
  };
}

function argvsOf(steps: readonly DryStep[]): string[][] {
  return steps.flatMap((dry) => {
    if (dry.is !== "run") return [];
    return dry.actions.flatMap((action) => {
      if (action.do === "exec") return [[...action.command.request.argv]];
      if (action.do === "pipe") return action.stages.map((stage) => [...stage.request.argv]);
      return action.do === "write" ? [["write", action.path]] : [["nothing", action.why]];
    });
  });
}

/** The plan with a file to write, and with a step that isn't chosen. */
const plan = () =>
  rebuildPlan(lab.root, (steps): Step[] => [
    {
      ...(steps[0] as Step),
      run: [...(steps[0] as Step).run, { do: "write", path: join(lab.root, "w"), content: "x" }],
    },
    { ...(steps[0] as Step), id: stepId("activate", "other"), when: { param: "how", equals: "other" } },
    ...steps.slice(1),
  ]);

test("the run does what the dry run has shown, word for word and in the same order", async () => {
  const bound = await bindRebuild(lab, { plan: plan() });
  const probing = onlyProbing(lab.host);
  const before = readFileSync(lab.image("sda"));
  const shown = await dryRun(bound, stepsToRun(bound), probing, { history: new Map() });
  expect(readFileSync(lab.image("sda")).equals(before)).toBe(true);
  expect(probing.asked.every((program) => program === "blkid")).toBe(true);
  const host = recording(lab.host);
  const report = await execute(bound, stepsToRun(bound), host, { journal: null, confirmation: "lnx01" });
  expect(report.error).toBe(undefined);
  expect(host.done).toEqual(argvsOf(shown));
  expect(host.done.length).toBeGreaterThan(12);
});

test("a run that goes on does what its dry run has shown, skipping the same", async () => {
  await rebuild(lab, { mode: "diskinit" });
  writeFileSync(join(lab.root, "proc/swaps"), "");
  const journal = await openJournal(join(lab.root, "journal"));
  const bound = await bindRebuild(lab, { journal });
  const history = historyOf(journal.records, bindingDigest(bound));
  const shown = await dryRun(bound, stepsToRun(bound), onlyProbing(lab.host), { history });
  const host = recording(lab.host);
  const report = await execute(bound, stepsToRun(bound), host, { journal, confirmation: "lnx01" });
  await journal.close();
  expect(report.is).toBe("done");
  expect(host.done).toEqual(argvsOf(shown));
  expect(shown.filter((dry) => dry.is === "skip").map((dry) => dry.step.id)).toEqual(
    report.steps.filter((step) => step.is === "skipped").map(({ step }) => step),
  );
  expect(shown.filter((dry) => dry.is === "skip")).toHaveLength(7);
});

test("used disks: what is let go of and wiped first is shown too", async () => {
  const ext = { type: "ext4", uuid: null, label: null, usage: "filesystem", tableType: null, tableUuid: null };
  const facts = await lab.facts();
  const inventory = inventoryOf([...facts.inventory.devices, partition("sda", 1, 1, { signature: ext })]);
  const resolution = resolve(
    plan(),
    { ...facts, inventory },
    optionsFor({
      mode: "recover",
      target: join(lab.root, "mnt"),
      setDirectory: join(lab.root, "set"),
      existing: { all: "overwrite", disks: {} },
    }),
  );
  if (resolution.is !== "bound") throw new Error("refused");
  const steps = stepsToRun(resolution.bound);
  expect(steps.slice(0, 3).map((step) => step.id)).toEqual(["activate:all", "wipe-old:old:lun:3600a/1", `wipe:${A}`]);
  const shown = argvsOf(await dryRun(resolution.bound, steps, lab.host, { history: new Map() }));
  expect(shown).toContainEqual(["wipefs", "--all", "--force", "/dev/sda1"]);
});

test("what would stop the run is shown as refused", async () => {
  await rebuild(lab, { mode: "diskinit" });
  writeFileSync(lab.image("sdc"), Buffer.alloc(16 * 1024 * 1024));
  const journal = await openJournal(join(lab.root, "journal"));
  const bound = await bindRebuild(lab, { journal, mode: "diskinit" });
  await journal.close();
  const history = historyOf(journal.records, bindingDigest(bound));
  const shown = await dryRun(bound, stepsToRun(bound), lab.host, { history });
  expect(shown.find((dry) => dry.is === "refuse")?.step.id).toBe(`make-swap:${C}`);
  const redo = new Set([stepId("make-swap", C)]);
  const again = await dryRun(bound, stepsToRun(bound), lab.host, { history, redo });
  expect(again.find((dry) => dry.step.id === stepId("make-swap", C))?.is).toBe("run");
  expect(again.find((dry) => dry.step.id === stepId("make-ext", B))?.is).toBe("skip");
});

test("it is shown as text that a shell would run as it is", async () => {
  const bound = await bindRebuild(lab);
  const shown = await dryRun(bound, stepsToRun(bound), lab.host, { history: new Map() });
  const text = shown.flatMap((dry) => (dry.is === "run" ? dry.actions.map(shellText) : [])).join("\n");
  expect(text).toContain(`sfdisk --quiet --no-reread --wipe always ${lab.image("sda")} < ${lab.root}/set/ptbl`);
  expect(text).toContain("E2FSPROGS_FAKE_TIME=1700000000 sh -c '");
  // and it is what a shell would run: typed into one, it rebuilds the same
  execFileSync("sh", ["-e"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
  const byHand = endState(lab);
  lab.remove();
  lab = makeRebuildLab();
  await rebuild(lab);
  expect(byHand).toEqual(endState(lab));
});
