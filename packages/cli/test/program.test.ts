import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../src/program.js";
import { VERSION } from "../src/version.js";

const EVIDENCE = new URL("../../core/test/fixtures/multipath/evidence-assembled.json", import.meta.url).pathname;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-cli-"));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** Runs bmr with nobody at the terminal. */
async function bmr(...argv: string[]): Promise<{ exit: number; out: string; said: string }> {
  let out = "";
  let said = "";
  const exit = await runProgram(["--config", await settings(), ...argv], () => ({
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

/** The settings of the machine that runs the tests must not matter. */
async function settings(content: object = {}): Promise<string> {
  const path = join(folder, "bmr.json");
  await writeFile(path, `\uFEFF${JSON.stringify(content)}\r\n`);
  return path;
}

test("the version is the package's", async () => {
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
});

test("scan of a recording prints a tree with its findings, and exits with 3 where something is lost", async () => {
  const { exit, out } = await bmr("scan", "--evidence", EVIDENCE);
  expect(exit).toBe(3);
  expect(out).toContain("lun:35000c500a0000001 (mpatha, 2 paths)");
  expect(out).toMatch(/^loss {4}/m);
});

test("scan --json is one document", async () => {
  const { out } = await bmr("scan", "--evidence", EVIDENCE, "--json");
  const document = JSON.parse(out);
  expect(Object.keys(document)).toEqual(["schemaVersion", "layout", "plan", "findings"]);
  expect(document.schemaVersion).toBe(1);
  expect(document.layout.nodes.length).toBeGreaterThan(3);
});

test("scan --out writes a set that show reads; the set can be read after a second scan too", async () => {
  const set = join(folder, "BMR");
  for (const _ of [1, 2]) expect((await bmr("scan", "--evidence", EVIDENCE, "--out", set)).exit).toBe(3);
  expect(await readdir(set)).toEqual(expect.arrayContaining(["BMRcmds", "layout.json", "manifest.json", "plan.json"]));
  expect((await bmr("show", "--set", set)).out).toContain("lun:35000c500a0000001");
  expect((await bmr("show", "--set", set, "--as", "commands")).out).toMatch(/^DI wipefs /m);
  expect((await bmr("show", "--set", set, "--as", "svg")).out).toMatch(/^<svg /);
});

test("an evidence file that is cut off is one clear error, and nothing is written", async () => {
  const path = join(folder, "cut.json");
  await writeFile(path, (await readFile(EVIDENCE)).subarray(0, 5000));
  const { exit, out, said } = await bmr("scan", "--evidence", path, "--out", join(folder, "BMR"));
  expect([exit, out]).toEqual([1, ""]);
  expect(said).toContain("cut.json");
  expect(await readdir(folder)).not.toContain("BMR");
});

test("a set that was tampered with is refused by every command that reads it", async () => {
  const set = join(folder, "BMR");
  await bmr("scan", "--evidence", EVIDENCE, "--out", set);
  const plan = join(set, "plan.json");
  await writeFile(plan, (await readFile(plan, "utf8")).replace("wipefs", "wipefsx"));
  for (const command of [["show"], ["verify"], ["recover", "--dry-run"], ["diskinit", "--confirm", "labserver"]]) {
    const { exit, out, said } = await bmr(...(command as [string]), "--set", set);
    expect({ command, exit, out }).toEqual({ command, exit: 1, out: "" });
    expect(said).toContain("plan.json");
  }
});

test("a plan with losses isn't carried out unless they are accepted", async () => {
  const set = join(folder, "BMR");
  await bmr("scan", "--evidence", EVIDENCE, "--out", set);
  const { exit, said } = await bmr("diskinit", "--set", set, "--confirm", "labserver");
  expect(exit).toBe(4);
  expect(said).toContain("--accept-findings");
});

test.each([
  [["scna"], "scan"],
  [["scan", "--no-such-flag"], ""],
  [["recover", "--existing=yes"], "refuse, require-empty, overwrite"],
  [["recover", "--map", "x"], "NAME=VALUE"],
  [["backup"], "--adapter tar"],
  [["scan", "--adapter", "nosuch"], "tar"],
  [["scan", "--adapter", "tar"], "to"],
  [["scan", "--adapter", "tar", "--to", "relative"], "to"],
])("bmr %s is a usage error", async (argv, said) => {
  const result = await bmr(...(argv as [string]));
  expect(result.exit).toBe(2);
  expect(result.said).toContain(said);
});

test("settings that aren't understood are named, with the place", async () => {
  await settings({ targt: "/mnt" });
  const path = join(folder, "other.json");
  await writeFile(path, '{ "targt": "/mnt" }');
  const { exit, said } = await bmr("--config", path, "scan", "--evidence", EVIDENCE);
  expect(exit).toBe(2);
  expect(said).toContain("targt");
});

test("errors under --json are JSON with the code", async () => {
  const { said } = await bmr("verify", "--json", "--set", join(folder, "none"));
  expect(JSON.parse(said)).toMatchObject({ schemaVersion: 1, error: { code: "set-invalid" } });
});
