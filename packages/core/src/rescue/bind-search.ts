import type { ProbeHost } from "../host/host.js";
import type { Argv } from "../host/outcome.js";
import type { Action } from "../plan/step.js";
import { bindArg } from "./bind-args.js";
import type { BoundAction } from "./bound-action.js";
import type { Surroundings } from "./bound-plan.js";

/** Above what any search of a system's configuration takes. */
const HANGS_AFTER_SECONDS = 3600;

/** The words that no disk is called by any more. */
export function oldNames({ renaming }: Surroundings): readonly string[] {
  return renaming?.renames.gone ?? [];
}

/**
 * The command that searches for old names as whole words: none where all disks are called what they were, or where none
 * of the places is there.
 */
export async function boundSearch(
  action: Extract<Action, { do: "search" }>,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<readonly BoundAction[]> {
  const network = action.network === true ? (surroundings.renaming?.network ?? []) : [];
  const gone = [...oldNames(surroundings), ...network];
  if (gone.length === 0) return [];
  const places: string[] = [];
  for (const arg of action.in) {
    const path = bindArg(arg, surroundings);
    if ((await host.read(path, { bytes: 1 })).is !== "absent") places.push(path);
  }
  if (places.length === 0) return [];
  const argv: Argv = [
    ...(["grep", "--recursive", "--line-number", "--with-filename", "--word-regexp", "--fixed-strings"] as const),
    // a FIFO would be waited at
    "--devices=skip",
    ...action.except.map((name) => `--exclude-dir=${name}`),
    ...gone.map((word) => `--regexp=${word}`),
    ...["--", ...places],
  ];
  const request = { argv, timeLimitSeconds: HANGS_AFTER_SECONDS };
  return [{ do: "exec", command: { planned: { argv }, request }, times: 1, race: "" }];
}
