import { BmrError } from "../error.js";
import { isCleanText } from "../host/bytes.js";
import type { ParamSpec } from "../plan/part.js";
import type { Step } from "../plan/step.js";
import { argsOf, paramsIn } from "./arg-refs.js";
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
    if (isChosen(step, params)) for (const name of paramsIn(argsOf(step))) names.add(name);
  }
  return names;
}
