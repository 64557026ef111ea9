import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localActionHost, runTask } from "@bmr/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../../../scripts/test-tools.js";
import { tarAdapter } from "../src/index.js";
import { backup, binder, contextOf, type Lab, newLab, removeLab, restore } from "./helpers/lab.js";
import { plainTree } from "./helpers/tree.js";
import { walk } from "./helpers/walk.js";

const SSHD = "/usr/sbin/sshd";

/** A server of OpenSSH on this machine, and an ssh in PATH that knows its keys. */
let server: { readonly directory: string; readonly port: number; readonly process: ChildProcess };

async function startServer(): Promise<typeof server> {
  const directory = mkdtempSync(join(tmpdir(), "bmr-sshd-"));
  const at = (name: string) => join(directory, name);
  for (const key of ["host", "user"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(key)]);
  const port = await freePort();
  writeFileSync(at("authorized"), readFileSync(at("user.pub")));
  writeFileSync(at("known"), `[127.0.0.1]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${at("host")}`,
    `AuthorizedKeysFile ${at("authorized")}`,
  ];
  writeFileSync(at("sshd_config"), [...lines, "StrictModes no", "UsePAM no", `PidFile ${at("pid")}`, ""].join("\n"));
  writeFileSync(
    at("config"),
    [`IdentityFile ${at("user")}`, "IdentitiesOnly yes", `UserKnownHostsFile ${at("known")}`, ""].join("\n"),
  );
  mkdirSync(at("bin"));
  writeFileSync(at("bin/ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F "${at("config")}" "$@"\n`, { mode: 0o755 });
  // where sshd separates its privileges; systemd makes it otherwise
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const child = spawn(SSHD, ["-D", "-e", "-f", at("sshd_config")], { stdio: "ignore" });
  for (let tries = 0; tries < 50 && !existsSync(at("pid")); tries += 1) await sleep(100);
  return { directory, port, process: child };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe.skipIf(lacks("ssh", "sshd"))("through a real sshd (needs openssh-server)", () => {
  let lab: Lab;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => {
    server?.process.kill();
    if (server !== undefined) rmSync(server.directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    lab = await newLab();
    await plainTree(lab.server);
  });
  afterEach(() => removeLab(lab));

  const to = (name: string) => `ssh://${userInfo().username}@127.0.0.1:${server.port}${lab.place}/${name}`;
  const how = () => ({ path: [join(server.directory, "bin")] });

  it("a backup and its restore keep everything", async () => {
    const context = contextOf(lab, { to: to("web1,x=1@%+^.tar.gz"), compress: ["gzip"] });
    const made = await backup(context, how());
    expect(made.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    expect(readdirSync(lab.place)).toEqual(["web1,x=1@%+^.tar.gz"]);
    expect(statSync(join(lab.place, "web1,x=1@%+^.tar.gz")).mode & 0o777).toBe(0o600);
    expect((await restore(lab, context, {}, how())).refused).toBeNull();
    const expected = walk(lab.server);
    for (const name of expected.keys()) if (name.startsWith("/tmp/")) expected.delete(name);
    expect(walk(lab.target)).toEqual(expected);
  });

  it("a backup that is cut off there is refused before anything is written here", async () => {
    const context = contextOf(lab, { to: to("web1.tar") });
    expect((await backup(context, how())).verdict).toBe("ok");
    const [look] = tarAdapter.preflight?.(context) ?? [];
    const surroundings = {
      host: localActionHost({ searchPath: `${how().path[0]}:/usr/bin:/bin` }),
      adapter: tarAdapter,
      bind: binder(lab, { backup: join(lab.place, "web1.tar") }),
    };
    expect((await runTask(look as NonNullable<typeof look>, surroundings)).judgement.verdict).toBe("ok");
    truncateSync(join(lab.place, "web1.tar"), 500_000);
    expect((await runTask(look as NonNullable<typeof look>, surroundings)).judgement.verdict).toBe("failed");
    expect((await restore(lab, context, {}, how())).refused).toBe("restore:tar-look: failed");
    expect(readdirSync(lab.target)).toEqual([]);
  });

  it("a host that asks a question is the operator's business, at once", async () => {
    const context = contextOf(lab, { to: to("web1.tar") });
    const bin = join(server.directory, "stranger");
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, "ssh"),
      '#!/bin/sh\nexec /usr/bin/ssh -F /dev/null -o UserKnownHostsFile=/dev/null "$@"\n',
      { mode: 0o755 },
    );
    const made = await backup(context, { path: [bin] });
    expect(made.verdict).toBe("needs-operator");
    expect(made.tasks[0]?.judgement.reasons.some((reason) => reason.remedy?.includes("without a question"))).toBe(true);
  });
});
