import type { BackupContext, Task } from "@bmr/core";
import { stepId } from "@bmr/core";
import { dsmc } from "./command.js";
import { type FileSpace, fileSpaces } from "./file-spaces.js";
import type { TsmOptions } from "./options.js";
import { backupOutcome } from "./outcome.js";

/**
 * The progressive incremental backup, a command for each file space, the one with the recovery set last: what the
 * others made of it is known by then. What the client's own include-exclude list leaves out is left out.
 */
export function planBackup(context: BackupContext<TsmOptions>): readonly Task[] {
  return [...fileSpaces(context).saved].reverse().map((space) => task(context, space));
}

function task({ options }: BackupContext<TsmOptions>, { name }: FileSpace): Task {
  return {
    id: stepId("backup", `tsm:${name}`),
    title: `Back up the file space ${JSON.stringify(name)}`,
    why: "each by itself, so that its own totals tell whether it was saved",
    run: [{ do: "exec", ...dsmc(options, ["incremental"], "-resourceutilization=1", name) }],
    outcome: backupOutcome(),
  };
}
