import { type Action, type Arg, type PlannedCommand, quotePosix } from "@bmr/core";
import type { Place, TarOptions } from "./options.js";

/** How much dd moves at once, in bytes: one record of the archives. */
const BLOCK = 262_144;

/** The parameter that names the backup to restore. */
export const BACKUP_PARAM = "backup";

/** ssh without a question that nobody would answer, and with an end when the other side is gone. */
function ssh(place: Extract<Place, { is: "ssh" }>): readonly [string, ...string[]] {
  const options = ["BatchMode=yes", "ConnectTimeout=30", "ServerAliveInterval=15", "ServerAliveCountMax=8"];
  const port = place.port === null ? [] : ["-p", String(place.port)];
  return ["ssh", "-T", ...options.flatMap((option) => ["-o", option]), ...port, "--", place.destination];
}

/** A command where the backup lies: here, or on the other host, whose shell gets its words quoted. */
function at(
  place: Exclude<Place, { is: "stream" }>,
  words: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return place.is === "file" ? words : [...ssh(place), words.map(quotePosix).join(" ")];
}

/** A part of the backup, written behind what is there: these stages, and the one that writes. */
export function writtenTo(place: Place, stages: readonly [PlannedCommand, ...PlannedCommand[]]): Action {
  if (place.is === "stream") {
    const [last, ...before] = [...stages].reverse() as [PlannedCommand, ...PlannedCommand[]];
    return pipe([...before.reverse(), { ...last, stdout: "inherit" }]);
  }
  const words = [
    "dd",
    `of=${partial(place)}`,
    `bs=${BLOCK}`,
    "oflag=append",
    "conv=notrunc,fsync",
    "status=none",
  ] as const;
  return pipe([...stages, { argv: at(place, words), okExits: [0] }]);
}

/** Stages as one action. */
export function pipe(stages: readonly PlannedCommand[]): Action {
  const [first, ...rest] = stages;
  if (first === undefined) throw new RangeError("a pipe of no stages");
  return { do: "pipe", stages: [first, ...rest] };
}

/** Where the backup lies as long as it isn't complete. */
export function partial(place: Exclude<Place, { is: "stream" }>): string {
  return `${place.path}.part`;
}

/** Makes the empty file that the parts are appended to, readable for its owner alone: it holds /etc/shadow. */
export function openPlace(place: Place): readonly PlannedCommand[] {
  if (place.is === "stream") return [];
  return [{ argv: at(place, ["install", "-m", "0600", "--", "/dev/null", partial(place)]) }];
}

/** Gives the complete backup its name, in place of the last one. */
export function publish(place: Place): readonly PlannedCommand[] {
  if (place.is === "stream") return [];
  const directory = place.path.slice(0, place.path.lastIndexOf("/")) || "/";
  return [
    { argv: at(place, ["mv", "-f", "-T", "--", partial(place), place.path]) },
    { argv: at(place, ["sync", "--", directory]) },
  ];
}

/** The stages that read the backup, decompressed: none where tar reads it by itself, from `stdin`. */
export function source(
  options: TarOptions,
  place: Place,
  end: "with-mark" | "without-mark",
): { readonly stages: readonly PlannedCommand[]; readonly stdin: PlannedCommand["stdin"] } {
  const stdin = place.is === "ssh" ? undefined : ({ file: place.is === "file" ? backupArg() : "/dev/stdin" } as const);
  const stages: PlannedCommand[] = [];
  if (place.is === "ssh") stages.push({ argv: [...ssh(place), { concat: ["cat -- ", backupArg()] }], okExits: [0] });
  if (options.compress !== undefined) {
    // the mark at the very end isn't compressed, and would be garbage to the program
    if (end === "without-mark") stages.push({ argv: ["head", "-c", `-${MARK_BYTES}`], okExits: [0] });
    stages.push({ argv: decompressor(options.compress), okExits: [0] });
  }
  const [first, ...rest] = stages;
  if (first === undefined || stdin === undefined) return { stages, stdin };
  return { stages: [{ ...first, stdin }, ...rest], stdin: undefined };
}

/** The last bytes of a backup: the completion mark, an archive of its own and never compressed. */
export function tail(place: Exclude<Place, { is: "stream" }>): PlannedCommand {
  const last = ["tail", "-c", String(MARK_BYTES), "--"] as const;
  const argv: readonly [Arg, ...Arg[]] =
    place.is === "file" ? [...last, backupArg()] : [...ssh(place), { concat: [`${last.join(" ")} `, backupArg()] }];
  return { argv, okExits: [0] };
}

/** One record of 20 blocks (`tar -b 20`): a member of one block of content and the end of the archive fit into it. */
export const MARK_BYTES = 10_240;

/** The commands that a person types in a rescue system to read the backup, with nothing left open. */
export function readByHand(options: TarOptions, place: Place): readonly PlannedCommand[] {
  const stages: PlannedCommand[] = [];
  if (place.is === "ssh") {
    const port = place.port === null ? [] : ["-p", String(place.port)];
    stages.push({
      argv: ["ssh", ...port, "--", place.destination, ["cat", "--", place.path].map(quotePosix).join(" ")],
    });
  }
  if (options.compress !== undefined) stages.push({ argv: decompressor(options.compress) });
  return stages;
}

function decompressor([program]: NonNullable<TarOptions["compress"]>): readonly [string, ...string[]] {
  return [program, "-d", "-c"];
}

function backupArg(): { readonly param: string } {
  return { param: BACKUP_PARAM };
}
