import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BmrError } from "../error.js";
import { bytesOf } from "./bytes.js";

/**
 * Writes a whole file so that a crash leaves the old one or the new one: beside it, fsync, rename, fsync of the
 * directory. A symbolic link at the path is replaced. The directory must be there.
 *
 * @throws BmrError `step-failed` with `details.path` and `details.errno`
 */
export async function writeWholeFile(path: string, content: string, mode: number): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeNew(beside, content, mode);
    await rename(beside, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw writeFailure(path, error);
  }
}

/**
 * Writes an attribute of sysfs (or of /proc) in place, by one write(2): each write is one command to the kernel.
 *
 * @throws BmrError `step-failed` with `details.path` and `details.errno`
 */
export async function writeAttribute(path: string, content: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    // neither created nor truncated: what isn't there is an error, not a new file
    file = await open(path, constants.O_WRONLY);
    const bytes = bytesOf(content);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten !== bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were taken`);
  } catch (error) {
    throw writeFailure(path, error);
  } finally {
    await file?.close();
  }
}

async function writeNew(path: string, content: string, mode: number): Promise<void> {
  // a secret must not be readable by others for a moment either, so the mode comes after
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytesOf(content));
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function writeFailure(path: string, cause: unknown): BmrError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new BmrError("step-failed", `${path} can't be written: ${message}`, {
    details: { path, errno: code ?? null },
    cause,
  });
}
