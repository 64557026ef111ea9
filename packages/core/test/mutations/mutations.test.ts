import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BmrError } from "../../src/error.js";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence, writeEvidence } from "../../src/host/evidence-file.js";
import { replayHost } from "../../src/host/replay.js";
import { kinds } from "../../src/kinds/index.js";
import { compare } from "../../src/layout/compare.js";
import type { Layout } from "../../src/layout/layout.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";
import { lossesAgainst } from "../../src/layout/losses.js";
import { rebuiltNodes } from "../../src/layout/rebuilt.js";
import { buildPlan } from "../../src/plan/build.js";
import type { Plan, PlanWithFiles } from "../../src/plan/plan.js";
import { PlanSchema } from "../../src/plan/plan-schema.js";
import { readRecoverySet, type SetFileSystem, writeRecoverySet } from "../../src/recovery-set/index.js";
import { renderBmrCommands } from "../../src/render/commands.js";
import { renderPicture } from "../../src/render/picture.js";
import { renderTree } from "../../src/render/tree.js";
import { stepsToRun } from "../../src/rescue/modes.js";
import { type RescueFacts, readRescueFacts } from "../../src/rescue/rescue-facts.js";
import { resolve } from "../../src/rescue/resolve.js";
import { scan } from "../../src/scan.js";
import { optionsFor } from "../rescue/world.js";
import { type Mutation, mutateData, mutateText, mutations } from "./mutate.js";

/** All properties together; each has its share, by what a case takes. */
const CASES = Number(process.env.BMR_TEST_CASES ?? (process.env.BMR_TEST_LONG ? 200_000 : 1000));
const runs = (share: number): number => share * CASES;
/** Another seed finds other things; a case that found something is printed, with the path to its smallest form. */
const SEED = Number(process.env.BMR_TEST_SEED ?? 20261122);
const parameters = (share: number) => ({ numRuns: runs(share), seed: SEED });
/** The runner's limit is what catches a case without an end. */
const LONG = { timeout: process.env.BMR_TEST_LONG ? 3 * 3_600_000 : 300_000 };

const fixture = (path: string): string => readFileSync(join(import.meta.dirname, "../fixtures", path), "utf8");
const RECORDINGS: readonly Evidence[] = [
  "drift/server.json",
  "multipath/evidence-assembled.json",
  "lvm/debian-12.evidence.json",
  "boot/labserver.json",
].map((path) => readEvidence(fixture(path)));
const recordings = fc.nat({ max: RECORDINGS.length - 1 });

const scanOf = (evidence: Evidence) => scan(replayHost(evidence), { kinds });
const [server] = RECORDINGS as [Evidence];
const { layout: goodLayout, facts } = await scanOf(server);
const goodPlan = buildPlan(goodLayout, kinds).plan;

/** The outcome, or undefined where it was refused as it should be: by an error that has a code. */
async function typed<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BmrError) return undefined;
    throw error;
  }
}

/** What is accepted has to be of use to whatever comes after, and the plan in proportion to it. */
async function useLayout(layout: Layout, inputLength: number): Promise<PlanWithFiles | undefined> {
  const built = await typed(() => buildPlan(layout, kinds));
  renderTree(layout, { ascii: true });
  renderPicture(layout);
  compare(goodLayout, layout, kinds, { when: "restore", scope: rebuiltNodes(goodLayout) });
  compare(layout, goodLayout, kinds, { when: "diskinit", scope: rebuiltNodes(layout) });
  lossesAgainst(goodLayout, layout, kinds);
  lossesAgainst(layout, goodLayout, kinds);
  if (built === undefined) return undefined;
  renderBmrCommands(built.plan);
  const { length } = JSON.stringify(built.plan);
  demand(length < 60 * inputLength + 2_000_000, "a plan is in proportion to what it is made of");
  return built;
}

/** Whether the set of a scan can be written; where it can't, it is refused before anything is written. */
async function isWritable(layout: Layout, { plan, files }: PlanWithFiles): Promise<boolean> {
  const untouched = inMemory(new Map());
  const contents = { layout, plan, files, commands: renderBmrCommands(plan), program: null, evidence: null };
  const origin = { time: "2026-11-22T00:00:00Z", tool: { name: "bmr", version: "0.1.0" } };
  try {
    await writeRecoverySet("/set", contents, origin, untouched);
  } catch (error) {
    if (!(error instanceof BmrError)) throw error;
    if (error.code === "layout-invalid" || error.code === "plan-invalid") return false;
    // it got as far as to write
    demand(error.code === "set-write-failed", `a set that can't be written says so, not ${error.code}`);
  }
  return true;
}

/** As expect does; an expect for each of 200,000 cases would take most of the time. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it doesn't hold that ${what}`);
}

/** Changes what some commands printed and some files hold. */
function mutateAnswers(evidence: Evidence, changes: readonly Mutation[]): Evidence {
  const commands = [...evidence.commands];
  const files = [...evidence.files];
  for (const change of changes) {
    const at = Math.floor((change.at / 1_000_000) * (commands.length + files.length));
    const inside = { ...change, at: (change.at * 7919) % 1_000_000 };
    const command = commands[at];
    const file = files[at - commands.length];
    if (command !== undefined) {
      const stream = change.what % 10 === 0 ? "stderr" : "stdout";
      commands[at] = { ...command, [stream]: mutateText(command[stream], [inside]) };
    } else if (file !== undefined && "content" in file) {
      files[at - commands.length] = { ...file, content: mutateText(file.content, [inside]) };
    } else if (file !== undefined && "names" in file) {
      files[at - commands.length] = { ...file, names: mutateText(file.names.join("\n"), [inside]).split("\n") };
    }
  }
  return { ...evidence, commands, files };
}

