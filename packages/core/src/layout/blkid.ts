import type { ProbeHost } from "../host/host.js";
import { describeOutcome, succeeded } from "../host/outcome.js";
import { sideBySide } from "../host/side-by-side.js";
import type { Finding } from "./finding.js";
import { hiddenSignatures } from "./hidden-signatures.js";
import type { Signature } from "./inventory.js";
import { signatureOf } from "./signature.js";

/** What blkid said of a device: a signature, `null` for nothing, or why it couldn't say. */
export type BlkidAnswer = { readonly signature: Signature | null } | { readonly finding: Finding };

/**
 * Asks blkid about devices that udev doesn't tell about: one call for all of them, then one for each that it knew
 * nothing about, since blkid keeps silent both about an empty device and about one with two signatures (only `-p`
 * tells them apart, with exit status 8), and for values that the first form can't write without loss.
 *
 * @param named the path that a device was asked by, from any path that blkid may print for it
 * @returns answers by path; a path that isn't in it was not answered.
 */
export async function askBlkid(
  host: ProbeHost,
  paths: readonly string[],
  named: (path: string) => string = (path) => path,
): Promise<Map<string, BlkidAnswer>> {
  const answers = new Map<string, BlkidAnswer>();
  if (paths.length === 0) return answers;
  const printed = await askAll(host, paths);
  const told = printed && new Map([...printed].map(([path, line]) => [named(path), line]));
  const single = paths.filter((path) => !told?.has(path) || told.get(path)?.lossy);
  for (const path of paths) {
    const line = told?.get(path);
    if (line !== undefined) answers.set(path, { signature: line.signature });
  }
  const singly = await sideBySide(single, (path) => askOne(host, path));
  for (const [index, path] of single.entries()) {
    const answer = singly[index];
    if (answer !== undefined) answers.set(path, answer);
    else if (told !== undefined && !told.has(path)) answers.set(path, { signature: null });
  }
  return answers;
}

async function askAll(host: ProbeHost, paths: readonly string[]): Promise<Map<string, BlkidLine> | undefined> {
  let result = await host.run(["blkid", "-c", "/dev/null", ...paths]);
  // A recording may hold the answer for the whole machine only.
  if (result.outcome.is === "not-recorded") result = await host.run(["blkid", "-c", "/dev/null"]);
  // 2: blkid knew none of the devices (blkid(8), "EXIT STATUS").
  if (succeeded(result) || (result.outcome.is === "exited" && result.outcome.code === 2)) {
    return parseBlkid(result.stdout);
  }
  return undefined;
}

/** undefined: this blkid can't be asked like that (before util-linux 2.17), or wasn't recorded. */
async function askOne(host: ProbeHost, path: string): Promise<BlkidAnswer | undefined> {
  const result = await host.run(["blkid", "-p", "-o", "udev", path]);
  if (result.outcome.is === "timed-out" || result.outcome.is === "signalled" || result.outcome.is === "denied") {
    return { finding: unreadable(path, describeOutcome(result)) };
  }
  if (result.outcome.is !== "exited") return undefined;
  const { code } = result.outcome;
  if (code === 0) return { signature: signatureOf(parseProperties(result.stdout)) };
  if (code === 8) return { finding: ambiguous(path) };
  if (code !== 2) return undefined;
  const trouble = result.stderr.trim() || (await readTrouble(host, path));
  if (trouble !== undefined) return { finding: unreadable(path, trouble) };
  const hidden = await hiddenSignatures(host, path);
  if ("trouble" in hidden) return { finding: unreadable(path, hidden.trouble) };
  return hidden.types.length === 0 ? { signature: null } : { finding: ambiguous(path) };
}

/** Why a device can't be read: blkid says of one that gives I/O errors what it says of an empty one. */
async function readTrouble(host: ProbeHost, path: string): Promise<string | undefined> {
  const read = await host.read(path, { bytes: 1 });
  if (read.is === "denied" || read.is === "failed") return read.reason;
  return read.is === "absent" ? "there is no such device node" : undefined;
}

/** One device's line of plain `blkid`. */
export interface BlkidLine {
  readonly signature: Signature | null;
  /** True where a byte was written as `M-x` or `^X`, which can't be told from those letters themselves. */
  readonly lossy: boolean;
}

/** The lines of plain `blkid`: `/dev/sda1: LABEL="boot" UUID="…" TYPE="ext3"`, by path. */
export function parseBlkid(text: string): Map<string, BlkidLine> {
  const lines = new Map<string, BlkidLine>();
  for (const line of text.split("\n")) {
    const match = /^(\/[^ ]*): (.*)$/.exec(line);
    if (match === null) continue;
    const tags: Record<string, string> = {};
    for (const [, tag, value] of (match[2] as string).matchAll(/([A-Z_]+)="((?:[^"\\]|\\.)*)"/g)) {
      tags[tag as string] = (value as string).replace(/\\(["\\])/g, "$1");
    }
    const signature: Signature = {
      type: tags.TYPE ?? null,
      uuid: tags.UUID ?? null,
      label: tags.LABEL ?? null,
      usage: null,
      tableType: tags.PTTYPE ?? null,
      tableUuid: tags.PTUUID ?? null,
    };
    const known = signature.type !== null || signature.tableType !== null;
    lines.set(match[1] as string, {
      signature: known ? signature : null,
      lossy: !known || /M-|\^|\\/.test(tags.LABEL ?? ""),
    });
  }
  return lines;
}

function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) properties[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return properties;
}

/** Two signatures that exclude each other: nobody can say what is in use. */
export function ambiguous(path: string): Finding {
  return {
    code: "inventory/ambiguous-signature",
    severity: "loss",
    message: `${path} has signatures of several things at once, so it can't be told what is on it`,
    remedy: `wipefs -n ${path} shows them; erase the stale one and scan again`,
  };
}

function unreadable(path: string, said: string): Finding {
  return {
    code: "inventory/unreadable",
    severity: "loss",
    message: `blkid can't read ${path}: ${said}`,
    remedy: "see the kernel log for I/O errors, and whether the device still answers",
  };
}
