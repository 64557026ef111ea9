import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ActionHost, type Evidence, localHost, readEvidence, replayHost, writeEvidence } from "@bmr/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { all, becomes, type Edit, file, says } from "../../core/test/drift/edit-evidence.js";
import { runProgram } from "../src/program.js";

const FIXTURES = new URL("../../core/test/fixtures/drift/", import.meta.url).pathname;

let folder: string;
let set: string;
let media: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-held-"));
  [set, media] = [join(folder, "BMR"), join(folder, "media.tar")];
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function recording(name: string): Promise<Evidence> {
  return readEvidence(await readFile(join(FIXTURES, `${name}.json`), "utf8"));
}

/**
 * A recorded server, on which the commands of a backup are written down and not run: the medium is a file beside, and
 * what would touch it does.
 */
function serverOf(evidence: Evidence): { readonly host: ActionHost; readonly ran: string[] } {
  const ran: string[] = [];
  const touch = async (argv: readonly string[]) => {
    ran.push(argv.join(" "));
    await writeFile(media, `overwritten by ${argv[0]}`);
  };
  const replay = replayHost(evidence);
  const tools = localHost();
  const host: ActionHost = {
    ...replay,
    // what the backup's tools are asked, the recording doesn't know: this machine's tools answer
    run: async (argv, options) => {
      const answer = await replay.run(argv, options);
      return answer.outcome.is === "not-recorded" ? await tools.run(argv, options) : answer;
    },
    read: async (path, options) => {
      const answer = await replay.read(path, options);
      return answer.is === "not-recorded" && path.includes("/bin/") ? await tools.read(path, options) : answer;
    },
    exec: async ({ argv }) => {
      await touch(argv);
      return { argv, outcome: { is: "exited", code: 1 }, stdout: "", stderr: "" };
    },
    pipe: async (stages) => {
      for (const { argv } of stages) await touch(argv);
      return stages.map(({ argv }) => ({ argv, outcome: { is: "exited", code: 1 }, stdout: "", stderr: "" }));
    },
    write: async (path) => void ran.push(`write ${path}`),
  };
  return { host, ran };
}

/** Runs the program on a recorded server. */
async function bmr(evidence: Evidence, ...argv: string[]) {
  const config = join(folder, "bmr.json");
  await writeFile(config, "{}");
  const { host, ran } = serverOf(evidence);
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
  const exit = await runProgram(
    ["--config", config, ...argv],
    () => io,
    () => host,
  );
  return { exit, out, said, ran };
}

const scanned = (evidence: Evidence, ...more: string[]) => bmr(evidence, "scan", "--out", set, ...more);
/** One run at a time holds the machine's lock: another test run may have it just now. */
async function backedUp(evidence: Evidence, ...more: string[]): ReturnType<typeof bmr> {
  const argv = ["backup", "--set", set, "--adapter", "tar", "--to", media, "--work", folder, ...more];
  for (;;) {
    const result = await bmr(evidence, ...argv);
    if (result.exit !== 75) return result;
    await sleep(500);
  }
}

/** Every file of every generation of the set. */
async function sets(): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.parentPath.includes("BMR"))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(names.sort().map(async (name) => [name, await readFile(name, "hex")])));
}

const emptied: Edit = all(
  (evidence) => ({ ...evidence, files: [...evidence.files, { path: "/etc", names: [] }, { path: "/usr", names: [] }] }),
  becomes("/boot", { names: [] }),
);
const withErrors: Edit = says(
  "Filesystem volume name:   more\n",
  /^(Filesystem state: +)clean$/m,
  "$1clean with errors",
);
const stopped: Edit = file("/proc/self/mountinfo", (text) => text.replace(/( \/more rw.*) rw$/m, "$1 ro"));

