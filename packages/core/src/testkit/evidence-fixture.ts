import type { CommandRecord, Evidence, FileRecord, LinkRecord } from "../host/evidence.js";
import type { Argv } from "../host/outcome.js";

/** What a small machine says, as it is easily typed. */
export interface FixtureMachine {
  readonly name?: string;
  /** As `uname -m` says. */
  readonly arch?: string;
  readonly commands?: readonly FixtureCommand[];
  /** By path: a file's content, a directory's names, or null for what is absent. */
  readonly files?: Readonly<Record<string, string | readonly string[] | null>>;
  /** By path: where a symbolic link points. */
  readonly links?: Readonly<Record<string, string>>;
}

/** One command's answer: of exit status 0 unless it says otherwise. */
export interface FixtureCommand {
  readonly argv: Argv;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  /** How it ended, when it didn't run to its end: `{ is: "missing" }`. */
  readonly outcome?: CommandRecord["outcome"];
}

/** Evidence of a machine for a test, ready for `replayHost`. */
export function evidenceFixture(machine: FixtureMachine): Evidence {
  return {
    format: "bmr-evidence",
    version: 1,
    host: { name: machine.name ?? "fixture", arch: machine.arch ?? "x86_64" },
    commands: (machine.commands ?? []).map(commandRecord),
    files: Object.entries(machine.files ?? {}).map(([path, what]) => fileRecord(path, what)),
    links: Object.entries(machine.links ?? {}).map(([path, target]): LinkRecord => ({ path, target })),
  };
}

function commandRecord({ argv, stdout = "", stderr = "", exit = 0, outcome }: FixtureCommand): CommandRecord {
  return { argv, outcome: outcome ?? { is: "exited", code: exit }, stdout, stderr };
}

function fileRecord(path: string, what: string | readonly string[] | null): FileRecord {
  if (what === null) return { path, state: "absent" };
  return typeof what === "string" ? { path, content: what } : { path, names: what };
}
