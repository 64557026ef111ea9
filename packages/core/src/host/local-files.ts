import { type BigIntStats, closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { type FileHandle, open, readdir, readlink } from "node:fs/promises";
import { bytesOf, isCleanText, textOf } from "./bytes.js";
import type { LinkResult, ListResult, ReadOptions, ReadResult } from "./host.js";

/** More than this isn't read whole: no file that describes storage is as large (an initrd or /proc/kcore is). */
const MOST_BYTES = 256 * 1024 * 1024;
/** A FIFO without a writer would block for ever. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK;

type Failure =
  | { readonly is: "absent" }
  | { readonly is: "denied"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string };

/**
 * Reads a file of this machine. `/sys` and `/proc` are the kernel's memory: a synchronous read of them takes some
 * µs, where one by the thread pool takes ten times that, and a scan reads a hundred thousand of them.
 */
export async function readLocal(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  try {
    const content = isKernelMemory(path) ? readKernelFile(path, options.bytes) : await readFilePart(path, options);
    return typeof content === "string" ? { is: "failed", reason: content } : { is: "file", content: textOf(content) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return { is: "directory" };
    return failureOf(error);
  }
}

/** The names in a directory of this machine. */
export async function listLocal(path: string): Promise<ListResult> {
  try {
    const names = isKernelMemory(path)
      ? readdirSync(raw(path), { encoding: "buffer" })
      : await readdir(raw(path), { encoding: "buffer" });
    return { is: "directory", names: names.map(textOf).sort() };
  } catch (error) {
    // ENOTDIR is said of a file, and of a path that leads through one
    if ((error as NodeJS.ErrnoException).code !== "ENOTDIR") return failureOf(error);
    return (await exists(path)) ? { is: "not-a-directory" } : { is: "absent" };
  }
}

/** Where a link of this machine points. */
export async function readlinkLocal(path: string): Promise<LinkResult> {
  try {
    const target = isKernelMemory(path)
      ? readlinkSync(raw(path), { encoding: "buffer" })
      : await readlink(raw(path), { encoding: "buffer" });
    return { is: "link", target: textOf(target) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EINVAL") return { is: "not-a-link" };
    return failureOf(error);
  }
}

function isKernelMemory(path: string): boolean {
  return path.startsWith("/sys/") || path.startsWith("/proc/");
}

/** A path as the kernel wants it: bytes where it isn't UTF-8. */
function raw(path: string): string | Buffer {
  return isCleanText(path) ? path : Buffer.from(bytesOf(path));
}

function failureOf(error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return { is: "absent" };
  if (code === "EACCES" || code === "EPERM") return { is: "denied", reason: message };
  return { is: "failed", reason: message };
}

async function exists(path: string): Promise<boolean> {
  const read = await readLocal(path, { bytes: 0 });
  return read.is !== "absent";
}

/** Bytes, or why not. Sizes in /sys and /proc say nothing (4096, 0), so it is read to its end. */
function readKernelFile(path: string, bytes: number = MOST_BYTES + 1): Uint8Array | string {
  const descriptor = openSync(raw(path), READ_ONLY);
  try {
    const parts: Buffer[] = [];
    let total = 0;
    // a read of no bytes still tells a directory
    for (;;) {
      const part = Buffer.allocUnsafe(Math.min(total === 0 ? 8192 : 65536, bytes - total));
      const got = readSync(descriptor, part, 0, part.length, null);
      if (got > 0) parts.push(part.subarray(0, got));
      total += got;
      if (got === 0 || total >= bytes) break;
    }
    return total > MOST_BYTES ? tooLarge(path) : parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  } finally {
    closeSync(descriptor);
  }
}

async function readFilePart(
  path: string,
  { bytes, offset = 0, exclusive = false }: ReadOptions,
): Promise<Uint8Array | string> {
  const file = await open(raw(path), exclusive ? READ_ONLY | constants.O_EXCL : READ_ONLY);
  try {
    const stats = await file.stat({ bigint: true });
    if (stats.isDirectory()) throw Object.assign(new Error("a directory"), { code: "EISDIR" });
    if (bytes !== undefined) return await readBytes(file, offset, bytes);
    return whyNotWhole(path, stats) ?? (await file.readFile());
  } finally {
    await file.close();
  }
}

function whyNotWhole(path: string, stats: BigIntStats): string | undefined {
  if (!stats.isFile()) return `${path} isn't a regular file; only a given number of bytes can be read from it`;
  return stats.size > BigInt(MOST_BYTES) ? tooLarge(path) : undefined;
}

async function readBytes(file: FileHandle, offset: number, bytes: number): Promise<Uint8Array> {
  const part = Buffer.alloc(bytes);
  let total = 0;
  while (total < bytes) {
    // without a position, what can't be sought in (a FIFO, a terminal) can be read too
    const { bytesRead } = await file.read(part, total, bytes - total, offset === 0 ? null : offset + total);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return part.subarray(0, total);
}

function tooLarge(path: string): string {
  return `${path} is larger than ${MOST_BYTES} bytes`;
}
