import type { ProbeHost } from "../host/host.js";
import { readAttribute } from "./seal.js";

/** A process that has a device open for writing. */
export interface Writer {
  readonly pid: string;
  /** Its name, as the kernel has it. */
  readonly name: string;
}

/**
 * The processes that have one of these devices open for writing: a command that goes on though the program that
 * started it was killed, a dd on another console. Those that only read (udev, multipathd) are none.
 *
 * @param paths device nodes, not links to them
 */
export async function writersOf(host: ProbeHost, paths: readonly string[]): Promise<readonly Writer[]> {
  const listed = await host.list("/proc");
  const pids = listed.is === "directory" ? listed.names.filter((name) => /^\d+$/.test(name)) : [];
  const writers: Writer[] = [];
  for (const pid of pids) {
    if (!(await isWriting(host, pid, paths))) continue;
    writers.push({ pid, name: (await readAttribute(host, `/proc/${pid}/comm`)) ?? "a process" });
  }
  return writers;
}

async function isWriting(host: ProbeHost, pid: string, paths: readonly string[]): Promise<boolean> {
  const open = await host.list(`/proc/${pid}/fd`);
  // a process that has just ended has nothing open
  for (const fd of open.is === "directory" ? open.names : []) {
    const link = await host.readlink(`/proc/${pid}/fd/${fd}`);
    if (link.is !== "link" || !paths.includes(link.target)) continue;
    const info = await readAttribute(host, `/proc/${pid}/fdinfo/${fd}`);
    const flags = /^flags:\s*([0-7]+)$/m.exec(info ?? "")?.[1];
    // O_ACCMODE: 0 is O_RDONLY (open(2)); unknown counts as writing
    if (flags === undefined || (Number.parseInt(flags, 8) & 3) !== 0) return true;
  }
  return false;
}
