/**
 * A run of real commands with the real journal, progress and streams of the command line, but without disks: it can be
 * started beside a console that nobody reads. Usage: `run-child.ts DIRECTORY STEPS LINES`, where each step prints LINES
 * lines. Leaves `pid` and, at its end, `report.json` in the directory.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BoundPlan, execute, localActionHost, type Plan, type Step, stepId } from "@bmr/core";
import { openTerminal } from "../src/io.js";
import { openRecords } from "../src/recovery/run-records.js";
import { interruptions } from "../src/signals.js";

const [directory, steps, lines] = process.argv.slice(2) as [string, string, string];

const plan: Plan = {
  format: "bmr-plan",
  version: 1,
  machine: { hostname: "srv", architecture: "x86_64", system: null, places: [] },
  layoutDigest: "0".repeat(64),
  disks: [],
  devices: [],
  tools: [],
  params: [],
  steps: Array.from({ length: Number(steps) }, (_, at): Step => talkative(at)),
  findings: [],
};

function talkative(at: number): Step {
  const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "step ${at}, line $i, as long as a line of a restore is"; done`;
  return {
    id: stepId("talk", String(at)),
    title: `Talk, the ${at + 1}. time`,
    why: "a restore prints the name of each file",
    phase: "make",
    run: [{ do: "exec", argv: ["sh", "-c", script], timeLimitSeconds: 60 }],
    after: [],
    destroys: [],
    before: [],
    done: [],
  };
}

const bound: BoundPlan = {
  plan,
  planDigest: "0".repeat(64),
  mode: "diskinit",
  disks: [],
  preparation: [],
  devices: new Map(),
  target: "/mnt/a",
  setDirectory: directory,
  params: {},
};

const terminal = openTerminal();
const io = terminal.open({ input: false, quiet: false });
const request = { journal: join(directory, "journal"), mode: "diskinit", verbose: true } as Parameters<
  typeof openRecords
>[2];
const records = await openRecords(io, plan, request);
const { stop, kill, release } = interruptions(io);
records.teller.expect(plan.steps);
writeFileSync(join(directory, "pid"), String(process.pid));
const { journal, onEvent } = records;
const report = await execute(bound, plan.steps, localActionHost(), { journal, onEvent, stop, kill });
await records.close();
release();
writeFileSync(join(directory, "report.json"), JSON.stringify({ is: report.is, steps: report.steps.length }));
await terminal.flush(1000);
