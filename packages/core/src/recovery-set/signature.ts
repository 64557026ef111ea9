import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BmrError } from "../error.js";
import { bytesOf, textOf } from "../host/bytes.js";
import type { ActionHost, ExecRequest } from "../host/host.js";
import { type CommandResult, describeOutcome, succeeded } from "../host/outcome.js";
import type { RecoverySet } from "./read-set.js";

/** What a signature is for: one that was made for mail or for git doesn't count (ssh-keygen(1), `-n`). */
const NAMESPACE = "bmr";

/** A key that waits for a passphrase has nobody to type it. */
const TIME_LIMIT = 60;

/**
 * A signer of manifests by `ssh-keygen -Y sign` (OpenSSH 8.0 and later), for `SetOrigin.sign`.
 *
 * @param key path of a private key without a passphrase
 */
export function sshSigner(host: Pick<ActionHost, "exec">, key: string): (manifest: Uint8Array) => Promise<Uint8Array> {
  return async (manifest) => {
    const result = await sshKeygen(host, ["-Y", "sign", "-f", key, "-n", NAMESPACE], manifest);
    if (succeeded(result) && result.stdout.startsWith("-----BEGIN SSH SIGNATURE-----")) return bytesOf(result.stdout);
    throw new BmrError(
      "signing-failed",
      `the recovery set can't be signed with ${key}: ssh-keygen -Y sign ${describeOutcome(result)}. The last set stays as it was`,
      { details: { key, stderr: result.stderr } },
    );
  };
}

/**
 * Checks that a set's manifest, and by its sums all of the set, was signed by a trusted key.
 *
 * @param trust path of a public key, or of a file in ssh-keygen's ALLOWED SIGNERS form
 * @throws BmrError `signature-invalid` where the set isn't signed, or not by such a key; `usage` where `trust` can't be
 * read; `tool-missing` without ssh-keygen
 */
export async function checkSignature(
  host: Pick<ActionHost, "exec">,
  set: Pick<RecoverySet, "directory" | "manifestBytes" | "signature">,
  trust: string,
): Promise<void> {
  const allowed = allowedSigners(trust, await readTrust(trust));
  const { directory, manifestBytes, signature } = set;
  if (signature === null) throw refused(directory, trust, "it isn't signed");
  // ssh-keygen reads both from files; these are the very bytes that were read, not what may lie there by now
  const work = await mkdtemp(join(tmpdir(), "bmr-trust-"));
  try {
    const [signers, sig] = [join(work, "signers"), join(work, "manifest.sig")];
    await writeFile(signers, allowed, { mode: 0o600 });
    await writeFile(sig, signature, { mode: 0o600 });
    const when = timeOption(allowed, manifestBytes);
    const common = ["-s", sig, "-f", signers, ...when];
    const found = await sshKeygen(host, ["-Y", "find-principals", ...common], manifestBytes);
    if (!succeeded(found)) throw refused(directory, trust, `no key in it made the signature (${said(found)})`);
    let last = "";
    for (const name of found.stdout.split("\n").filter(Boolean)) {
      const verified = await sshKeygen(host, ["-Y", "verify", "-I", name, "-n", NAMESPACE, ...common], manifestBytes);
      if (succeeded(verified)) return;
      last = said(verified);
    }
    throw refused(directory, trust, `the signature isn't good (${last})`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readTrust(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new BmrError("usage", `--trust ${path} can't be read: ${(cause as Error).message}`, { cause });
  }
  if (text.includes("PRIVATE KEY")) {
    throw new BmrError("usage", `--trust ${path} is a private key: name the public one, or a file of allowed signers`);
  }
  return text.replaceAll("\r\n", "\n");
}

/** A line that begins with a type of key is a public key as it stands in a .pub file; others are allowed signers. */
function allowedSigners(path: string, text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new BmrError("usage", `--trust ${path} holds no key`);
  const isKey = (line: string) => /^(ssh-|ecdsa-|sk-)\S+ /.test(line);
  return lines.map((line) => `${isKey(line) ? `bmr ${line}` : line}\n`).join("");
}

/**
 * Keys with a time of validity are judged by when the set was made: the clock of a rescue system is often off by years.
 * Such keys are known since OpenSSH 8.7, and so is the option.
 */
function timeOption(allowed: string, manifest: Uint8Array): string[] {
  if (!/valid-(after|before)=/.test(allowed)) return [];
  const { time } = JSON.parse(textOf(manifest)) as { readonly time: string };
  return ["-O", `verify-time=${time.replace(/[-T:Z]|\.\d+/g, "")}`];
}

async function sshKeygen(
  host: Pick<ActionHost, "exec">,
  args: readonly string[],
  input: Uint8Array,
): Promise<CommandResult> {
  const request: ExecRequest = {
    argv: ["ssh-keygen", ...args],
    stdin: { text: textOf(input) },
    // a set's time is UTC, and a time without a zone is local; before 9.1 none could be given
    env: { TZ: "UTC" },
    timeLimitSeconds: TIME_LIMIT,
  };
  const result = await host.exec(request);
  if (result.outcome.is === "missing") {
    throw new BmrError("tool-missing", "ssh-keygen is not installed here (Debian: openssh-client)", {
      details: { tool: "ssh-keygen" },
    });
  }
  return result;
}

function said(result: CommandResult): string {
  return (result.stdout.trim() || describeOutcome(result)).split("\n").at(-1) as string;
}

function refused(directory: string, trust: string, why: string): BmrError {
  return new BmrError(
    "signature-invalid",
    `the recovery set ${directory} can't be trusted by ${trust}: ${why}. Nothing was done`,
    { details: { directory, trust } },
  );
}
