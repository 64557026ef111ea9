import { isCleanText } from "../../host/bytes.js";
import type { ProbeHost } from "../../host/host.js";
import { describeOutcome, succeeded } from "../../host/outcome.js";
import { failedCommand, known, type Probed, type ProbeFailure, unexpected } from "../../host/probed.js";
import type { FilesystemUsage } from "../../layout/layout.js";
import { type Mounted, parseMountinfo, parseMounts } from "../../layout/mountinfo.js";
import { emptyDirectories } from "./damage.js";
import type { FstabEntry, MountFacts } from "./facts.js";
import { isInMemory, isPseudo, isRemote } from "./filesystem-types.js";
import { type Fstab, isSwapLine, parseFstab } from "./parse-fstab.js";
import { type PathAttributes, parseStat, statArgv } from "./parse-stat.js";
import { parseUsage, usageArgv } from "./parse-usage.js";
import { containerDirectory } from "./passing.js";
import { realPath } from "./real-path.js";
import { directoriesAbove, placeMounts } from "./tree.js";

/**
 * Directories that a system needs and a file-level backup may leave out: mount points of the kernel's filesystems,
 * and places whose content isn't worth saving.
 */
export const NEEDED_DIRECTORIES = ["/dev", "/media", "/mnt", "/proc", "/run", "/sys", "/tmp", "/var/tmp"] as const;

/** Asks a machine what is mounted where, what fstab says, and who owns the mount points. Works alone on any host. */
export async function probeMounts(host: ProbeHost): Promise<Probed<MountFacts>> {
  const table = await readTable(host);
  if (table.is === "unknown") return table;
  const { mounted } = table.facts;
  const { fstab, failure } = await readFstab(host);
  const points = new Set(mounted.map(({ at }) => at));
  const isSafe = safelyAsked(mounted);
  const entries = await Promise.all((fstab?.lines ?? []).filter((line) => !isSwapLine(line)).map(placeEntry));
  const [{ places, placesFailure }, usage] = await Promise.all([
    readPlaces(host, pathsToAsk(mounted, entries)),
    readUsage(host, mounted),
  ]);
  return known({
    ...table.facts,
    fstab: fstab === null ? null : entries,
    fstabFailure: failure,
    oddLines: fstab?.odd ?? [],
    places,
    placesFailure,
    emptyDirectories: await emptyDirectories(host),
    usage,
  });

  async function placeEntry(line: Fstab["lines"][number]): Promise<FstabEntry> {
    const isPlain = points.has(line.at) || !isSafe(line.at);
    return { ...line, place: isPlain || isRemote(line.type) ? line.at : await realPath(host, line.at) };
  }
}

async function readTable(host: ProbeHost): Promise<Probed<Pick<MountFacts, "table" | "mounted">>> {
  const failures: string[] = [];
  for (const [table, parse] of [
    ["/proc/self/mountinfo", parseMountinfo],
    ["/proc/mounts", parseMounts],
  ] as const) {
    const read = await host.read(table);
    if (read.is === "file") {
      const parsed = parse(read.content, table);
      return parsed.is === "unknown" ? parsed : known({ table, mounted: parsed.facts });
    }
    if (read.is === "denied") return unread(table, "denied", `may not be read: ${read.reason}`);
    if (read.is === "failed") return unread(table, "failed", `can't be read: ${read.reason}`);
    failures.push(read.is);
  }
  const recorded = failures.includes("absent") || failures.includes("directory");
  return unread("/proc/mounts", recorded ? "missing" : "not-recorded", recorded ? "isn't there" : "wasn't recorded");
}

function unread(
  source: string,
  reason: ProbeFailure["reason"],
  said: string,
): { is: "unknown"; failure: ProbeFailure } {
  return { is: "unknown", failure: { reason, source, message: `${source} ${said}` } };
}

