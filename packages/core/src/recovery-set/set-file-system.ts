import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rename, rmdir, unlink } from "node:fs/promises";

/** What lies at a path, links not followed. */
export type PathKind = "directory" | "file" | "other" | "absent";

/**
 * The few calls by which a recovery set is written and read, one system call's worth each, so that what happens when
 * the machine dies between any two of them can be tried.
 */
export interface SetFileSystem {
  kind(path: string): Promise<PathKind>;
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Creates a file; one that is there already is an error. */
  create(path: string, content: Uint8Array, mode: number): Promise<void>;
  /** fsync of a file or a directory. */
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
}

/** The filesystem of this machine. */
export const localSetFileSystem: SetFileSystem = {
  kind: async (path) => {
    try {
      const stats = await lstat(path);
      return stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
      throw error;
    }
  },
  list: (path) => readdir(path),
  read: (path) => readFile(path),
  makeDirectory: async (path, mode) => void (await mkdir(path, { mode })),
  create: async (path, content, mode) => {
    const file = await open(path, "wx", mode);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  },
  sync: async (path) => {
    const file = await open(path, constants.O_RDONLY);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  removeFile: unlink,
  removeDirectory: rmdir,
};
