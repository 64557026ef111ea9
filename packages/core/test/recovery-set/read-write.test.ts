import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BmrError } from "../../src/error.js";
import { bytesOf } from "../../src/host/bytes.js";
import { readRecoverySet, type SetFault, writeRecoverySet } from "../../src/recovery-set/index.js";
import { ORIGIN, sampleContents } from "./sample.js";

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "bmr-set-"));
  directory = join(parent, "BMR");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const write = (mark = "a") => writeRecoverySet(directory, sampleContents(mark), ORIGIN);
const at = (name: string) => join(directory, name);

/** What reading says is wrong: `file: message` of each fault. */
async function faults(): Promise<string[]> {
  const before = JSON.stringify(listing(parent));
  const error = await readRecoverySet(directory).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(JSON.stringify(listing(parent))).toBe(before);
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(BmrError);
  const { code, details, message } = error as BmrError;
  expect(code).toBe("set-invalid");
  expect(message).toContain(directory);
  return (details.faults as SetFault[]).map((fault) => `${fault.path.slice(parent.length + 1)}: ${fault.message}`);
}

function listing(path: string): unknown {
  return readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
    const whole = join(entry.parentPath, entry.name);
    return [whole, lstatSync(whole).mtimeMs, lstatSync(whole).size];
  });
}

/** Changes a file, and its sum in the manifest with it, as someone who tampers would. */
function tamper(name: string, change: (text: string) => string): void {
  const text = change(readFileSync(at(name), "utf8"));
  writeFileSync(at(name), text);
  const manifest = JSON.parse(readFileSync(at("manifest.json"), "utf8"));
  for (const file of manifest.files) {
    if (file.name !== name) continue;
    file.bytes = Buffer.byteLength(text);
    file.sha256 = createHash("sha256").update(text).digest("hex");
  }
  writeFileSync(at("manifest.json"), JSON.stringify(manifest));
}