async function readFstab(host: ProbeHost): Promise<{ fstab: Fstab | null; failure: ProbeFailure | null }> {
  const source = "/etc/fstab";
  const read = await host.read(source);
  switch (read.is) {
    case "file":
      return { fstab: parseFstab(read.content, source), failure: null };
    case "absent":
      return { fstab: null, failure: unread(source, "missing", "isn't there").failure };
    case "directory":
      return { fstab: null, failure: unread(source, "unexpected-output", "is a directory").failure };
    case "not-recorded":
      return { fstab: null, failure: unread(source, "not-recorded", "wasn't recorded").failure };
    case "denied":
    case "failed":
      return { fstab: null, failure: unread(source, read.is, `can't be read: ${read.reason}`).failure };
  }
}

/** The mount points that lie on filesystems with content, the directories above them, and those that a backup may leave out. */
function pathsToAsk(mounted: readonly Mounted[], entries: readonly FstabEntry[]): string[] {
  const points = placeMounts(mounted)
    .filter((placed) => !placed.hidden && !(placed.parent && isInMemory(placed.parent.mounted.type)))
    .map((placed) => placed.mounted.at)
    .filter((at) => containerDirectory(at) === undefined);
  const listed = entries.map((entry) => entry.place);
  const wanted = new Set([
    ...NEEDED_DIRECTORIES,
    ...[...points, ...listed].flatMap((at) => [at, ...directoriesAbove(at)]),
  ]);
  const isSafe = safelyAsked(mounted);
  return [...wanted].filter((path) => isCleanText(path) && isSafe(path)).sort();
}

/** Asking below a network filesystem can hang for ever, and asking at an automount point mounts what lies there. */
function safelyAsked(mounted: readonly Mounted[]): (path: string) => boolean {
  const avoided = new Set(mounted.filter(({ type }) => isRemote(type) || type === "autofs").map(({ at }) => at));
  return (path) => ![path, ...directoriesAbove(path)].some((at) => avoided.has(at));
}

async function readPlaces(
  host: ProbeHost,
  paths: readonly string[],
): Promise<{ places: ReadonlyMap<string, PathAttributes>; placesFailure: ProbeFailure | null }> {
  const result = await host.run(statArgv(paths));
  const source = `stat of ${paths.length} directories`;
  const parsed = parseStat(result.stdout, source);
  if (parsed.is === "unknown") return { places: new Map(), placesFailure: parsed.failure };
  const places = parsed.facts;
  const asked = new Set(paths);
  const odd = [...places.keys()].find((path) => !asked.has(path));
  if (odd !== undefined)
    return { places: new Map(), placesFailure: unexpected(source, odd, "a path that was asked for") };
  // It exits with 1 where one of many paths is missing (a line in fstab for a directory that was removed).
  const ran = result.outcome.is === "exited" && result.outcome.code <= 1;
  if (!ran || (!succeeded(result) && places.size === 0)) {
    const message = `${source} ${describeOutcome(result)}`;
    return { places, placesFailure: { ...failedCommand(result), source, message } };
  }
  if (succeeded(result) && places.size < paths.length) {
    const message = `${source} answered for ${places.size} of them, and says that it succeeded`;
    return { places, placesFailure: { reason: "unexpected-output", source, message } };
  }
  return { places, placesFailure: null };
}

/** How full what is mounted from devices is: of none where the tool can't tell, since nothing but a smaller disk asks for it. */
async function readUsage(host: ProbeHost, mounted: readonly Mounted[]): Promise<MountFacts["usage"]> {
  const isSafe = safelyAsked(mounted);
  const paths = placeMounts(mounted)
    .filter(({ hidden, mounted: { type } }) => !hidden && !isPseudo(type))
    .map((placed) => placed.mounted.at)
    .filter((at) => isCleanText(at) && isSafe(at) && containerDirectory(at) === undefined);
  if (paths.length === 0) return new Map();
  const result = await host.run(usageArgv(paths.sort()));
  const parsed = parseUsage(result.stdout, `stat of ${paths.length} filesystems`);
  return parsed.is === "known" ? parsed.facts : new Map<string, FilesystemUsage>();
}
