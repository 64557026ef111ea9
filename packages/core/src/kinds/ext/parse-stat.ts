import { known, type Parsed, unexpected } from "../../host/probed.js";

/** An inode as `debugfs -R "stat <n>"` shows it. */
export interface ExtInode {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
}

/** Reads `debugfs -R "stat <n>"`, which exits with 0 when it fails too: without the two lines it failed. */
export function parseStat(source: string, stdout: string, stderr: string): Parsed<ExtInode> {
  const mode = /^Inode: \d+ +Type: \S.*? +Mode: +0?([0-7]+) /m.exec(stdout);
  const owner = /^User: +(\d+) +Group: +(\d+)(?: +Project: +\d+)? +Size: +(\d+)/m.exec(stdout);
  if (mode === null || owner === null) {
    const said = (stdout.trim() || stderr.trim()).split("\n").at(-1) ?? "";
    return { is: "unknown", failure: unexpected(source, said, "an inode's mode, user, group and size") };
  }
  return known({
    mode: Number.parseInt(mode[1] as string, 8),
    uid: Number(owner[1]),
    gid: Number(owner[2]),
    size: Number(owner[3]),
  });
}
