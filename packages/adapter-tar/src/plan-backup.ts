import type { Action, BackupContext, PlannedCommand, Task } from "@bmr/core";
import { stepId } from "@bmr/core";
import { attributeOptions, compressStage, createOptions, RECORD_BLOCKS, TELL_PROGRESS, usesSelinux } from "./create.js";
import { excludeOptions, indexFile } from "./exclude.js";
import { INDEX, markOf, memberOf, OWN, README } from "./names.js";
import { type Place, placeOf, type TarOptions } from "./options.js";
import { backupOutcome, partOutcome } from "./outcome.js";
import { openPlace, publish, writtenTo } from "./place.js";
import { readmeText } from "./readme.js";

/**
 * The backup as one stream of archives behind each other: the recovery set, then all filesystems, then the index,
 * each compressed by itself where a compressor is chosen; at the very end, never compressed, the completion mark of a
 * known size. Each part is written only once the one before it ended well, so that a stream with a mark is whole.
 */
export function planBackup(context: BackupContext<TarOptions>): readonly Task[] {
  const place = placeOf(context.options.to) as Place;
  const write = (part: PlannedCommand, compress = true): Action =>
    writtenTo(place, compress ? [part, ...compressStage(context.options)] : [part]);
  const own = ["-C", context.workDirectory] as const;
  const mark = markOf(context.layout.machine.hostname);
  return [
    prepare(context, place),
    task("recovery-set", "Write the recovery set", "it comes first, so that it is got back by reading the head alone", [
      write({ argv: [...createOptions(context, "recovery set"), ...own, README, ...setMembers(context)] }),
    ]),
    {
      ...task("files", "Write the files of all filesystems", "they are what the backup is for", [
        write({ argv: filesCommand(context, place) }),
      ]),
      outcome: backupOutcome(context.options, mountPoints(context)),
    },
    task("index", "Write the index", "it lists every member and where it begins; the mark in it ends the archives", [
      write({ argv: [...createOptions(context, "index"), ...own, INDEX, mark] }),
    ]),
    task("mark", "Write the completion mark", "a backup without it is incomplete, and isn't restored unless told to", [
      write({ argv: [...createOptions(context, "mark", 20), ...own, mark] }, false),
    ]),
    ...publishing(place),
  ];
}

function task(name: string, title: string, why: string, run: readonly Action[]): Task {
  return { id: stepId("backup", `tar-${name}`), title, why, run, outcome: partOutcome() };
}

function prepare(context: BackupContext<TarOptions>, place: Place): Task {
  const file = (name: string) => `${context.workDirectory}${name.slice(1)}`;
  const mark = {
    format: "bmr-tar-backup",
    version: 1,
    host: context.layout.machine.hostname,
    startedAt: context.startedAt,
  };
  return task(
    "prepare",
    "Prepare the backup",
    "the place must take a file, and the last backup stays until this one is complete",
    [
      exec({ argv: ["mkdir", "-p", "--", file(OWN)] }),
      { do: "write", path: file(README), content: readmeText(context) },
      {
        do: "write",
        path: file(markOf(context.layout.machine.hostname)),
        content: `${JSON.stringify({ ...mark, filesystems: context.scope.filesystems.map(({ at }) => at) })}\n`,
      },
      ...openPlace(place).map(exec),
    ],
  );
}

function publishing(place: Place): Task[] {
  const commands = publish(place);
  if (commands.length === 0) return [];
  return [
    task("publish", "Give the backup its name", "what has the name is always a complete backup", commands.map(exec)),
  ];
}

function exec(command: PlannedCommand): Action {
  return { do: "exec", ...command };
}

/** The recovery set as members of their own: tar goes back to the root of the server's tree for it. */
function setMembers({ root, setDirectory }: BackupContext<TarOptions>): readonly string[] {
  return ["-C", root, "--", memberOf(setDirectory)];
}

function filesCommand(context: BackupContext<TarOptions>, place: Place): readonly [string, ...string[]] {
  return [
    ...createOptions(context, "files", RECORD_BLOCKS),
    ...attributeOptions(usesSelinux(context)),
    "--sparse",
    "--one-file-system",
    "--ignore-failed-read",
    "-v",
    "--block-number",
    `--index-file=${indexFile(context.workDirectory)}`,
    ...TELL_PROGRESS,
    ...excludeOptions(context, place),
    "-C",
    context.root,
    "--",
    ...context.scope.filesystems.map(({ at }) => memberOf(at)),
  ];
}

/** Where tar says that it doesn't go into another filesystem, and where that is right. */
function mountPoints({ layout, scope }: BackupContext<TarOptions>): readonly string[] {
  const known = [...scope.filesystems.map(({ at }) => at), ...layout.mounts.map((mount) => mount.at)];
  return [...new Set(known)].filter((path) => path !== "/");
}