describe.each<[string, string, Edit | null, string]>([
  ["a LUN pulled", "lun-pulled", null, "the map mpathc has no path"],
  ["an emptied root", "server", emptied, "/etc and /usr are missing or empty"],
  ["a filesystem with errors", "server", withErrors, "is marked as having errors"],
  ["a filesystem that the kernel stopped", "server", stopped, "the kernel stopped it after an error"],
])("%s", (_, name, edit, why) => {
  const now = async () => (edit ?? ((evidence: Evidence) => evidence))(await recording(name));

  test("scan exits with 3, prints all, and the last set stays; --accept-loss writes the new one", async () => {
    expect((await scanned(await recording("server"))).exit).toBe(0);
    const before = await sets();
    const held = await scanned(await now());
    expect(held.exit).toBe(3);
    expect(held.out).toContain("labserver");
    expect(held.said).toContain(why);
    expect(held.said).toContain("--accept-loss");
    expect(await sets()).toEqual(before);
    const accepted = await scanned(await now(), "--accept-loss");
    expect([0, 3]).toContain(accepted.exit);
    expect(accepted.said).toContain("the recovery set is in");
    expect(await sets()).not.toEqual(before);
    expect((await bmr(await now(), "check", "--set", set)).out).toBe("");
    // what was accepted isn't asked about again
    expect((await scanned(await now())).said).not.toContain("--accept-loss");
  });

  test("backup exits with 3 and touches no medium; --accept-loss lets it begin", async () => {
    await scanned(await recording("server"));
    await writeFile(media, "the last good backup");
    const before = await sets();
    const held = await backedUp(await now());
    expect(held).toMatchObject({ exit: 3, ran: [] });
    expect(held.said).toContain("No backup is taken");
    expect(held.said).toContain(why);
    expect(await readFile(media, "utf8")).toBe("the last good backup");
    expect(await sets()).toEqual(before);
    expect((await readdir(folder)).filter((entry) => entry.startsWith("bmr-backup-"))).toEqual([]);
    const accepted = await backedUp(await now(), "--accept-loss");
    expect(accepted.said).not.toContain("No backup is taken");
    expect(accepted.ran.length).toBeGreaterThan(0);
  });
});

test("the whole of a healthy server goes into a backup without a word about losses", async () => {
  await scanned(await recording("server"));
  const { said, ran } = await backedUp(await recording("rebooted"));
  expect(said).not.toContain("accept-loss");
  expect(ran.length).toBeGreaterThan(0);
});

test("a backup without a set before needs none, unless the server is damaged", async () => {
  expect((await backedUp(await recording("server"))).ran.length).toBeGreaterThan(0);
  await rm(set, { recursive: true });
  expect(await backedUp(withErrors(await recording("server")))).toMatchObject({ exit: 3, ran: [] });
});

test("a last set that can't be read is compared with by the one before it; with none of them, the scan is held back", async () => {
  await scanned(await recording("server"));
  await scanned(await recording("server"));
  await writeFile(join(set, "layout.json"), "cut off");
  const older = await scanned(await recording("lun-pulled"));
  expect(older.exit).toBe(3);
  expect(older.said).toContain(`compared with an older set, ${set}.old`);
  expect(older.said).toContain("mpathc has no path");
  await rm(`${set}.old`, { recursive: true });
  const held = await scanned(await recording("server"));
  expect(held.exit).toBe(3);
  expect(held.said).toContain("layout.json");
  expect(await readFile(join(set, "layout.json"), "utf8")).toBe("cut off");
  expect((await scanned(await recording("server"), "--accept-loss")).exit).toBe(0);
  expect((await bmr(await recording("server"), "show", "--set", set)).exit).toBe(0);
});

test("under --json the losses are data", async () => {
  await scanned(await recording("server"));
  const { exit, out, said } = await scanned(await recording("lun-pulled"), "--json");
  expect(exit).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, layout: { machine: { hostname: "labserver" } } });
  const error = JSON.parse(said.trim().split("\n").at(-1) as string);
  expect(error).toMatchObject({
    error: { code: "set-held-back", details: { losses: [{ what: "damage", subject: "lun:35000c500a0000003" }] } },
  });
});

test("the set of a recording is held back as that of a machine is", async () => {
  await scanned(await recording("server"));
  const path = join(folder, "pulled.json");
  await cp(join(FIXTURES, "lun-pulled.json"), path);
  expect((await scanned(await recording("server"), "--evidence", path)).exit).toBe(3);
  await writeFile(path, writeEvidence(await recording("rebooted")));
  expect((await scanned(await recording("server"), "--evidence", path)).exit).toBe(0);
});
