import { dirname } from "node:path";
import type { ProbeHost } from "../host/host.js";
import type { Argv } from "../host/outcome.js";
import type { NamedIn } from "../plan/step.js";
import type { BoundAction } from "./bound-action.js";
import type { Surroundings } from "./bound-plan.js";
import { namedFiles } from "./named-files.js";

/**
 * What is done to the files in which disks are called what they aren't any more: each is kept as it is, and written
 * anew. A file that was done before isn't touched.
 *
 * @throws BmrError as {@link namedFiles} does
 */
export async function boundRenames(
  named: NamedIn,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<readonly BoundAction[]> {
  const files = await namedFiles(named, surroundings, host);
  return files
    .filter(({ was, now }) => was !== now)
    .flatMap(({ path, was, now, keep }): BoundAction[] => [
      ...(keep === null ? [] : [command("mkdir", "-p", dirname(keep)), command("cp", "--archive", "--", path, keep)]),
      { do: "write", path, content: now, replaces: was },
    ]);
}

function command(...argv: Argv): BoundAction {
  return { do: "exec", command: { planned: { argv }, request: { argv } }, times: 1, race: "" };
}
