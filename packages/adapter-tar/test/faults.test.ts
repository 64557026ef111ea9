import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { appendFile, chmod, copyFile, readFile, truncate, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../../../scripts/test-tools.js";
import { backup, contextOf, IS_ROOT, type Lab, layoutOf, newLab, removeLab, restore, taskOf } from "./helpers/lab.js";
import { plainTree, put, run } from "./helpers/tree.js";
import { walk } from "./helpers/walk.js";

const EIO_BIN = resolve(fileURLToPath(import.meta.url), "../fixtures/bin-eio");
const MARK = 10_240;
const RECORD = 262_144;

let lab: Lab;
beforeEach(async () => {
  lab = await newLab();
  await put(lab.server, "etc/BMR/manifest.json", "{}\n");
  await put(lab.server, "etc/passwd", "root:x:0:0::/root:/bin/sh\n");
});
afterEach(() => removeLab(lab));

const fileOf = (name = "web1.tar") => join(lab.place, name);
const contextTo = (options: object = {}) => contextOf(lab, { to: fileOf(), ...options });
const isEmpty = () => readdirSync(lab.target).length === 0;

describe("a backup that isn't whole", () => {
  async function cut(bytesLeft: (size: number) => number, options: object = {}) {
    const context = contextTo(options);
    expect((await backup(context)).verdict).toBe("ok");
    await truncate(fileOf(), bytesLeft(statSync(fileOf()).size));
    return context;
  }

  it.each([
    ["without its mark", (size: number) => size - MARK],
    ["without the last byte", (size: number) => size - 1],
    ["cut at the end of the files", () => 2 * RECORD],
    ["cut inside the files", () => RECORD + 5120],
    ["cut inside a block", () => RECORD + 700],
    ["cut inside the head", () => 1000],
    ["empty", () => 0],
  ])("is not restored: %s", async (_, bytesLeft) => {
    const context = await cut(bytesLeft);
    const restored = await restore(lab, context);
    expect(restored.refused).toBe("restore:tar-look: failed");
    expect(
      restored.ran.at(-1)?.judgement.reasons.some((reason) => reason.remedy?.includes("--accept-incomplete")),
    ).toBe(true);
    expect(isEmpty()).toBe(true);
  });

  it("is not restored when it is another host's, or no backup at all", async () => {
    const context = contextTo();
    const other = { ...layoutOf(), machine: { ...layoutOf().machine, hostname: "web2" } };
    expect((await backup(contextOf(lab, { to: fileOf() }, other))).verdict).toBe("ok");
    expect((await restore(lab, context)).refused).toBe("restore:tar-look: failed");
    await writeFile(fileOf(), Buffer.alloc(100_000, "no tar"));
    expect((await restore(lab, context)).refused).toBe("restore:tar-look: failed");
    expect((await restore(lab, context, { backup: fileOf("gone") })).refused).toBe("restore:tar-look: failed");
    expect(isEmpty()).toBe(true);
  });

  it.skipIf(lacks("zstd"))("is not taken for complete when only its end is there", async () => {
    const context = contextTo({ compress: ["zstd"] });
    expect((await backup(context)).verdict).toBe("ok");
    const whole = await readFile(fileOf());
    await writeFile(fileOf(), Buffer.concat([whole.subarray(0, whole.length - MARK - 200), whole.subarray(-MARK)]));
    expect((await restore(lab, context)).refused).toBe("restore:tar-files: failed");
  });

  it.for([[], ["gzip"], ["zstd"]] as const)(
    "gives what it holds once that is accepted (%j)",
    async (compress, { skip }) => {
      skip(compress[0] !== undefined && lacks(compress[0]), `needs ${compress[0]}`);
      await writeFile(
        join(lab.server, "zz-last"),
        Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919) % 251)),
      );
      const options = compress.length === 0 ? {} : { compress };
      const context = await cut(
        (size) => (compress.length === 0 ? size - 3 * RECORD : Math.floor(size * 0.8)),
        options,
      );
      const restored = await restore(lab, context, { "accept-incomplete": "yes" });
      expect(restored.ran.map(({ task }) => task.id)).toEqual(["restore:tar-incomplete"]);
      expect(restored.refused).toBeNull();
      expect(restored.ran[0]?.judgement.verdict).toBe("warnings");
      expect(readFileSync(join(lab.target, "etc/passwd"), "utf8")).toContain("root");
      expect(existsSync(join(lab.target, ".bmr-backup"))).toBe(false);
    },
  );

  it("gives everything when it is complete and incompleteness was accepted all the same", async () => {
    await plainTree(lab.server);
    const context = await cut((size) => size, { compress: ["gzip"] });
    expect((await restore(lab, context, { "accept-incomplete": "yes" })).refused).toBeNull();
    expect(existsSync(join(lab.target, "zz-same-as-passwd"))).toBe(true);
  });

  it("still gives its recovery set from the head alone", async () => {
    const context = await cut(() => RECORD);
    const listed = spawnSync("tar", ["-x", "-O", "-f", fileOf(), `.${context.setDirectory}/manifest.json`]);
    expect(listed.stdout.toString()).toBe("{}\n");
  });
});