test("answers of a machine, changed: a set that can be read, or a typed failure", LONG, async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(recordings, mutations, async (which, changes) => {
      const changed = mutateAnswers(RECORDINGS[which] as Evidence, changes);
      const scanned = await typed(() => scanOf(changed));
      if (scanned === undefined) return;
      accepted += 1;
      const built = await useLayout(scanned.layout, writeEvidence(changed).length);
      if (built !== undefined && !(await isWritable(scanned.layout, built))) refused += 1;
    }),
    parameters(0.25),
  );
  expect(accepted).toBeGreaterThan(runs(0.25) / 2);
  // what the parsers let pass and only the set's own check finds: answers that contradict each other
  expect(refused).toBeLessThan(runs(0.25) / 100);
});

test("evidence files, changed: read and scanned, or a typed failure", LONG, async () => {
  const texts = RECORDINGS.map(writeEvidence);
  await fc.assert(
    fc.asyncProperty(recordings, fc.boolean(), mutations, async (which, asText, changes) => {
      const text = texts[which] as string;
      const changed = asText ? mutateText(text, changes) : JSON.stringify(mutateData(JSON.parse(text), changes));
      const evidence = await typed(() => readEvidence(changed));
      if (evidence === undefined) return;
      const scanned = await typed(() => scanOf(evidence));
      if (scanned !== undefined) await useLayout(scanned.layout, changed.length);
    }),
    parameters(0.15),
  );
});

test("layouts, changed: refused, or of use", LONG, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const changed = JSON.stringify(mutateData(goodLayout, changes));
      const parsed = LayoutSchema.safeParse(JSON.parse(changed));
      if (!parsed.success) return;
      accepted += 1;
      await useLayout(parsed.data, changed.length);
    }),
    parameters(0.25),
  );
  expect(accepted).toBeGreaterThan(runs(0.25) / 20);
});

const rescue: RescueFacts = await readRescueFacts(replayHost(server), {
  layout: goodLayout,
  inventory: facts.inventory,
  keep: [],
});

async function usePlan(plan: Plan): Promise<void> {
  await typed(() => renderBmrCommands(plan));
  for (const mode of ["diskinit", "recover", "boot"] as const) {
    const options = optionsFor({ mode, existing: { all: "overwrite", disks: {} }, kinds });
    const resolution = await typed(() => resolve(plan, rescue, options));
    if (resolution?.is === "bound") await typed(() => stepsToRun(resolution.bound));
  }
}

test("plans, changed: refused, or resolved, or with typed problems", LONG, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const parsed = PlanSchema.safeParse(JSON.parse(JSON.stringify(mutateData(goodPlan, changes))));
      if (!parsed.success) return;
      accepted += 1;
      await usePlan(parsed.data);
    }),
    parameters(0.25),
  );
  expect(accepted).toBeGreaterThan(runs(0.25) / 20);
});

const SET = join(import.meta.dirname, "../fixtures/recovery-set/version-1");
const setFiles = new Map(readdirSync(SET).map((name) => [name, readFileSync(join(SET, name))]));

function inMemory(files: ReadonlyMap<string, Uint8Array>): SetFileSystem {
  const no = async (): Promise<never> => {
    throw new Error("reading a set writes nothing");
  };
  const name = (path: string): string => path.slice("/set/".length);
  return {
    kind: async (path) => (path === "/set" ? "directory" : files.has(name(path)) ? "file" : "absent"),
    list: async () => [...files.keys()],
    read: async (path) => files.get(name(path)) ?? new Uint8Array(),
    ...{ makeDirectory: no, create: no, sync: no, rename: no, removeFile: no, removeDirectory: no },
  };
}

/** The manifest with the sums of these files, so that what lies behind the sums is reached. */
function withSums(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const manifest = JSON.parse(String(files.get("manifest.json"))) as { files: { name: string }[] };
  const sums = manifest.files.map(({ name }) => {
    const content = files.get(name) ?? new Uint8Array();
    return { name, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  });
  return new Map([...files, ["manifest.json", Buffer.from(JSON.stringify({ ...manifest, files: sums }))]]);
}

test("the set as it is can be read", async () => {
  expect((await readRecoverySet("/set", inMemory(setFiles))).manifest.machine.hostname).toBe("labserver");
});

test("recovery sets, changed: refused by name, or read", LONG, async () => {
  let read = 0;
  const often = ["manifest.json", "plan.json", "layout.json"];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...setFiles.keys(), ...often, ...often),
      fc.boolean(),
      fc.boolean(),
      mutations,
      async (name, asText, sums, changes) => {
        const before = String(setFiles.get(name));
        const isData = !asText && name.endsWith(".json");
        const after = isData ? JSON.stringify(mutateData(JSON.parse(before), changes)) : mutateText(before, changes);
        const changed = new Map([...setFiles, [name, Buffer.from(after)]]);
        const files = sums && name !== "manifest.json" ? withSums(changed) : changed;
        const set = await typed(() => readRecoverySet("/set", inMemory(files)));
        if (set === undefined) return;
        read += 1;
        renderTree(set.layout, { ascii: true });
        await usePlan(set.plan);
      },
    ),
    parameters(0.1),
  );
  expect(read).toBeGreaterThan(0);
});
