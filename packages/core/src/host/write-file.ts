import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { BmrError } from "../error.js";
import { bytesOf } from "./bytes.js";
import { cleanEnvironment } from "./environment.js";

/** What a new file's attributes are: these mode bits, or all that another file has. */
export type Attributes = { readonly mode: number } | { readonly like: string };

/**
 * Writes a whole file so that a crash leaves the old one or the new one: beside it, fsync, rename, fsync of the
 * directory. A symbolic link at the path is replaced. The directory must be there.
 *
 * @throws BmrError `step-failed` with `details.path` and `details.errno`
 */
export async function writeWholeFile(path: string, content: string, attributes: Attributes): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeNew(beside, content, attributes);
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

async function writeNew(path: string, content: string, attributes: Attributes): Promise<void> {
  // a secret must not be readable by others for a moment either, so the mode comes after
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytesOf(content));
    if ("like" in attributes) await copyAttributes(attributes.like, path);
    else await file.chmod(attributes.mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Owner, mode and ACL, and extended attributes with SELinux's label among them, which Node knows nothing of. Not the
 * times: the content is new. The program is GNU cp; busybox has no such options and fails.
 */
async function copyAttributes(from: string, to: string): Promise<void> {
  const what = "--preserve=mode,ownership,xattr";
  await promisify(execFile)("cp", ["--attributes-only", what, "--", from, to], { env: cleanEnvironment() });
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
  const { code, message } = cause as { readonly code?: unknown; readonly message: string };
  // of a command that failed it is the exit status
  return new BmrError("step-failed", `${path} can't be written: ${message.trim()}`, {
    details: { path, errno: typeof code === "string" ? code : null },
    cause,
  });
}
