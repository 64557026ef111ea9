import type { ProbeHost } from "../host/host.js";
import { isBelow } from "./mountinfo.js";
import { readAttribute } from "./seal.js";

/** A process that is at work where bmr is about to be. */
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
  return processesThat(host, (pid) => writesWhere(host, pid, (path) => paths.includes(path)));
}

/**
 * The processes without a terminal that work in a directory: they are there, in a chroot there, or have a file below
 * it open for writing. A restore that goes on by itself is one; a person's shell has a terminal.
 *
 * @param self our own process: it and those that have started it are none
 */
export async function workersIn(host: ProbeHost, directory: string, self: number): Promise<readonly Writer[]> {
  const own = await ancestry(host, String(self));
  const isThere = (path: string) => isBelow(path, directory);
  return processesThat(host, async (pid) => {
    if (own.has(pid) || (await statOf(host, pid))?.terminal !== "0") return false;
    for (const link of ["cwd", "root"]) {
      const place = await host.readlink(`/proc/${pid}/${link}`);
      if (place.is === "link" && isThere(place.target)) return true;
    }
    return writesWhere(host, pid, isThere);
  });
}

async function processesThat(host: ProbeHost, match: (pid: string) => Promise<boolean>): Promise<Writer[]> {
  const listed = await host.list("/proc");
  const found: Writer[] = [];
  for (const pid of listed.is === "directory" ? listed.names.filter((name) => /^\d+$/.test(name)) : []) {
    if (!(await match(pid))) continue;
    found.push({ pid, name: (await readAttribute(host, `/proc/${pid}/comm`)) ?? "a process" });
  }
  return found;
}

async function writesWhere(host: ProbeHost, pid: string, isMeant: (path: string) => boolean): Promise<boolean> {
  const open = await host.list(`/proc/${pid}/fd`);
  // a process that has just ended has nothing open
  for (const fd of open.is === "directory" ? open.names : []) {
    const link = await host.readlink(`/proc/${pid}/fd/${fd}`);
    if (link.is !== "link" || !isMeant(link.target)) continue;
    const info = await readAttribute(host, `/proc/${pid}/fdinfo/${fd}`);
    const flags = /^flags:\s*([0-7]+)$/m.exec(info ?? "")?.[1];
    // O_ACCMODE: 0 is O_RDONLY (open(2)); unknown counts as writing
    if (flags === undefined || (Number.parseInt(flags, 8) & 3) !== 0) return true;
  }
  return false;
}

async function ancestry(host: ProbeHost, pid: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at: string | undefined = pid; at !== undefined && at !== "0" && !found.has(at); ) {
    found.add(at);
    at = (await statOf(host, at))?.parent;
  }
  return found;
}

/** Fields 4 and 7 of /proc/PID/stat (proc_pid_stat(5)); the name before them, in parentheses, may hold anything. */
async function statOf(
  host: ProbeHost,
  pid: string,
): Promise<{ readonly parent: string | undefined; readonly terminal: string | undefined } | undefined> {
  const stat = await readAttribute(host, `/proc/${pid}/stat`);
  if (stat === null) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { parent: fields[1], terminal: fields[4] };
}
