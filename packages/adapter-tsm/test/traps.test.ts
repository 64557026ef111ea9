/** That the double falls into each trap which the adapter's commands step around; else its tests would prove nothing. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fillServer, type Lab, newLab, removeLab } from "./helpers/lab.js";

const DSMC = join(dirname(fileURLToPath(import.meta.url)), "fixtures/bin/dsmc");
let lab: Lab;
beforeEach(() => {
  lab = newLab();
  fillServer(lab);
  dsmc("incremental", "/", "/home");
});
afterEach(() => removeLab(lab));

function dsmc(...words: string[]) {
  const env = {
    ...process.env,
    DSMC_STORE: lab.store,
    DSMC_ROOT: lab.server,
    DSM_LOG: lab.logs,
    LC_ALL: "en_US.UTF-8",
  };
  const { status, stdout } = spawnSync(DSMC, words, { env, encoding: "utf8", input: "" });
  return { status, stdout };
}

it.each([
  ["a destination without its slash", ["-subdir=yes", "-replace=all", "{/home}/", "TARGET"], "ANS2039E"],
  ["what a shell makes of a wildcard", ["-subdir=yes", "-replace=all", "/home/a", "/home/b", "TARGET/"], "ANS1102E"],
  ["an unknown option", ["-no-such", "{/home}/", "TARGET/"], "ANS1107E"],
  ["a date before its format", ["-pitdate=2026-11-02", "-dateformat=3", "{/home}/", "TARGET/"], "ANS1115W"],
  ["the question whether to replace", ["-subdir=yes", "{/home}/", "TARGET/"], "User Action is Required"],
])("%s", (_title, words, says) => {
  const { status, stdout } = dsmc("restore", ...words.map((word) => word.replace("TARGET", lab.target)));
  expect(stdout).toContain(says);
  expect(status).not.toBe(0);
});

it("without -subdir=yes nothing below comes back", () => {
  dsmc("restore", "-replace=all", "{/home}/", `${lab.target}/`);
  expect(existsSync(join(lab.target, "a/one"))).toBe(false);
});

it("with several sessions hard links come back as files of their own", () => {
  dsmc("restore", "-subdir=yes", "-replace=all", "-resourceutilization=4", "{/home}/", `${lab.target}/`);
  expect(statSync(join(lab.target, "a/one")).ino).not.toBe(statSync(join(lab.target, "a/two")).ino);
});

it("without braces the file space with the longest name is taken", () => {
  execFileSync("mkdir", ["-p", join(lab.server, "home/a/deep")]);
  dsmc("incremental", "/home/a");
  expect(dsmc("restore", "-subdir=yes", "-replace=all", "/home/a/", `${lab.target}/`).stdout).toContain("Restoring");
  // what was saved before the directory became a file space is found by braces only
  const older = dsmc("restore", "-subdir=yes", "-replace=all", "{/home}/a/", `${lab.target}/x/`);
  expect(older.stdout).toContain(`/home/one --> ${lab.target}/x/one`);
});
