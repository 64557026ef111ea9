import { BmrError } from "../error.js";
import { isCleanText } from "../host/bytes.js";
import type { Arg } from "../plan/arg.js";
import type { ParamSpec } from "../plan/part.js";
import type { Check, PlannedCommand, Step } from "../plan/step.js";
import { isChosen } from "./modes.js";
import type { Problem } from "./problem.js";

/** The choices of the day that these steps need, each checked against its pattern, or what is wrong with them. */
export function chooseParams(
  specs: readonly ParamSpec[],
  steps: readonly Step[],
  given: Readonly<Record<string, string>>,
): { readonly params: Readonly<Record<string, string>>; readonly problems: readonly Problem[] } {
  const params: Record<string, string> = {};
  const missing: ParamSpec[] = [];
  const problems: Problem[] = Object.keys(given)
    .filter((name) => !specs.some((spec) => spec.name === name))
    .map((name) => problem("param-unknown", `the plan knows no choice ${name}`, `leave --param ${name}=… away`));
  for (const spec of specs) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name] : (spec.default ?? undefined);
    if (value === undefined) missing.push(spec);
    else if (allows(spec, value)) params[spec.name] = value;
    else problems.push(problem("param-invalid", `${spec.title} can't be ${JSON.stringify(value)}`, flag(spec)));
  }
  const used = namesIn(steps, params);
  for (const spec of missing) {
    if (used.has(spec.name)) problems.push(problem("param-missing", `${spec.title} must be said`, flag(spec)));
  }
  return { params, problems };
}

function problem(code: "param-missing" | "param-invalid" | "param-unknown", message: string, remedy: string): Problem {
  return { code, node: null, device: null, message, remedy };
}

function flag(spec: ParamSpec): string {
  return `--param ${spec.name}=VALUE, where VALUE is as ${spec.pattern} says`;
}

function allows(spec: ParamSpec, value: string): boolean {
  try {
    return isCleanText(value) && !value.includes("\0") && new RegExp(`^(?:${spec.pattern})$`, "u").test(value);
  } catch (cause) {
    throw new BmrError("plan-invalid", `the pattern of the choice ${spec.name} is no regular expression`, {
      details: { param: spec.name, pattern: spec.pattern },
      cause,
    });
  }
}

/** The names of the choices that steps depend on, and that the arguments of those that are to run use. */
function namesIn(steps: readonly Step[], params: Readonly<Record<string, string>>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const step of steps) {
    if (step.when !== undefined) names.add(step.when.param);
    if (isChosen(step, params)) for (const arg of argsOf(step)) collect(arg, names);
  }
  return names;
}

function collect(arg: Arg, names: Set<string>): void {
  if (typeof arg === "string") return;
  if ("param" in arg) names.add(arg.param);
  if ("concat" in arg) for (const part of arg.concat) collect(part, names);
}

/** All arguments of a step: of its actions, its release and its checks. */
export function argsOf(step: Step): readonly Arg[] {
  const actions = [...step.run, ...(step.release ?? [])].flatMap((action): readonly Arg[] => {
    if (action.do === "write") return [action.path];
    if (action.do === "pipe") return action.stages.flatMap(argsOfCommand);
    const { forEach } = action;
    const list = forEach === undefined ? [] : [forEach.list, ...(forEach.having === undefined ? [] : [forEach.having])];
    return [...argsOfCommand(action), ...list];
  });
  return [...actions, ...[...step.before, ...step.done].flatMap(argsOfCheck)];
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
  if (check.is === "file" && check.forEach !== undefined) {
    args.push(check.forEach.list, ...(check.forEach.having === undefined ? [] : [check.forEach.having]));
  }
  return args;
}
