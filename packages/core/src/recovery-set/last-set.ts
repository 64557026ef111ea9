import { type RecoverySet, readSetAt, type SetFault } from "./read-set.js";
import { localSetFileSystem, type SetFileSystem } from "./set-file-system.js";
import { generationsOf } from "./swap.js";

/** What is known of the server from before: the newest set that can be read. */
export type LastSet =
  | { readonly is: "read"; readonly set: Omit<RecoverySet, "fellBack">; readonly faults: readonly SetFault[] }
  /** There never was one. */
  | { readonly is: "none" }
  /** There is one, and none of those that are kept can be read. */
  | { readonly is: "unreadable"; readonly faults: readonly SetFault[] };

/**
 * Reads the newest recovery set of a directory that can be read, for a comparison with what is there now: unlike a
 * restore, that may do with an older one. `faults`: what is wrong with the newer ones. Writes nothing.
 */
export async function readLastSet(directory: string, files: SetFileSystem = localSetFileSystem): Promise<LastSet> {
  const { current, old, older } = generationsOf(directory);
  const faults: SetFault[] = [];
  for (const at of [current, old, older]) {
    const result = await readIfThere(at, files);
    if (result?.is === "read") return { is: "read", set: result.set, faults };
    faults.push(...(result?.faults ?? []));
  }
  return faults.length === 0 ? { is: "none" } : { is: "unreadable", faults };
}

type Reading = Awaited<ReturnType<typeof readSetAt>>;

async function readIfThere(directory: string, files: SetFileSystem): Promise<Reading | undefined> {
  try {
    const kind = await files.kind(directory);
    if (kind === "absent" || (kind === "directory" && (await files.list(directory)).length === 0)) return undefined;
  } catch (error) {
    return { is: "invalid", faults: [{ path: directory, message: (error as Error).message }] };
  }
  return await readSetAt(directory, files);
}
