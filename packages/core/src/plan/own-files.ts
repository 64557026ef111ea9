import type { Arg } from "./arg.js";
import type { SetFile } from "./part.js";
import type { Action, PlannedCommand, Step } from "./step.js";

/** Where files lie, in the rescue system's memory, that the recovery set holds in another form. */
const DIRECTORY = "/run/bmr-fitted";

/**
 * A step that reads these files instead of those of the recovery set, which stays as it was written and summed: what a
 * command reads on its standard input stands in the step itself, and what it is given by name the step writes first.
 */
export function withOwnFiles(step: Step, files: ReadonlyMap<string, SetFile>): Step {
  const named = new Set<string>();
  const run = step.run.map((action) => rewritten(action, files, named));
  const writes = [...named].flatMap((name): Action[] => {
    const file = files.get(name);
    return file === undefined ? [] : [{ do: "write", path: pathOf(name), content: file.content, mode: 0o600 }];
  });
  if (writes.length === 0) return { ...step, run };
  const directory: Action = { do: "exec", argv: ["install", "-d", "-m", "0700", DIRECTORY] };
  return { ...step, run: [directory, ...writes, ...run] };
}

function pathOf(name: string): string {
  return `${DIRECTORY}/${name}`;
}

function rewritten(action: Action, files: ReadonlyMap<string, SetFile>, named: Set<string>): Action {
  if (action.do === "exec") return { ...action, ...command(action, files, named) };
  if (action.do !== "pipe") return action;
  const [first, ...more] = action.stages.map((stage) => command(stage, files, named));
  return { ...action, stages: [first as PlannedCommand, ...more] };
}

function command(
  planned: PlannedCommand,
  files: ReadonlyMap<string, SetFile>,
  named: Set<string>,
): Pick<PlannedCommand, "argv" | "stdin"> {
  const [program, ...rest] = planned.argv.map((arg) => argument(arg, files, named));
  const { stdin } = planned;
  const file = stdin !== undefined && "file" in stdin ? ownFile(stdin.file, files) : undefined;
  return { argv: [program as Arg, ...rest], ...(file === undefined ? {} : { stdin: { text: file.content } }) };
}

function argument(arg: Arg, files: ReadonlyMap<string, SetFile>, named: Set<string>): Arg {
  if (typeof arg === "string") return arg;
  if ("concat" in arg) return { concat: arg.concat.map((part) => argument(part, files, named)) };
  const file = ownFile(arg, files);
  if (file === undefined) return arg;
  named.add(file.name);
  return pathOf(file.name);
}

function ownFile(arg: Arg, files: ReadonlyMap<string, SetFile>): SetFile | undefined {
  return typeof arg === "object" && "setFile" in arg ? files.get(arg.setFile) : undefined;
}
