import type { ProbeHost } from "../host/host.js";
import { describeOutcome } from "../host/outcome.js";

/** Where blkid saw nothing: the types of what is there all the same, or why that couldn't be told. */
export type HiddenSignatures = { readonly types: readonly string[] } | { readonly trouble: string };

/** Tables, which blkid passes over on purpose where they aren't whole: a backup GPT alone is none. */
const TABLES: readonly string[] = ["gpt", "PMBR", "dos"];

/**
 * Asks wipefs about a device of which `blkid -p` has said nothing (exit status 2). blkid(8) promises exit status 8 for a
 * device with two signatures that exclude each other; that of util-linux 2.41.5 (Debian 13) exits with 2 and is as silent
 * about it as about an empty one. wipefs lists each signature by itself.
 */
export async function hiddenSignatures(host: ProbeHost, path: string): Promise<HiddenSignatures> {
  const result = await host.run(["wipefs", "--parsable", path]);
  // without wipefs there is no util-linux, and so no such blkid
  if (result.outcome.is === "missing" || result.outcome.is === "not-recorded") return { types: [] };
  if (result.outcome.is !== "exited" || result.outcome.code !== 0) {
    return { trouble: result.stderr.trim() || `wipefs ${describeOutcome(result)}` };
  }
  // offset,UUID,label,type: with blanks and commas encoded
  const types = result.stdout
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(line.lastIndexOf(",") + 1));
  return { types: types.filter((type) => !TABLES.includes(type)) };
}
