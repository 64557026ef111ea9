import { known, type Parsed, unexpected } from "../../host/probed.js";
import type { MapReport, PathGroup, PathReport } from "./report.js";

interface OpenMap extends MapReport {
  readonly groups: (PathGroup & { readonly paths: PathReport[] })[];
}

/** Log lines (`Oct 28 14:02:44 | …`, `1034.228639 | …`) and the list of all paths that `-v3` prints first. */
const NOISE =
  /^(?:[A-Z][a-z]{2} +\d+ [\d:]+ \||[\d.]+ \||=====|uuid +hcil |\S* +[\d#]+:[\d#]+:[\d#]+:[\d#]+ +\S+ +\d+:\d+ +-?\d+ )/;

/**
 * The maps in the output of `multipath -ll`: the form of 0.4.9 and later, and the one before that (SLES 9 and 10),
 * with brackets around everything and without `dm-N` in the oldest.
 */
export function parseMultipathList(text: string, source: string): Parsed<readonly MapReport[]> {
  const maps: OpenMap[] = [];
  const lines = text.split("\n").map((line) => line.trimEnd());
  let foreign = false;
  for (const [index, line] of lines.entries()) {
    const map = maps.at(-1);
    const attributes = attributesOf(line);
    if (line === "" || NOISE.test(line)) continue;
    if (attributesOf(lines[index + 1] ?? "") !== null) {
      // a namespace that the nvme driver holds together itself
      foreign = line.includes("[nvme]:");
      if (!foreign) maps.push({ ...headOf(line), features: "", hardwareHandler: "", groups: [] });
    } else if (foreign) continue;
    else if (map === undefined) return { is: "unknown", failure: unexpected(source, line, "a map's name") };
    else if (attributes !== null) maps[maps.length - 1] = { ...map, ...attributes };
    else if (!addLine(map, line)) return { is: "unknown", failure: unexpected(source, line, "a group or a path") };
  }
  return known(maps);
}

/** `mpatha (3600…) dm-2 IBM,2107900`, `3600… dm-2 IBM,2107900`, `create: mpatha (3600…) undef IBM,2107900`, `mpath1 (3600…)`. */
function headOf(line: string): Pick<MapReport, "wwid" | "name" | "product"> {
  const bare = line.replace(/^(?:[a-z]+)?: /, "");
  // the kernel name may follow the WWID without a blank
  const match = /^(.*?)\s*(?:dm-\d+|undef)(?:\s+(.*))?$/.exec(bare);
  const named = (match?.[1] ?? bare).trim();
  const alias = /^(\S+) \((.+)\)$/.exec(named);
  const product = (match?.[2] ?? "").replace(/ *, */, ",");
  return { name: alias?.[1] ?? named, wwid: alias?.[2] ?? named, product };
}

/** `size=1.0G features='0' hwhandler='1 alua' wp=rw`, `[size=25 GB][features="0"][hwhandler="0"]`. */
function attributesOf(line: string): Pick<MapReport, "features" | "hardwareHandler"> | null {
  const modern = /^size=\S+ features='([^']*)' hwhandler='([^']*)'/.exec(line);
  const old = /^\[size=[^\]]*\]\[features="?([^\]"]*)"?\](?:\[hwhandler="?([^\]"]*)"?\])?/.exec(line);
  const match = modern ?? old;
  return match === null ? null : { features: match[1] as string, hardwareHandler: match[2] ?? "" };
}

function addLine(map: OpenMap, line: string): boolean {
  const group = /^[ |`\\_+-]*policy='([^']*)'/.exec(line) ?? /^ *\\_ ([a-z][a-z-]* \d+) *(?:\[[^\]]*\])*$/.exec(line);
  if (group !== null) {
    map.groups.push({ policy: group[1] as string, paths: [] });
    return true;
  }
  const path = /^[ |`\\_-]*[\d#]+:[\d#]+:[\d#]+:[\d#]+ +(\S+) +[\d#]+:[\d#]+ +(.*)$/.exec(line);
  const last = map.groups.at(-1);
  if (path === null || last === undefined) return false;
  const states = (path[2] as string).split(/[[\] ]+/).filter(Boolean);
  last.paths.push({ device: path[1] as string, dmState: states[0] ?? "undef", checker: states[1] ?? null });
  return true;
}
