import type { ProbeHost } from "../../host/host.js";
import { succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Parsed, type ProbeFailure } from "../../host/probed.js";
import { sideBySide } from "../../host/side-by-side.js";

/** The metadata of each group as `vgcfgbackup` writes it, by the group's name. */
export type Backups = ReadonlyMap<string, Parsed<string>>;

/** The groups' metadata, and what the asking for it left behind. */
export interface BackupReading {
  readonly backups: Backups;
  /** For people: the directory that couldn't be removed again, and why; null where nothing is left. */
  readonly leftBehind: string | null;
}

/**
 * Lets `vgcfgbackup` write the metadata of all groups into a private directory, and takes it from there: one process
 * for all. /etc/lvm/backup isn't read instead, since it may be older than the metadata on the disks (lvm.conf,
 * backup/backup=0).
 *
 * @param groups the names of the groups that there are
 */
export async function readBackups(host: ProbeHost, groups: readonly string[]): Promise<BackupReading> {
  const names = [...new Set(groups)];
  const nothingMade = (backups: Backups): BackupReading => ({ backups, leftBehind: null });
  if (names.length === 0) return nothingMade(new Map());
  const made = await host.run(["mktemp", "--directory", "--tmpdir", "bmr-vg-XXXXXXXXXX"]);
  const directory = made.stdout.replace(/\n$/, "");
  if (!succeeded(made)) return nothingMade(forAll(names, failedCommand(made)));
  if (!/^\/[^\s]*\/bmr-vg-[A-Za-z0-9]{10}$/.test(directory)) return nothingMade(forAll(names, oddDirectory(directory)));
  const written = await host.run(["vgcfgbackup", "--file", `${directory}/%s`]);
  const read = await sideBySide(names, (name) => readOne(host, `${directory}/${name}`));
  const removed = await host.run(["rm", "--recursive", directory]);
  const failure = succeeded(written) ? null : failedCommand(written);
  const backups: Backups = new Map(
    names.map((name, at): [string, Parsed<string>] => {
      const file = read[at] as Parsed<string>;
      // it ends with 5 where one group of many is in trouble: the files of the others are good
      return [name, file.is === "unknown" && failure !== null ? { is: "unknown", failure } : file];
    }),
  );
  const isRemoved = succeeded(removed) || removed.outcome.is === "not-recorded";
  return { backups, leftBehind: isRemoved ? null : `${directory}: ${failedCommand(removed).message}` };
}

async function readOne(host: ProbeHost, path: string): Promise<Parsed<string>> {
  const read = await host.read(path);
  if (read.is === "file") return known(read.content);
  const reason = read.is === "not-recorded" || read.is === "denied" ? read.is : "failed";
  const said = read.is === "denied" || read.is === "failed" ? read.reason : read.is;
  return {
    is: "unknown",
    failure: { reason, source: "vgcfgbackup", message: `vgcfgbackup's file ${path} can't be read: ${said}` },
  };
}

function forAll(names: readonly string[], failure: ProbeFailure): Backups {
  return new Map(names.map((name) => [name, { is: "unknown", failure }]));
}

function oddDirectory(said: string): ProbeFailure {
  const message = `mktemp printed no path of a directory: ${JSON.stringify(said)}`;
  return { reason: "unexpected-output", source: "mktemp", line: said, message };
}
