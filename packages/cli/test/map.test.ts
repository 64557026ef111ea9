import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ActionHost, type Evidence, readEvidence, replayHost } from "@bmr/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../src/program.js";

const RECORDED = new URL("../../core/test/fixtures/drift/server.json", import.meta.url).pathname;

let folder: string;
let set: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-map-"));
  set = join(folder, "BMR");
  await writeFile(join(folder, "bmr.json"), "{}");
  await bmr(["scan", "--evidence", RECORDED, "--out", set]);
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** The recorded server as it stands; nothing can be done to it. */
function hostOf(evidence: Evidence): ActionHost {
  const refuse = async () => {
    throw new Error("nothing may be done here");
  };
  return { ...replayHost(evidence), exec: refuse, pipe: refuse, write: refuse };
}

async function bmr(argv: readonly string[]): Promise<{ exit: number; out: string; said: string }> {
  let out = "";
  let said = "";
  const io = {
    out: (text: string) => {
      out += text;
    },
    say: (line = "") => {
      said += `${line}\n`;
    },
    ask: async () => undefined,
    unicode: false,
  };
  const evidence = readEvidence(await readFile(RECORDED, "utf8"));
  const exit = await runProgram(
    ["--config", join(folder, "bmr.json"), ...argv],
    () => io,
    () => hostOf(evidence),
  );
  return { exit, out, said };
}

test("on the recorded machine every disk is here itself: nothing is proposed", async () => {
  const { exit, out, said } = await bmr(["map", "--suggest", "--set", set]);
  expect([exit, said]).toEqual([0, expect.stringContaining("3 disks are here themselves, 0 have a proposal")]);
  expect(out).toContain("#   needs no line: it is here");
  expect(out).not.toMatch(/^\?/m);
});

test("a file that is there isn't overwritten", async () => {
  const path = join(folder, "disks.map");
  await writeFile(path, "mine");
  expect((await bmr(["map", "--suggest", "--set", set, "--out", path])).exit).toBe(2);
  expect(await readFile(path, "utf8")).toBe("mine");
});

test("verify compares with what the mapping says, and refuses one that says nothing", async () => {
  expect((await bmr(["verify", "--set", set, "--when", "diskinit", "--resize"])).exit).toBe(0);
  const path = join(folder, "disks.map");
  await writeFile(path, "? lun:35000c500a0000001 = lun:35000c500a0000002\r\nlun:nothing = lun:35000c500a0000002\r\n");
  const { exit, said } = await bmr(["verify", "--set", set, "--map-file", path]);
  expect(exit).toBe(4);
  expect(said).toContain("map-unread");
  expect(said).toContain("map-unknown-disk");
});

test("a map file that isn't there is a mistake on the command line", async () => {
  const { exit, said } = await bmr(["diskinit", "--set", set, "--map-file", join(folder, "none")]);
  expect([exit, said]).toEqual([2, expect.stringContaining("--map-file")]);
});
