import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  localSetFileSystem,
  readRecoverySet,
  type SetFileSystem,
  writeRecoverySet,
} from "../../src/recovery-set/index.js";
import { ORIGIN, sampleContents } from "./sample.js";

const FIXTURE = resolve(fileURLToPath(import.meta.url), "../../fixtures/recovery-set/write-and-die.ts");

let work: string;
let script: string;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "bmr-crash-"));
  // one file that plain node starts at once: it is killed some hundred times
  await build({
    config: false,
    entry: [FIXTURE],
    outDir: join(work, "bin"),
    format: "esm",
    platform: "node",
    noExternal: [/.*/],
    outExtension: () => ({ js: ".mjs" }),
    silent: true,
  });
  script = join(work, "bin/write-and-die.mjs");
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The set that is current: what its mark is, and whether it is the one before. */
async function current(directory: string): Promise<string> {
  const { layout, fellBack } = await readRecoverySet(directory);
  return `${layout.machine.system}${fellBack ? " (fell back)" : ""}`;
}

interface Start {
  readonly name: string;
  /** The sets that are there before the run: none, one, or as many as are kept. */
  readonly marks: readonly string[];
  readonly torn: "" | "torn";
}

/** Each case kills some twenty to thirty processes; all of them only in a long run. */
const STARTS: readonly Start[] = [{ name: "one set, with torn files", marks: ["a"], torn: "torn" }];
const MORE_STARTS: readonly Start[] = [
  { name: "no set", marks: [], torn: "" },
  { name: "no set, with torn files", marks: [], torn: "torn" },
  { name: "one set", marks: ["a"], torn: "" },
  { name: "three sets", marks: ["a", "b", "c"], torn: "" },
  { name: "three sets, with torn files", marks: ["a", "b", "c"], torn: "torn" },
];

describe("a run that is killed before any of its calls", () => {
  it.each([...STARTS, ...(process.env.BMR_TEST_LONG ? MORE_STARTS : [])])(
    "over $name leaves one that can be read, and the next run makes it good",
    async ({ marks, torn }) => {
      const start = mkdtempSync(join(work, "start-"));
      for (const mark of marks) await writeRecoverySet(join(start, "BMR"), sampleContents(mark), ORIGIN);
      const last = marks.at(-1);
      const seen = new Set<string>();
      let killed = 0;
      for (let nth = 0; ; nth += 1) {
        const parent = mkdtempSync(join(work, "run-"));
        cpSync(start, parent, { recursive: true });
        const directory = join(parent, "BMR");
        const run = spawnSync(process.execPath, [script, directory, "new", String(nth), torn], { encoding: "utf8" });
        if (run.signal === null) {
          expect(run.stderr).toBe("");
          expect(run.status).toBe(0);
          break;
        }
        expect(run.signal).toBe("SIGKILL");
        killed += 1;
        const found = await current(directory).catch((error: { code: string }) => error.code);
        seen.add(found);
        if (last === undefined) expect(["set-invalid", "new"]).toContain(found);
        else expect([last, `${last} (fell back)`, "new"]).toContain(found);
        await writeRecoverySet(directory, sampleContents("next"), ORIGIN);
        expect(await current(directory)).toBe("next");
        expect(readdirSync(parent).filter((entry) => !/^BMR(\.old|\.older)?$/.test(entry))).toEqual([]);
        if (last !== undefined) expect([last, "new"]).toContain(await current(`${directory}.old`));
        rmSync(parent, { recursive: true });
      }
      // every file, the directories, and the renames: fewer would mean that the run wasn't interrupted everywhere
      expect(killed).toBeGreaterThanOrEqual(2 * 7 + 5);
      expect(seen).toContain("new");
      if (last !== undefined) expect(seen).toContain(`${last} (fell back)`);
    },
  );
});

describe("a disk that fails at any call", () => {
  it("leaves the last set, and says where it failed", async () => {
    for (let nth = 0; ; nth += 1) {
      const parent = mkdtempSync(join(work, "fail-"));
      const directory = join(parent, "BMR");
      await writeRecoverySet(directory, sampleContents("a"), ORIGIN);
      const error = await writeRecoverySet(directory, sampleContents("new"), ORIGIN, failingAt(nth)).catch(
        (thrown) => thrown,
      );
      if (error.code !== "set-write-failed") break;
      expect(error.details).toMatchObject({ errno: "ENOSPC" });
      expect(["a", "a (fell back)", "new"]).toContain(await current(directory));
      await writeRecoverySet(directory, sampleContents("next"), ORIGIN);
      expect(await current(directory)).toBe("next");
      rmSync(parent, { recursive: true });
      expect(nth).toBeLessThan(100);
    }
  });
});

it("no set becomes current before all of it is on the disk", async () => {
  const directory = join(mkdtempSync(join(work, "order-")), "BMR");
  const log: string[] = [];
  const logging: SetFileSystem = {
    ...localSetFileSystem,
    create: async (path, ...rest) => {
      log.push(`create ${path}`);
      await localSetFileSystem.create(path, ...rest);
    },
    sync: async (path) => {
      log.push(`sync ${path}`);
      await localSetFileSystem.sync(path);
    },
    rename: async (from, to) => {
      log.push(`rename ${from} ${to}`);
      await localSetFileSystem.rename(from, to);
    },
  };
  await writeRecoverySet(directory, sampleContents(), ORIGIN, logging);
  const renamed = log.indexOf(`rename ${directory}.new ${directory}`);
  const created = log.filter((line) => line.startsWith("create ")).map((line) => line.slice("create ".length));
  expect(created).toHaveLength(7);
  for (const path of [...created, `${directory}.new`]) {
    expect(log.indexOf(`sync ${path}`)).toBeGreaterThan(log.indexOf(`create ${path}`));
    expect(log.indexOf(`sync ${path}`)).toBeLessThan(renamed);
  }
  expect(log.slice(renamed + 1)).toEqual([`sync ${join(directory, "..")}`]);
});

function failingAt(nth: number): SetFileSystem {
  let calls = 0;
  const failing =
    <Rest extends unknown[], Result>(call: (...rest: Rest) => Promise<Result>) =>
    async (...rest: Rest): Promise<Result> => {
      if (calls++ === nth)
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", path: rest[0] });
      return call(...rest);
    };
  const local = localSetFileSystem;
  return {
    kind: failing(local.kind),
    list: failing(local.list),
    read: failing(local.read),
    makeDirectory: failing(local.makeDirectory),
    create: failing(local.create),
    sync: failing(local.sync),
    rename: failing(local.rename),
    removeFile: failing(local.removeFile),
    removeDirectory: failing(local.removeDirectory),
  };
}
