import { dirname } from "node:path";
import { BmrError } from "../error.js";
import { MANIFEST } from "./manifest.js";
import type { SetFileSystem } from "./set-file-system.js";

/** The directories of a set beside each other: the current one, and those before and on the way. */
export interface Generations {
  readonly current: string;
  /** A new one that is being written. */
  readonly next: string;
  /** The one before the current one: what readers take where a crash has left no current one. */
  readonly old: string;
  readonly older: string;
  /** One that is being removed. */
  readonly dropped: string;
}

/** The directories that belong to a set. */
export function generationsOf(directory: string): Generations {
  const current = directory.replace(/\/+$/, "");
  if (current === "") {
    throw new BmrError("usage", "the recovery set needs a directory of its own, and / is none");
  }
  return {
    current,
    next: `${current}.new`,
    old: `${current}.old`,
    older: `${current}.older`,
    dropped: `${current}.dropped`,
  };
}

/**
 * Puts the next set in the place of the current one and keeps the two before it. A directory can't be renamed over a
 * full one (rename(2)), so there is a moment without a current set: readers take the old one then, and
 * {@link settle} finishes it.
 */
export async function swap(generations: Generations, files: SetFileSystem): Promise<void> {
  const { current, next, old, older, dropped } = generations;
  const parent = dirname(current);
  await files.sync(parent);
  if ((await files.kind(current)) !== "absent") {
    if ((await files.kind(old)) !== "absent") {
      if ((await files.kind(older)) !== "absent") await files.rename(older, dropped);
      await files.rename(old, older);
    }
    await files.rename(current, old);
  }
  await files.rename(next, current);
  await files.sync(parent);
  await removeTree(files, dropped);
}

/**
 * Finishes what a crash may have left: a set that was complete but not yet current becomes it, and remains go.
 *
 * @param isWhole whether a directory holds a set that can be read
 */
export async function settle(
  generations: Generations,
  files: SetFileSystem,
  isWhole: (directory: string) => Promise<boolean>,
): Promise<void> {
  const { current, next, old, dropped } = generations;
  const kind = await files.kind(current);
  if (kind !== "absent" && kind !== "directory") {
    throw new BmrError(
      "set-write-failed",
      `${current} is no directory: a recovery set is a real directory, not a link`,
      {
        details: { path: current },
      },
    );
  }
  if (kind === "directory") await refuseOtherThings(current, files);
  if (kind === "absent") {
    if ((await files.kind(next)) === "directory" && (await isWhole(next))) await files.rename(next, current);
    else if ((await files.kind(old)) === "directory") await files.rename(old, current);
  }
  await removeTree(files, next);
  await removeTree(files, dropped);
}

/** The current directory is going to be renamed, and removed some day: one that holds anything else isn't ours. */
async function refuseOtherThings(current: string, files: SetFileSystem): Promise<void> {
  const names = await files.list(current);
  if (names.length === 0 || names.includes(MANIFEST)) return;
  throw new BmrError(
    "set-write-failed",
    `${current} holds other things and no ${MANIFEST}: a recovery set needs a directory of its own. Nothing was written; name another one, or move this one away`,
    { details: { path: current } },
  );
}

/** Removes a directory with all in it, links not followed; nothing where there is none. */
async function removeTree(files: SetFileSystem, path: string): Promise<void> {
  const kind = await files.kind(path);
  if (kind === "absent") return;
  if (kind !== "directory") return files.removeFile(path);
  for (const name of await files.list(path)) await removeTree(files, `${path}/${name}`);
  await files.removeDirectory(path);
}
