/** --list-steps, --from, --redo, --jobs, and what a mode says before it asks; on a recorded system, without a disk. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, readRecoverySet } from "@bmr/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../src/program.js";

const EVIDENCE = new URL("../../core/test/fixtures/multipath/evidence-assembled.json", import.meta.url).pathname;

let folder: string;
let set: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-steps-"));
  set = join(folder, "BMR");
  await writeFile(join(folder, "bmr.json"), "{}");
  await bmr("scan", "--evidence", EVIDENCE, "--out", set);
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function bmr(...argv: string[]): Promise<{ exit: number; out: string; said: string }> {
  let out = "";
  let said = "";
  const exit = await runProgram(["--config", join(folder, "bmr.json"), ...argv], () => ({
    out: (text) => {
      out += text;
    },
    say: (line = "") => {
      said += `${line}\n`;
    },
    ask: async () => undefined,
    unicode: false,
  }));
  return { exit, out, said };
}

/** A journal in which some steps of the set's plan have a state. */
async function journal(states: Readonly<Record<number, "started" | "done" | "failed">>): Promise<string> {
  const { plan } = await readRecoverySet(set);
  const at = "2026-11-22T00:00:00.000Z";
  const head = {
    record: "run",
    version: 1,
    at,
    mode: "recover",
    plan: digest(plan),
    binding: "b",
    disks: [],
    params: {},
  };
  const records = Object.entries(states).map(([number, state]) => {
    return { record: "step", at, step: plan.steps[Number(number) - 1]?.id, digest: "d", state };
  });
  const directory = join(folder, "journal");
  await mkdir(directory, { recursive: true });
  const lines = [{ ...head, target: "/mnt/a", resumes: true }, ...records].map(
    (record) => `${JSON.stringify(record)}\n`,
  );
  await writeFile(join(directory, "journal.ndjson"), lines.join(""));
  return directory;
}

test("--list-steps: number, state by the journal, phase, id, title, and what is erased", async () => {
  const { exit, out } = await bmr(
    "recover",
    "--set",
    set,
    "--journal",
    await journal({ 1: "done", 2: "started" }),
    "--list-steps",
  );
  expect(exit).toBe(0);
  expect(out).toMatch(/^ {3}1 {2}done {4}activate {3}assemble:multipath\n {6}Assemble the multipath maps\n/);
  expect(out).toMatch(/^ {3}2 {2}begun {3}format {5}wipe:\S+\n {6}Erase .*; erases disk:/m);
  expect(out).toMatch(/^ {3}3 {2}- {7}/m);
  expect(out.split("\n").every((line) => line.length <= 80)).toBe(true);
});

test("--list-steps --json is one document", async () => {
  const { out } = await bmr(
    "recover",
    "--set",
    set,
    "--journal",
    await journal({ 1: "failed" }),
    "--list-steps",
    "--json",
  );
  const { schemaVersion, steps } = JSON.parse(out);
  expect(schemaVersion).toBe(1);
  expect(steps.slice(0, 2)).toMatchObject([
    { number: 1, id: "assemble:multipath", phase: "activate", state: "failed", destroys: [] },
    { number: 2, phase: "format", state: "new" },
  ]);
});

test("a journal of another plan says nothing of this one's steps", async () => {
  const directory = await journal({ 1: "done" });
  await bmr("scan", "--evidence", EVIDENCE.replace("assembled", "failed-path"), "--out", set);
  const { out } = await bmr("recover", "--set", set, "--journal", directory, "--list-steps");
  expect(out).not.toContain("done ");
});

test.each([
  [["--from", "99"], "there is no such step"],
  [["--from", "make-ext:lv:none"], "--list-steps"],
  [["--from", "/net/backup.tar"], "--backup"],
  [["--from", "ssh://vault/x.tar"], "--backup"],
  [["--redo", "0"], "there is no such step"],
  [["--jobs", "0"], "1 to 64"],
  [["--jobs", "many"], "1 to 64"],
  [["--jobs", "1.5"], "1 to 64"],
])("%s is a usage error, before anything is done", async (argv, expected) => {
  const { exit, said } = await bmr("recover", "--set", set, "--accept-findings", ...(argv as string[]));
  expect(exit).toBe(2);
  expect(said).toContain(expected);
});
