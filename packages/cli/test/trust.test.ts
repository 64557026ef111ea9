import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localActionHost, replayHost, writeEvidence } from "@bmr/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacks } from "../../../scripts/test-tools.js";
import { everywhere } from "../../core/test/drift/edit-evidence.js";
import { recording } from "../../core/test/drift/server.js";
import { runProgram } from "../src/program.js";

let folder: string;
let set: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-trust-"));
  set = join(folder, "BMR");
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** Runs bmr on the recorded server, with these settings. */
async function bmr(settings: object, ...argv: string[]) {
  const config = join(folder, "bmr.json");
  await writeFile(config, JSON.stringify(settings));
  let [out, said] = ["", ""];
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
  const host = { ...localActionHost(), ...replayHost(recording("server")) };
  const exit = await runProgram(
    ["--config", config, ...argv],
    () => io,
    () => host,
  );
  return { exit, out, said };
}

describe.skipIf(lacks("ssh-keygen"))("with --trust", () => {
  let key: string;
  beforeEach(() => {
    key = join(folder, "site");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  });

  const READING = [
    ["show"],
    ["verify"],
    ["check"],
    ["recover", "--dry-run"],
    ["diskinit", "--confirm", "labserver"],
    ["recover", "--list-steps"],
  ] as const;

  test("a set that the site signed is taken by every command that reads one, one that it didn't by none", async () => {
    expect((await bmr({ signingKey: key }, "scan", "--out", set)).exit).toBe(0);
    for (const argv of [["show"], ["verify"], ["check"], ["recover", "--list-steps"]] as const) {
      expect({ argv, ...(await bmr({}, ...argv, "--set", set, "--trust", `${key}.pub`)) }).toMatchObject({ exit: 0 });
      expect({ argv, ...(await bmr({ trust: `${key}.pub` }, ...argv, "--set", set)) }).toMatchObject({ exit: 0 });
    }
    await rm(set, { recursive: true });
    expect((await bmr({}, "scan", "--out", set)).exit).toBe(0);
    for (const argv of READING) {
      const { exit, out, said } = await bmr({}, ...argv, "--set", set, "--trust", `${key}.pub`);
      expect({ argv, exit, out }).toEqual({ argv, exit: 4, out: "" });
      expect(said).toContain("it isn't signed");
    }
  });

  test("a set with a good sum for a changed file is refused, since nobody trusted has signed the sum", async () => {
    await bmr({ signingKey: key }, "scan", "--out", set);
    const path = join(set, "manifest.json");
    await writeFile(path, (await readFile(path, "utf8")).replace(/"time": "2/, '"time": "3'));
    for (const argv of READING) {
      expect({ argv, ...(await bmr({}, ...argv, "--set", set, "--trust", `${key}.pub`)) }).toMatchObject({ exit: 4 });
    }
    expect((await bmr({}, "show", "--set", set)).exit).toBe(0);
  });

  test("the first signed set takes the place of one that isn't by --accept-loss", async () => {
    await bmr({}, "scan", "--out", set);
    const settings = { signingKey: key, trust: `${key}.pub` };
    const held = await bmr(settings, "scan", "--out", set);
    expect(held.exit).toBe(3);
    expect(held.said).toContain("it isn't signed");
    expect((await bmr(settings, "scan", "--out", set, "--accept-loss")).exit).toBe(0);
    expect((await bmr(settings, "scan", "--out", set)).exit).toBe(0);
    expect((await bmr(settings, "check", "--set", set)).exit).toBe(0);
  });

  test("a key that can't sign leaves the last set", async () => {
    await bmr({}, "scan", "--out", set);
    const before = await readFile(join(set, "manifest.json"), "utf8");
    const { exit, said } = await bmr({ signingKey: join(folder, "gone") }, "scan", "--out", set);
    expect(exit).toBe(1);
    expect(said).toContain("ssh-keygen -Y sign");
    expect(await readFile(join(set, "manifest.json"), "utf8")).toBe(before);
  });
});

test("check names field, was and is, or says nothing", async () => {
  await bmr({}, "scan", "--out", set);
  expect(await bmr({}, "check", "--set", set)).toEqual({ exit: 0, out: "", said: "" });
  const evidence = join(folder, "other.json");
  await writeFile(
    evidence,
    writeEvidence(everywhere("find_multipaths no", "find_multipaths yes")(recording("rebooted"))),
  );
  const told = await bmr({}, "check", "--set", set, "--evidence", evidence);
  expect(told.exit).toBe(3);
  expect(told.out).toMatch(
    /^multipath config\.files \(.*\): was .*find_multipaths no.*, is .*find_multipaths yes.*\n$/,
  );
  const { out } = await bmr({}, "check", "--set", set, "--evidence", evidence, "--json");
  expect(JSON.parse(out)).toMatchObject({
    schemaVersion: 1,
    differences: [{ subject: "multipath", field: "config.files" }],
  });
});
