import type { NodeId } from "../layout/ids.js";
import type { Arg } from "../plan/arg.js";
import type { Action, Check, EachName, NamedIn, PlannedCommand, Step } from "../plan/step.js";

/** What an argument is of: itself, or the parts of a `concat`. */
function partsOf(arg: Arg): readonly Arg[] {
  return typeof arg === "object" && "concat" in arg ? arg.concat.flatMap(partsOf) : [arg];
}

/** The nodes whose devices these arguments name. */
export function devicesIn(args: readonly Arg[]): ReadonlySet<NodeId> {
  return new Set(
    args.flatMap(partsOf).flatMap((arg) => (typeof arg === "object" && "device" in arg ? [arg.device] : [])),
  );
}

/** The choices of the day that these arguments use. */
export function paramsIn(args: readonly Arg[]): ReadonlySet<string> {
  return new Set(
    args.flatMap(partsOf).flatMap((arg) => (typeof arg === "object" && "param" in arg ? [arg.param] : [])),
  );
}

/** All arguments of an action. */
export function argsOfAction(action: Action): readonly Arg[] {
  switch (action.do) {
    case "exec":
      return [...argsOfCommand(action), ...argsOfEach(action.forEach)];
    case "pipe":
      return action.stages.flatMap(argsOfCommand);
    case "write":
      return [action.path];
    case "rename":
      return argsOfNamed(action);
    case "search":
      return action.in;
  }
}

function argsOfNamed({ files, keep }: NamedIn): readonly Arg[] {
  return keep === undefined ? files : [...files, keep];
}

/** All arguments of a step: of its actions, its release and its checks. */
export function argsOf(step: Step): readonly Arg[] {
  const actions = [...step.run, ...(step.release ?? [])];
  return [...actions.flatMap(argsOfAction), ...[...step.before, ...step.done].flatMap(argsOfCheck)];
}

function argsOfEach(each: EachName | undefined): readonly Arg[] {
  if (each === undefined) return [];
  return each.having === undefined ? [each.list] : [each.list, each.having];
}

function argsOfCommand(command: PlannedCommand): readonly Arg[] {
  const file = command.stdin !== undefined && "file" in command.stdin ? [command.stdin.file] : [];
  return [...command.argv, ...file];
}

function argsOfCheck(check: Check): readonly Arg[] {
  const args: Arg[] = [];
  if ("device" in check && check.device !== null) args.push({ device: check.device });
  if ("at" in check) args.push(check.at);
  if ("path" in check) args.push(check.path);
  if (check.is === "output") args.push(...check.argv, check.equals);
  if (check.is === "renamed") args.push(...argsOfNamed(check));
  if (check.is === "file") args.push(...argsOfEach(check.forEach));
  return args;
}
