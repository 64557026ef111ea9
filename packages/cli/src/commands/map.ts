import { writeFile } from "node:fs/promises";
import {
  BmrError,
  type KeptPath,
  kinds,
  type PlanFitter,
  type ProbeHost,
  planFitter,
  type RecoverySet,
  readRescueFacts,
  type SizeFit,
  scan,
  suggestMapping,
  writeMapFile,
} from "@bmr/core";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { openSet, type SetChoice } from "../recovery-set.js";

/** What `bmr map --suggest` was asked. */
export interface MapRequest {
  readonly set: SetChoice;
  /** Where the file is written; on stdout where it isn't given. */
  readonly out: string | undefined;
  /** Where the backup is: what it lies on is never proposed. */
  readonly backup: string | undefined;
}

/**
 * Writes a map file with proposals, in the rescue system, and changes nothing else. Exit 3 where a disk is left without a
 * proposal.
 */
export async function mapCommand(io: Io, host: ProbeHost, request: MapRequest): Promise<number> {
  const set = await openSet(io, request.set);
  const { layout, facts } = await scan(host, { kinds });
  const rescue = await readRescueFacts(host, {
    layout,
    inventory: facts.inventory,
    keep: keptPaths(set, request.backup),
    kinds,
  });
  const suggestions = suggestMapping(set.plan, rescue, fitOf(set));
  const text = writeMapFile(suggestions, rescue);
  if (request.out === undefined) io.out(text);
  else await writeAnew(request.out, text);
  const count = (is: string) => suggestions.filter((one) => one.is === is).length;
  io.say(
    `${count("found")} disks are here themselves, ${count("proposed")} have a proposal, ${count("none")} have none`,
  );
  if (count("proposed") > 0) io.say("a proposal maps nothing before somebody has confirmed it: the file says how");
  return count("none") > 0 ? EXIT.findings : EXIT.done;
}

function keptPaths({ directory }: RecoverySet, backup: string | undefined): KeptPath[] {
  const set: KeptPath = { path: directory, as: "recovery-set" };
  return backup?.startsWith("/") ? [set, { path: backup, as: "backup" }] : [set];
}

/** By each disk alone: what several together come to is seen when they are bound. */
function fitOf(set: RecoverySet): Parameters<typeof suggestMapping>[2] {
  const asIs = planFitter(set, kinds, { resize: false });
  const resized = planFitter(set, kinds, { resize: true });
  return (disk, bytes): SizeFit => {
    const fits = (fitter: PlanFitter) => fitter(new Map([[disk.node, bytes]])).problems.length === 0;
    if (fits(asIs)) return "as-is";
    return fits(resized) ? "resized" : "no";
  };
}

/** A file that somebody has worked on isn't overwritten. */
async function writeAnew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === "EEXIST" ? "it is there already" : (cause as Error).message;
    throw new BmrError("usage", `--out ${path} can't be written: ${why}. Nothing was done.`, { cause });
  }
}
