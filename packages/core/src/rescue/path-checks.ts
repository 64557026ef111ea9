import type { BlockDevice } from "../layout/inventory.js";
import type { DiskNode } from "../layout/layout.js";
import type { DiskRequirement } from "../plan/part.js";
import type { Binding } from "./bind-disks.js";
import { overwriteFlag, pathOf, subject } from "./binding-problems.js";
import { hintsOf } from "./identity-match.js";
import { loosePathsOf } from "./loose-paths.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
import { aboveTopFirst, isPartitionDevice } from "./stack.js";

/** How the paths of a disk are judged. */
export interface PathPermit {
  /** Fewer paths than were recorded will do. */
  readonly acceptSinglePath: boolean;
}

/**
 * Whether a disk is reached as it was: over a multipath map, or without one, since the plan's steps are for one of
 * both; and whether what the map holds together is one disk, over as many paths as there were.
 */
export function checkPaths(binding: Binding, facts: RescueFacts, permit: PathPermit): Problem[] {
  const { disk, candidate } = binding;
  if (candidate.node.role === "disk") return checkLoose(binding, facts);
  if (disk.role === "disk") return [multipathed(disk, candidate, facts)];
  return [...checkSamePaths(disk, candidate, facts), ...checkNumber(binding, facts, permit)];
}

/** Writing to one of several paths of a LUN, while the others hold their own view of it, ends in damage. */
function checkLoose(binding: Binding, facts: RescueFacts): Problem[] {
  const { disk, candidate } = binding;
  const loose = loosePathsOf(candidate, facts);
  if (loose.length === 1 && disk.role === "disk") return [];
  const paths = loose.map((device) => device.path);
  const seen =
    loose.length === 1
      ? `${subject(disk)} was a multipath map, and here only the disk ${paths[0]} is seen`
      : `${subject(disk)} is seen here as ${paths.join(", ")}, and no multipath map holds them together`;
  return [
    {
      code: "only-paths",
      node: disk.node,
      device: pathOf(candidate, facts),
      ...whyNoMap(seen, holdersOn(loose, facts), binding),
    },
  ];
}

interface Holder {
  readonly name: string;
  /** What lets go of it. */
  readonly command: string;
}

function whyNoMap(
  seen: string,
  holders: readonly Holder[],
  { disk, by }: Binding,
): Pick<Problem, "message" | "remedy"> {
  if (holders.length === 0) {
    const start =
      "start multipath (modprobe dm-multipath; multipathd; multipath -v2), see multipath -ll, and run this again";
    const alone =
      by === "map"
        ? "; it can be mapped onto a map, over one path with --accept-single-path, and not onto a plain disk"
        : "";
    return { message: seen, remedy: `${start}${alone}` };
  }
  const names = holders.map(({ name }) => name).join(", ");
  return {
    message: `${seen}, since the rescue system has something on them: ${names}`,
    remedy: `${holders.map(({ command }) => command).join("; ")}; or let bmr do it, with all that is on it erased: ${overwriteFlag(disk)}`,
  };
}

/** What keeps multipath from taking these paths, the topmost first, and how to let go of each. */
function holdersOn(paths: readonly BlockDevice[], facts: RescueFacts): Holder[] {
  const found = new Map<string, Holder>();
  for (const path of paths) {
    for (const device of aboveTopFirst(facts.inventory, path.name)) {
      if (isPartitionDevice(device)) continue;
      const name = device.dm?.name ?? device.path;
      found.set(name, { name, command: device.dm === null ? `mdadm --stop ${name}` : `dmsetup remove ${name}` });
    }
  }
  return [...found.values()];
}

function multipathed(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem {
  const path = pathOf(candidate, facts);
  return {
    code: "multipathed",
    node: disk.node,
    device: path,
    message: `${subject(disk)} was a plain disk, and here the multipath map ${path} holds it: its partitions would be made another way`,
    remedy: `stop multipathd, take the map away (multipath -f ${path.split("/").at(-1)}) and run this again`,
  };
}

/** multipath puts together whatever shows one WWID: two different disks too, and would write to both. */
function checkSamePaths(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem[] {
  const paths = facts.layout.nodes.filter(
    (node): node is DiskNode =>
      node.role === "disk" && node.content.is === "path" && node.content.of === candidate.node.id,
  );
  const differing = [
    differs("size in bytes", paths, ({ bytes }) => [bytes]),
    differs("sector size", paths, ({ sectorBytes }) => [sectorBytes]),
    differs("serial number", paths, ({ identities }) => hintsOf(identities, "serial")),
  ].filter((difference) => difference !== undefined);
  if (differing.length === 0) return [];
  const path = pathOf(candidate, facts);
  return [
    {
      code: "paths-differ",
      node: disk.node,
      device: path,
      message: `${path} holds different disks together, which show one WWID: ${differing.join("; ")}`,
      remedy:
        "nothing may be written to it: have the storage's administrator give one of them another WWID, or detach it",
    },
  ];
}

/** In what the paths differ, for people; a path that doesn't say is taken for any. */
function differs(
  what: string,
  paths: readonly DiskNode[],
  valuesOf: (path: DiskNode) => readonly (string | number | null)[],
): string | undefined {
  const told = paths.flatMap((path) => {
    const [value] = valuesOf(path);
    return value === null || value === undefined ? [] : [{ name: path.name, value }];
  });
  if (new Set(told.map(({ value }) => value)).size < 2) return undefined;
  return `${what} ${told.map(({ name, value }) => `${value} on ${name}`).join(", ")}`;
}

/** A map on another site's storage, which was named by hand, may have as many paths as that site gives it, but not one alone. */
function checkNumber(
  { disk, candidate, by }: Binding,
  facts: RescueFacts,
  { acceptSinglePath }: PathPermit,
): Problem[] {
  const { paths } = candidate;
  if (acceptSinglePath || paths === null || disk.paths === null) return [];
  const wanted = by === "map" ? Math.min(disk.paths, 2) : disk.paths;
  const path = pathOf(candidate, facts);
  if (paths.is === "known" && paths.usable.length >= wanted) return [];
  const has =
    paths.is === "unknown"
      ? `how many paths of ${path} work isn't known (${paths.why})`
      : `${path} has ${paths.usable.length} working path${paths.usable.length === 1 ? "" : "s"} (${paths.usable.join(", ") || "none"})${paths.failed.length === 0 ? "" : `, failed are ${paths.failed.join(", ")}`}`;
  return [
    {
      code: "fewer-paths",
      node: disk.node,
      device: path,
      message: `${has}; ${subject(disk)} had ${disk.paths}`,
      remedy:
        "see multipath -ll, the switch and the storage; to go on with the paths that are there: --accept-single-path",
    },
  ];
}