describe("a file that can't be read", () => {
  const unreadable = async () => {
    await put(lab.server, "bad-sector", "data that the disk lost\n");
    if (!IS_ROOT) await chmod(join(lab.server, "bad-sector"), 0);
  };
  const how = IS_ROOT ? { path: [EIO_BIN] } : {};
  const said = IS_ROOT
    ? "/usr/bin/tar: ./bad-sector: Warning: Read error at byte 0, while reading 24 bytes: Input/output error"
    : "tar: ./bad-sector: Warning: Cannot open: Permission denied";

  it.skipIf(IS_ROOT && lacks("strace"))(
    "fails the backup, and the last one stays (as root it needs strace)",
    async () => {
      const context = contextTo();
      expect((await backup(context)).verdict).toBe("ok");
      const last = readFileSync(fileOf());
      await unreadable();
      const made = await backup(context, how);
      expect(made.verdict).toBe("failed");
      expect(made.tasks.at(-1)?.task.id).toBe("backup:tar-files");
      expect(taskOf(made, "tar-files").judgement.reasons).toContainEqual(
        expect.objectContaining({ verdict: "failed", lines: [said], count: 1 }),
      );
      expect(taskOf(made, "tar-files").messages).toContainEqual(
        expect.objectContaining({ severity: "warning", path: "/bad-sector" }),
      );
      expect(readFileSync(fileOf()).equals(last)).toBe(true);
      expect((await restore(lab, context, { backup: `${fileOf()}.part` })).refused).toBe("restore:tar-look: failed");
    },
  );

  it.skipIf(IS_ROOT && lacks("strace"))(
    "is a warning where the site says so, and named (as root it needs strace)",
    async () => {
      await unreadable();
      const context = contextTo({ unreadable: "warn" });
      const made = await backup(context, how);
      expect(made.verdict).toBe("warnings");
      expect(taskOf(made, "tar-files").judgement.reasons).toEqual([
        expect.objectContaining({ verdict: "warnings", lines: [said] }),
      ]);
      expect(readdirSync(lab.place)).toEqual(["web1.tar"]);
      expect((await restore(lab, context)).refused).toBeNull();
    },
  );
});

describe("files that change during the backup", () => {
  it("are a warning that names them, and the backup is complete", async () => {
    await writeFile(join(lab.server, "growing"), Buffer.alloc(48 * 1_048_576, "x"));
    let growing = true;
    const grow = (async () => {
      while (growing) await appendFile(join(lab.server, "growing"), "more\n");
    })();
    const made = await backup(contextTo({ compress: ["gzip", "-1"] }));
    growing = false;
    await grow;
    expect(made.verdict).toBe("warnings");
    const messages = taskOf(made, "tar-files").messages.filter((message) => message.severity !== "note");
    expect(messages).toEqual([expect.objectContaining({ severity: "warning", path: "/growing" })]);
    expect((await restore(lab, contextTo({ compress: ["gzip"] }))).refused).toBeNull();
  });
});

describe("a backup that breaks off", () => {
  it.skipIf(lacks("xz"))("leaves the last one, and the next run makes a new one", async () => {
    await writeFile(join(lab.server, "large"), Buffer.alloc(64 * 1_048_576, "x"));
    const context = contextTo({ compress: ["xz", "-9"] });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 400);
    const made = await backup(context, { signal: abort.signal });
    expect(made.verdict).toBe("failed");
    expect(readdirSync(lab.place)).not.toContain("web1.tar");
    const again = contextTo({ compress: ["gzip", "-1"] });
    expect((await backup(again)).verdict).toBe("ok");
    expect(readdirSync(lab.place)).toEqual(["web1.tar"]);
    expect((await restore(lab, again)).refused).toBeNull();
  });

  it("is to be tried again when the other host can't be reached", async () => {
    const made = await backup(contextOf(lab, { to: `ssh://refused@vault${fileOf()}` }));
    expect(made.tasks.map(({ task }) => task.id)).toEqual(["backup:tar-prepare"]);
    expect(made.verdict).toBe("retryable");
  });

  it("fails when there is no recovery set, no directory to write to, or no compressor", async () => {
    const nowhere = await backup(contextOf(lab, { to: join(lab.place, "no/such/web1.tar") }));
    expect(nowhere.tasks.at(-1)?.task.id).toBe("backup:tar-prepare");
    expect(nowhere.verdict).toBe("failed");
    const context = { ...contextTo(), setDirectory: "/etc/other" };
    const without = await backup(context);
    expect(without.tasks.at(-1)?.task.id).toBe("backup:tar-recovery-set");
    expect(without.verdict).toBe("failed");
    expect(readdirSync(lab.place)).toEqual(["web1.tar.part"]);
  });

  it("never takes a stale part for its own", async () => {
    await writeFile(`${fileOf()}.part`, Buffer.alloc(5_000_000, "stale"));
    const context = contextTo();
    expect((await backup(context)).verdict).toBe("ok");
    expect(readFileSync(fileOf()).includes("stale")).toBe(false);
    expect((await restore(lab, context)).refused).toBeNull();
  });

  it("holds neither itself, nor the last one, nor its own working files", async () => {
    const inside = join(lab.server, "var/backup");
    await put(lab.server, "var/backup/other", "kept");
    const context = {
      ...contextOf(lab, { to: join(inside, "web1.tar") }),
      workDirectory: join(lab.server, "var/work"),
    };
    await put(lab.server, "var/work/x", "left out");
    expect((await backup(context)).verdict).toBe("ok");
    expect((await backup(context)).verdict).toBe("ok");
    await copyFile(join(inside, "web1.tar"), fileOf());
    expect((await restore(lab, contextTo())).refused).toBeNull();
    expect([...walk(join(lab.target, "var")).keys()]).toEqual(["/", "/backup", "/backup/other"]);
  });
});