describe("writeRecoverySet", () => {
  it("writes what readRecoverySet gives back, for its owner's eyes alone", async () => {
    const manifest = await write();
    const contents = sampleContents();
    const set = await readRecoverySet(directory);
    expect(set).toMatchObject({ directory, fellBack: false, manifest, layout: contents.layout });
    expect(set.plan).toEqual(JSON.parse(JSON.stringify(contents.plan)));
    expect(Buffer.from(set.files.get("VG-vg0") as Uint8Array)).toEqual(
      Buffer.from(bytesOf("bytes that aren't UTF-8: \udcff\n")),
    );
    expect([...set.files.keys()].sort()).toEqual([
      "BMRcmds",
      "VG-vg0",
      "bmr.cjs",
      "layout.json",
      "plan.json",
      "ptbl-a",
    ]);
    expect(manifest).toMatchObject({ ...ORIGIN, machine: { hostname: "web1" } });
    expect(lstatSync(directory).mode & 0o7777).toBe(0o700);
    for (const name of readdirSync(directory)) expect(lstatSync(at(name)).mode & 0o7777).toBe(0o600);
    expect(readdirSync(parent)).toEqual(["BMR"]);
  });

  it("keeps the two sets before, and no more", async () => {
    for (const mark of ["a", "b", "c", "d"]) await write(mark);
    expect(readdirSync(parent).sort()).toEqual(["BMR", "BMR.old", "BMR.older"]);
    const marks = await Promise.all(
      ["BMR", "BMR.old", "BMR.older"].map(
        async (name) => (await readRecoverySet(join(parent, name))).layout.machine.system,
      ),
    );
    expect(marks).toEqual(["d", "c", "b"]);
  });

  it.each([
    "../passwd",
    "a/b",
    "..",
    ".hidden",
    "-rf",
    "",
    "a\nb",
    "a\0b",
    "plan.json",
    "manifest.json",
    "x".repeat(256),
    "bad-\udcff",
  ])("refuses a file of the name %j and leaves the last set", async (name) => {
    await write();
    const contents = { ...sampleContents("b"), files: [...sampleContents().files, { name, content: "x" }] };
    await expect(writeRecoverySet(directory, contents, ORIGIN)).rejects.toMatchObject({ code: "plan-invalid" });
    expect((await readRecoverySet(directory)).layout.machine.system).toBe("a");
    expect(readdirSync(parent)).toEqual(["BMR"]);
  });

  it("refuses what couldn't be read again", async () => {
    const contents = sampleContents();
    await expect(writeRecoverySet(directory, { ...contents, files: [] }, ORIGIN)).rejects.toMatchObject({
      code: "plan-invalid",
    });
    const other = { ...contents, layout: sampleContents("b").layout };
    await expect(writeRecoverySet(directory, other, ORIGIN)).rejects.toMatchObject({ code: "plan-invalid" });
    const twice = { ...contents.layout, nodes: [...contents.layout.nodes, ...contents.layout.nodes] };
    await expect(writeRecoverySet(directory, { ...contents, layout: twice }, ORIGIN)).rejects.toMatchObject({
      code: "layout-invalid",
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  it("refuses a directory that holds other things, and takes an empty one", async () => {
    await mkdir(directory);
    writeFileSync(at("passwd"), "root");
    await expect(write()).rejects.toMatchObject({
      code: "set-write-failed",
      message: expect.stringContaining("holds other things"),
    });
    expect(readdirSync(parent)).toEqual(["BMR"]);
    expect(readFileSync(at("passwd"), "utf8")).toBe("root");
    rmSync(at("passwd"));
    await write();
    expect(await faults()).toEqual([]);
  });

  it("refuses a link in the place of the directory, and a place that doesn't exist", async () => {
    await mkdir(join(parent, "elsewhere"));
    symlinkSync("elsewhere", directory);
    await expect(write()).rejects.toMatchObject({
      code: "set-write-failed",
      message: expect.stringContaining("real directory"),
    });
    await expect(writeRecoverySet(join(parent, "no/such"), sampleContents(), ORIGIN)).rejects.toMatchObject({
      code: "set-write-failed",
      details: { errno: "ENOENT" },
    });
    await expect(writeRecoverySet("/", sampleContents(), ORIGIN)).rejects.toMatchObject({ code: "usage" });
  });
});

describe("readRecoverySet", () => {
  beforeEach(() => write());

  it("says that there is none", async () => {
    rmSync(directory, { recursive: true });
    expect(await faults()).toEqual(["BMR: there is no recovery set"]);
    writeFileSync(directory, "a file");
    expect(await faults()).toEqual(["BMR: it is no directory"]);
  });

  it("falls back to the set before only where there is no current one", async () => {
    await rename(directory, `${directory}.old`);
    expect(await readRecoverySet(directory)).toMatchObject({ fellBack: true, directory: `${directory}.old` });
    await mkdir(directory);
    expect(await faults()).toEqual(["BMR/manifest.json: it isn't there, so nothing says what belongs to the set"]);
  });

  it.each(["BMRcmds", "VG-vg0", "bmr.cjs", "layout.json", "plan.json", "ptbl-a"])(
    "finds any damage to %s",
    async (name) => {
      const whole = readFileSync(at(name));
      truncateSync(at(name), whole.length - 1);
      expect(await faults()).toEqual([
        `BMR/${name}: it has ${whole.length - 1} bytes, and ${whole.length} were written`,
      ]);
      const flipped = Buffer.from(whole);
      flipped[whole.length >> 1] = (flipped[whole.length >> 1] as number) ^ 1;
      writeFileSync(at(name), flipped);
      expect(await faults()).toEqual([`BMR/${name}: its content isn't what was written: its sha256 is another one`]);
      rmSync(at(name));
      expect(await faults()).toEqual([`BMR/${name}: it is in the manifest and isn't there`]);
      symlinkSync("/etc/passwd", at(name));
      expect(await faults()).toEqual([`BMR/${name}: it is no regular file`]);
    },
  );

  it("finds every truncation of the manifest", async () => {
    const whole = readFileSync(at("manifest.json"));
    for (let length = 0; length < whole.length - 1; length += 7) {
      writeFileSync(at("manifest.json"), whole.subarray(0, length));
      expect((await faults())[0]).toContain("BMR/manifest.json: it is no JSON");
    }
  });

  it("refuses a newer version by one clear error, whatever else doesn't fit", async () => {
    const newer = `it is of version 2, written by bmr 9.1.0, and this bmr knows up to version 1: use a newer one; the set itself holds the one that wrote it, bmr.cjs`;
    const manifest = JSON.parse(readFileSync(at("manifest.json"), "utf8"));
    const made = { ...manifest, version: 2, tool: { name: "bmr", version: "9.1.0" }, files: {}, shape: "new" };
    writeFileSync(at("manifest.json"), JSON.stringify(made));
    expect(await faults()).toEqual([`BMR/manifest.json: ${newer}`]);
    await write();
    tamper("layout.json", (text) => text.replace('"version": 1', '"version": 3'));
    expect(await faults()).toEqual([
      expect.stringMatching(/^BMR\/layout.json: it is of version 3, and this bmr knows/),
    ]);
  });

  it("finds a file too many, a directory, and names that lead elsewhere", async () => {
    writeFileSync(at("extra"), "x");
    expect(await faults()).toEqual(["BMR/extra: it isn't in the manifest, so it doesn't belong to the set"]);
    rmSync(at("extra"));
    await mkdir(at("extra"));
    expect((await faults())[0]).toBe("BMR/extra: it is no regular file");
    rmSync(at("extra"), { recursive: true });
    const text = readFileSync(at("manifest.json"), "utf8");
    writeFileSync(at("manifest.json"), text.replace('"name": "ptbl-a"', '"name": "../passwd"'));
    expect((await faults())[0]).toContain("leads out of the recovery set's directory");
  });

  it("finds a plan that was changed, even with a sum to match", async () => {
    tamper("plan.json", (text) => text.replace("ptbl-a", "ptbl-b"));
    expect(await faults()).toEqual(["BMR/ptbl-b: the plan's steps use it, and it isn't in the set"]);
    tamper("plan.json", (text) => text.replace("ptbl-b", "../../passwd"));
    expect((await faults())[0]).toContain("the plan's steps use it, and it isn't in the set");
    await write();
    tamper("plan.json", (text) => text.replace('"after": []', '"after": ["wipe:gone"]'));
    expect((await faults())[0]).toContain("waits for wipe:gone, which isn't before it");
    await write();
    tamper("plan.json", (text) => text.replaceAll("lun:3600a", "lun:3600b"));
    tamper("layout.json", (text) => text.replaceAll("lun:3600a", "lun:3600b"));
    expect(await faults()).toEqual(["BMR/plan.json: it was made from another layout than layout.json"]);
    await write();
    tamper("plan.json", (text) => text.replace('"hostname": "web1"', '"hostname": "web2"'));
    expect((await faults())[0]).toContain("of different machines");
  });

  it.skipIf(process.getuid?.() === 0)("says that it may not be read (can't be tried as root)", async () => {
    chmodSync(at("plan.json"), 0);
    expect((await faults())[0]).toContain("BMR/plan.json: EACCES");
  });
});
