import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rename, rmdir, unlink } from "node:fs/promises";

/** What lies at a path, links not followed. */
export type PathKind = "directory" | "file" | "other" | "absent";

/**
 * The few calls by which a recovery set is written and read, one system call's worth each, so that what happens when
 * the machine dies between any two of them can be tried.
 */
export interface SetFileSystem {
  /** What lies there. */
  kind(path: string): Promise<PathKind>;
  /** The names in a directory. */
  list(path: string): Promise<readonly string[]>;
  /** The whole content of a file. */
  read(path: string): Promise<Uint8Array>;
  /** Makes one directory; its parent must be there. */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Creates a file; one that is there already is an error. */
  create(path: string, content: Uint8Array, mode: number): Promise<void>;
  /** fsync of a file or a directory. */
  sync(path: string): Promise<void>;
  /** rename(2): replaces a file, and no directory that holds something. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty directory. */
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
