import type { Argv, CommandResult } from "./outcome.js";

/** How a probing command is run. */
export interface RunOptions {
  /** Seconds after which the command is stopped; the host's own limit otherwise. */
  readonly timeLimitSeconds?: number;
}

/** How a file is read. */
export interface ReadOptions {
  /** So many bytes, and no more: a boot sector of a disk, say. The whole file otherwise. */
  readonly bytes?: number;
  /** The byte to begin at, together with `bytes`. @default 0 */
  readonly offset?: number;
  /**
   * Opened with O_EXCL, which the kernel refuses for a block device that anything holds (a filesystem in any mount
   * namespace, swap, device-mapper, md, another program that asked so): `failed` with a reason that begins with EBUSY.
   */
  readonly exclusive?: boolean;
}

/** What lies at a path. */
export type ReadResult =
  | { readonly is: "file"; readonly content: string }
  | { readonly is: "directory" }
  | { readonly is: "absent" }
  | { readonly is: "denied"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string }
  | { readonly is: "not-recorded" };

/** The names in a directory, sorted by code unit. */
export type ListResult =
  | { readonly is: "directory"; readonly names: readonly string[] }
  | { readonly is: "not-a-directory" }
  | { readonly is: "absent" }
  | { readonly is: "denied"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string }
  | { readonly is: "not-recorded" };

/** Where a symbolic link points, as it is written in the link. */
export type LinkResult =
  | { readonly is: "link"; readonly target: string }
  | { readonly is: "not-a-link" }
  | { readonly is: "absent" }
  | { readonly is: "denied"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string }
  | { readonly is: "not-recorded" };

/**
 * A machine, or a recording of one, that can be asked but not changed. Probes get only this.
 *
 * Commands run without a shell, with `LC_ALL=C`, without a standard input.
 */
export interface ProbeHost {
  /** True where a question asked again has the same answer, as in a replay: nothing needs to be remembered. */
  readonly constant?: true;
  /** Runs a command that only looks. Never throws: how it ended is in the result. */
  run(argv: Argv, options?: RunOptions): Promise<CommandResult>;
  /** The content of a file, or a part of it. */
  read(path: string, options?: ReadOptions): Promise<ReadResult>;
  /** The names in a directory. */
  list(path: string): Promise<ListResult>;
  /** Where a symbolic link points. */
  readlink(path: string): Promise<LinkResult>;
}

/** A command that may change the machine. */
export interface ExecRequest {
  readonly argv: Argv;
  /** What the command reads: a text, or a file. Nothing otherwise. */
  readonly stdin?: { readonly text: string } | { readonly file: string };
  /** Where its standard output goes, instead of into the result. A file is created (0600) or emptied. */
  readonly stdout?: { readonly file: string } | "inherit";
  /** Added to the clean environment (`PATH`, `LC_ALL=C`). */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeLimitSeconds?: number;
  /** The command talks to the operator itself (a password, a tape change). */
  readonly terminal?: boolean;
}

/** What may be watched while a command runs. Lines come without their end: a newline, or a carriage return. */
export interface ExecWatcher {
  /** A line as soon as it is whole. */
  line?(stream: "stdout" | "stderr", line: string): void;
  /** Ends the command: SIGTERM, after a while SIGKILL, to its whole process group. */
  readonly signal?: AbortSignal;
}

/** How a file is written. */
export interface WriteOptions {
  /** Mode bits of the new file. @default 0600 */
  readonly mode?: number;
  /** It gets owner, mode, ACL and extended attributes of this file; it may be the one that it replaces. */
  readonly like?: string;
  /** It is an attribute of sysfs or /proc: written in place, by one write(2). */
  readonly sysfs?: boolean;
}

/**
 * A machine that can be changed. Only execute gets one.
 *
 * Of each output the watcher gets every line; the result keeps the last 64 KiB and says how much it left out (`cut`).
 * A command runs in a session of its own, so that neither Ctrl-C nor a hang-up of the console reaches it; one that
 * talks to the operator (`terminal`) shares ours. A file that can't be opened for a command is `denied`. Captured
 * output and pipes are sockets, as under systemd: a script writes there by `>&2`, and can't open `/dev/stderr`.
 */
export interface ActionHost extends ProbeHost {
  /** Runs one command; how it ended is in the result. */
  exec(request: ExecRequest, watcher?: ExecWatcher): Promise<CommandResult>;
  /** Stages joined by pipes between processes; the data never passes through this program. One result per stage. */
  pipe(stages: readonly [ExecRequest, ...ExecRequest[]], watcher?: ExecWatcher): Promise<CommandResult[]>;
  /**
   * Writes a whole file so that a crash leaves the old or the new one, or (`sysfs`) an attribute of sysfs in place.
   *
   * @throws BmrError `step-failed` with `details.path` and `details.errno`
   */
  write(path: string, content: string, options?: WriteOptions): Promise<void>;
}
