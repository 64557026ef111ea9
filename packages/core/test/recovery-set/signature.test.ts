import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { localActionHost } from "../../src/host/local-action.js";
import { checkSignature, readRecoverySet, sshSigner, writeRecoverySet } from "../../src/recovery-set/index.js";
import { ORIGIN, sampleContents } from "./sample.js";

const host = localActionHost();
let work: string;
let directory: string;

/** A pair of keys made by the real ssh-keygen. */
function newKey(name: string, ...options: string[]): string {
  const key = join(work, name);
  const argv = ["-q", "-t", "ed25519", "-N", "", "-C", `${name}@lab`, ...options, "-f", key];
  execFileSync("ssh-keygen", argv, { stdio: "ignore" });
  return key;
}

describe.skipIf(lacks("ssh-keygen"))("a recovery set is signed", () => {
  let key: string;
  let other: string;
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "bmr-signed-"));
    [key, other] = [newKey("site"), newKey("other")];
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  beforeEach(() => {
    directory = join(mkdtempSync(join(work, "set-")), "BMR");
  });

  const write = (mark = "a", by: string | null = key) =>
    writeRecoverySet(directory, sampleContents(mark), by === null ? ORIGIN : { ...ORIGIN, sign: sshSigner(host, by) });
  const check = async (trust: string) => await checkSignature(host, await readRecoverySet(directory), trust);
  const trusting = (name: string, text: string): string => {
    const path = join(work, name);
    writeFileSync(path, text);
    return path;
  };
  const publicKey = (of: string) => readFileSync(`${of}.pub`, "utf8").trim();

  it("and trusted by the public key, and by files of allowed signers", async () => {
    await write();
    expect(readdirSync(directory)).toContain("manifest.json.sig");
    await check(`${key}.pub`);
    await check(trusting("two.pub", `# keys of the site\r\n${publicKey(other)}\r\n${publicKey(key)}\r\n`));
    await check(trusting("allowed", `site@lab,root@* namespaces="bmr" ${publicKey(key)}\n`));
    await check(trusting("mixed", `nobody@lab ${publicKey(other)}\nsite@lab ${publicKey(key)}\n`));
  });

  it("by a key of RSA and of ECDSA too", async () => {
    for (const type of ["rsa", "ecdsa"]) {
      const own = newKey(type, "-t", type);
      await write("a", own);
      await check(`${own}.pub`);
      await expect(check(`${key}.pub`)).rejects.toMatchObject({ code: "signature-invalid" });
    }
  });

  it("a key whose time was up before the set was made isn't trusted, one that has run out since is", async () => {
    await write();
    const signer = (options: string) => trusting("timed", `site@lab ${options} ${publicKey(key)}\n`);
    // the sample is of 2026-11-21
    await check(signer('valid-after="20260101",valid-before="20270101"'));
    await expect(check(signer('valid-before="20260101"'))).rejects.toMatchObject({ code: "signature-invalid" });
    await expect(check(signer('valid-after="20270101"'))).rejects.toMatchObject({ code: "signature-invalid" });
  });

  it("refuses another key, another purpose, a set that isn't signed", async () => {
    await write();
    const refused = { code: "signature-invalid", details: { directory } };
    await expect(check(`${other}.pub`)).rejects.toMatchObject(refused);
    const forGit = trusting("git", `site@lab namespaces="git" ${publicKey(key)}\n`);
    await expect(check(forGit)).rejects.toMatchObject(refused);
    // signed by the right key, for something else
    const manifest = readFileSync(join(directory, "manifest.json"));
    const sig = execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", "file"], { input: manifest });
    writeFileSync(join(directory, "manifest.json.sig"), sig);
    await expect(check(`${key}.pub`)).rejects.toMatchObject(refused);
    rmSync(join(directory, "manifest.json.sig"));
    await expect(check(`${key}.pub`)).rejects.toThrow("it isn't signed");
    await write("b", null);
    await expect(check(`${key}.pub`)).rejects.toThrow("it isn't signed");
  });

  it("refuses any change to the set or to the signature", async () => {
    await write();
    const path = join(directory, "manifest.json");
    const whole = readFileSync(path, "utf8");
    // still a good set by its own sums: who made it is what has changed
    writeFileSync(path, whole.replace("2026-11-21T22:00:00Z", "2026-11-21T22:00:01Z"));
    await expect(check(`${key}.pub`)).rejects.toMatchObject({ code: "signature-invalid" });
    writeFileSync(path, whole);
    await check(`${key}.pub`);
    truncateSync(`${path}.sig`, 100);
    await expect(check(`${key}.pub`)).rejects.toMatchObject({ code: "signature-invalid" });
    writeFileSync(`${path}.sig`, "");
    await expect(check(`${key}.pub`)).rejects.toMatchObject({ code: "signature-invalid" });
    // the sums of all files are in what is signed
    await write();
    writeFileSync(join(directory, "BMRcmds"), "rm -rf /\n");
    await expect(check(`${key}.pub`)).rejects.toMatchObject({ code: "set-invalid" });
  });

  it("a signer that fails leaves the last good set, and nothing beside it", async () => {
    await write("good");
    const before = readFileSync(join(directory, "manifest.json"), "utf8");
    const locked = newKey("locked", "-N", "a passphrase");
    for (const bad of [join(work, "nothing"), trusting("garbage", "no key\n"), locked]) {
      await expect(write("b", bad)).rejects.toMatchObject({ code: "signing-failed", details: { key: bad } });
    }
    const dying = () => Promise.reject(new Error("the token was unplugged"));
    await expect(writeRecoverySet(directory, sampleContents("b"), { ...ORIGIN, sign: dying })).rejects.toThrow(
      "unplugged",
    );
    expect(readFileSync(join(directory, "manifest.json"), "utf8")).toBe(before);
    await check(`${key}.pub`);
    expect(readdirSync(join(directory, ".."))).toEqual(["BMR"]);
  });

  it("says what is wrong with the file that is to be trusted", async () => {
    await write();
    await expect(check(join(work, "no-such"))).rejects.toMatchObject({ code: "usage" });
    await expect(check(key)).rejects.toThrow("is a private key");
    await expect(check(trusting("empty", "# nothing\n\n"))).rejects.toThrow("holds no key");
    await expect(check(trusting("garbage", "what is this\n"))).rejects.toMatchObject({ code: "signature-invalid" });
  });

  it("says that ssh-keygen isn't installed", async () => {
    await write();
    const bare = localActionHost({ searchPath: "/nonexistent" });
    const set = await readRecoverySet(directory);
    await expect(checkSignature(bare, set, `${key}.pub`)).rejects.toMatchObject({ code: "tool-missing" });
    const sign = sshSigner(bare, key);
    await expect(writeRecoverySet(directory, sampleContents(), { ...ORIGIN, sign })).rejects.toMatchObject({
      code: "tool-missing",
    });
  });
});
