import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeEvidence } from "@bmr/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { file } from "../../core/test/drift/edit-evidence.js";
import { recording } from "../../core/test/drift/server.js";
import { runProgram } from "../src/program.js";

let folder: string;
let set: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bmr-secrets-"));
  set = join(folder, "BMR");
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** An adapter of a site, as a module: with `leaks`, it puts its password into the plan. */
async function adapterModule(leaks: boolean): Promise<string> {
  const path = join(folder, "vault.mjs");
  const zod = import.meta.resolve("zod");
  await writeFile(
    path,
    `import * as z from "${zod}";
export default {
  name: "vault", title: "Vault",
  optionsSchema: z.object({ server: z.string(), account: z.object({ user: z.string(), password: z.string() }) }),
  capabilities: () => ({}),
  requiredTools: () => [],
  bootstrap: () => ({ title: "", commands: [], remarks: [] }),
  planRestore: ({ options }) => ({
    steps: [{
      id: "restore:vault", title: "Restore", why: "from the vault", phase: "restore", needs: ["phase:mount"], provides: [],
      parallel: { exclusive: [] }, destroys: [], before: [], done: [],
      run: [{ do: "exec", argv: ["vault", options.server, ${leaks ? "options.account.password" : '"--password-file=/etc/vault"'}] }],
    }],
  }),
};
`,
  );
  return path;
}

async function scan(adapter: string | undefined): Promise<{ exit: number; said: string }> {
  const [config, evidence] = [join(folder, "bmr.json"), join(folder, "server.json")];
  const account = { user: "web1", password: "hunter2-of-the-site" };
  const settings = adapter === undefined ? {} : { adapter, adapterOptions: { server: "vault.lab", account } };
  await writeFile(config, JSON.stringify(settings));
  const fstab = [
    "//files/home /home/ann cifs username=ann,password=hunter2-of-ann,vers=3.0 0 0",
    "//files/old /home/old cifs user=ann%hunter2-of-old,nofail 0 0",
    "mon1:6789:/ /ceph ceph name=web,secret=hunter2-of-ceph,noatime 0 0",
    "curlftpfs#ann:hunter2-of-ftp@ftp.lab /ftp fuse rw,noauto 0 0",
  ];
  const told = file("/etc/fstab", (text) => `${text}${fstab.join("\n")}\n`)(recording("server"));
  await writeFile(evidence, writeEvidence(told));
  let said = "";
  const say = (line = "") => {
    said += `${line}\n`;
  };
  const io = { out: () => {}, say, ask: async () => undefined, unicode: false };
  const argv = ["--config", config, "scan", "--evidence", evidence, "--out", set];
  return { exit: await runProgram(argv, () => io), said };
}

test("no password of the settings, and none that stands in fstab, gets into a set, which is its owner's alone", async () => {
  const { exit, said } = await scan(await adapterModule(false));
  expect({ exit, said: said.includes("hunter2") }).toEqual({ exit: 0, said: false });
  const names = await readdir(set);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    expect({ name, secret: (await readFile(join(set, name), "utf8")).includes("hunter2") }).toEqual({
      name,
      secret: false,
    });
    expect((await stat(join(set, name))).mode & 0o7777).toBe(0o600);
  }
  expect((await stat(set)).mode & 0o7777).toBe(0o700);
  const layout = await readFile(join(set, "layout.json"), "utf8");
  expect(layout).toContain("username=ann");
  expect(layout).toContain("password=…");
});

test("an adapter that puts its password into the plan is refused, by the option's name", async () => {
  const { exit, said } = await scan(await adapterModule(true));
  expect(exit).toBe(1);
  expect(said).toContain("account.password");
  expect(said).not.toContain("hunter2");
  expect(await readdir(folder)).not.toContain("BMR");
});
