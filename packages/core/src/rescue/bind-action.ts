import type { ProbeHost } from "../host/host.js";
import type { Argv } from "../host/outcome.js";
import type { Action, EachName, PlannedCommand } from "../plan/step.js";
import { bindArg } from "./bind-args.js";
import { boundRenames } from "./bind-renames.js";
import { boundSearch, oldNames } from "./bind-search.js";
import type { BoundAction, BoundCommand, UnboundAction } from "./bound-action.js";
import type { Surroundings } from "./bound-plan.js";
import { type EachNames, eachNames } from "./each-names.js";

/** What is done where the names of a `forEach` are asked for: the run lists them, a dry run may take the recorded ones. */
export type NameSource = (each: EachName, surroundings: Surroundings, host: ProbeHost) => Promise<EachNames>;

/** The names in the target as it is mounted now. */
export const namesNow: NameSource = eachNames;

/** The names in the target where it is mounted, else those that were recorded. */
export const namesNowOrRecorded: NameSource = async (each, surroundings, host) => {
  const now = await eachNames(each, surroundings, host);
  const [first, ...others] = each.recorded;
  return now.is === "known" || first === undefined ? now : { is: "known", names: [first, ...others] };
};

/**
 * An action of a plan with every argument filled in; several where it runs once for each name. The run and the dry
 * run both take what they do from here.
 *
 * @throws BmrError `plan-invalid`
 */
export async function bindAction(
  action: Action,
  surroundings: Surroundings,
  host: ProbeHost,
  names: NameSource,
): Promise<readonly (BoundAction | UnboundAction)[]> {
  switch (action.do) {
    case "exec":
      return await boundExecs(action, surroundings, host, names);
    case "pipe": {
      const [first, ...others] = action.stages;
      const bind = (command: PlannedCommand) => boundCommand(command, surroundings, action.timeLimitSeconds);
      return [{ do: "pipe", stages: [bind(first), ...others.map(bind)] }];
    }
    case "write":
      return [boundWrite(action, surroundings)];
    case "rename":
      return await boundRenames(action, surroundings, host);
    case "search":
      return await boundSearch(action, surroundings, host);
  }
}

type Exec = Extract<Action, { do: "exec" }>;

async function boundExecs(
  action: Exec,
  surroundings: Surroundings,
  host: ProbeHost,
  names: NameSource,
): Promise<readonly (BoundAction | UnboundAction)[]> {
  if (action.ifRenamed && oldNames(surroundings).length === 0) return [];
  if (action.forEach === undefined) return [boundExec(action, surroundings)];
  const listed = await names(action.forEach, surroundings, host);
  if (listed.is === "unknown") return [{ do: "nothing", why: listed.why }];
  return listed.names.map((name) => boundExec(action, surroundings, name));
}

function boundExec(action: Exec, surroundings: Surroundings, each?: string): BoundAction {
  const { planned, request } = boundCommand(action, surroundings, action.timeLimitSeconds, each);
  const terminal = action.terminal === true ? { terminal: true } : {};
  const { times, why } = action.attempts ?? { times: 1, why: "" };
  return { do: "exec", command: { planned, request: { ...request, ...terminal } }, times, race: why };
}

function boundCommand(
  planned: PlannedCommand,
  surroundings: Surroundings,
  timeLimitSeconds: number | undefined,
  each?: string,
): BoundCommand {
  const { stdin, env, stdout } = planned;
  const bind = (arg: Parameters<typeof bindArg>[0]) => bindArg(arg, surroundings, each);
  return {
    planned,
    request: {
      argv: planned.argv.map(bind) as unknown as Argv,
      ...(stdin === undefined ? {} : { stdin: "file" in stdin ? { file: bind(stdin.file) } : stdin }),
      ...(stdout === undefined ? {} : { stdout }),
      ...(env === undefined ? {} : { env }),
      ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    },
  };
}

function boundWrite(action: Extract<Action, { do: "write" }>, surroundings: Surroundings): BoundAction {
  const { content, mode, sysfs } = action;
  return {
    do: "write",
    path: bindArg(action.path, surroundings),
    content,
    ...(mode === undefined ? {} : { mode }),
    ...(sysfs === undefined ? {} : { sysfs }),
  };
}