describe.skipIf(!IS_ROOT)("filesystems (needs root, for mounts)", () => {
  const mounted: string[] = [];
  const mountAt = (path: string, ...options: string[]) => {
    run("mkdir", "-p", join(lab.server, path));
    run("mount", "-t", "tmpfs", ...options, "none", join(lab.server, path));
    mounted.push(join(lab.server, path));
  };
  afterEach(() => {
    for (const path of mounted.splice(0).reverse()) run("umount", path);
  });

  it("of the layout are all saved, pseudo ones and bind mounts are kept as empty directories", async () => {
    mountAt("srv", "-o", "mode=0750,uid=7");
    mountAt("srv/data");
    mountAt("proc");
    await put(lab.server, "srv/file", "on the second filesystem");
    await put(lab.server, "srv/data/file", "on the third");
    await put(lab.server, "proc/1/status", "made by the kernel");
    run("mkdir", "-p", join(lab.server, "bound"));
    run("mount", "--bind", join(lab.server, "etc"), join(lab.server, "bound"));
    mounted.push(join(lab.server, "bound"));
    const layout = layoutOf([
      { at: "/bound", source: { is: "bind", path: "/etc" } },
      { at: "/proc", type: "proc", source: { is: "pseudo" } },
      { at: "/srv" },
      { at: "/srv/data" },
    ]);
    const context = contextOf(lab, { to: fileOf() }, layout);
    const made = await backup(context);
    expect(made.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    expect((await restore(lab, context)).refused).toBeNull();
    const tree = walk(lab.target);
    expect([...tree.keys()].filter((name) => !name.startsWith("/etc"))).toEqual([
      "/",
      "/bound",
      "/proc",
      "/srv",
      "/srv/data",
      "/srv/data/file",
      "/srv/file",
    ]);
    expect(tree.get("/srv")).toMatchObject({ mode: "750", owner: "7:0" });
  });

  it("that the layout doesn't have are left out with a warning that names them", async () => {
    mountAt("surprise: a\\new\none");
    await put(lab.server, "surprise: a\\new\none/file", "x");
    const made = await backup(contextTo());
    expect(made.verdict).toBe("warnings");
    expect(taskOf(made, "tar-files").messages).toContainEqual(
      expect.objectContaining({ severity: "note", path: "/surprise: a\\new\none/" }),
    );
  });

  it("with hostile names are known again in what tar says", async () => {
    const names = ["st*r", "with: colon", "a\\nb", "grün", "new\nline", "[x]", "-v", "a b"];
    for (const name of names) mountAt(name);
    const layout = layoutOf(names.map((name) => ({ at: `/${name}`, type: "tmpfs", source: { is: "pseudo" } })));
    const made = await backup(contextOf(lab, { to: fileOf() }, layout));
    expect(made.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    const saved = await backup(contextOf(lab, { to: fileOf() }, layoutOf(names.map((name) => ({ at: `/${name}` })))));
    expect(saved.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    expect((await restore(lab, contextTo())).refused).toBeNull();
    expect(readdirSync(lab.target).sort()).toEqual([...names, "etc"].sort());
  });

  it("that are full end the backup, or the restore, with a remedy", async () => {
    run("mount", "-t", "tmpfs", "-o", "size=1m", "none", lab.place);
    mounted.push(lab.place);
    await writeFile(join(lab.server, "large"), Buffer.alloc(4_000_000, "x"));
    const made = await backup(contextTo());
    expect(made.verdict).toBe("failed");
    expect(taskOf(made, "tar-files").judgement.reasons.some((reason) => reason.remedy?.startsWith("make room"))).toBe(
      true,
    );
    const other = contextOf(lab, { to: join(lab.directory, "web1.tar") });
    expect((await backup(other)).verdict).toBe("ok");
    run("mount", "-t", "tmpfs", "-o", "size=1m", "none", lab.target);
    mounted.push(lab.target);
    const restored = await restore(lab, other);
    expect(restored.refused).toBe("restore:tar-files: failed");
    expect((await restore(lab, other, { "accept-incomplete": "yes" })).refused).toBe("restore:tar-incomplete: failed");
  });
});
