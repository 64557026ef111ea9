import type { ExecRequest, ProbeHost } from "../host/host.js";
import type { Argv } from "../host/outcome.js";
import type { Action, EachName, PlannedCommand } from "../plan/step.js";
import { bindArg } from "./bind-args.js";
import type { Surroundings } from "./bound-plan.js";
import { type EachNames, eachNames } from "./each-names.js";

/** A command with every argument filled in, and as it was planned. */
export interface BoundCommand {
  readonly planned: PlannedCommand;
  readonly request: ExecRequest;
}

/** An action as it is run, word for word. */
export type BoundAction =
  /** `times`: how often it is tried in all, because of the `race`. */
  | { readonly do: "exec"; readonly command: BoundCommand; readonly times: number; readonly race: string }
  | { readonly do: "pipe"; readonly stages: readonly [BoundCommand, ...BoundCommand[]] }
  | {
      readonly do: "write";
      readonly path: string;
      readonly content: string;
      readonly mode?: number;
      readonly sysfs?: boolean;
    };

/** An action that can't be filled in: the directory of its `forEach` can't be listed. */
export interface UnboundAction {
  readonly do: "nothing";
  readonly why: string;
}

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
  if (action.do === "write") return [boundWrite(action, surroundings)];
  if (action.do === "pipe") {
    const [first, ...others] = action.stages;
    const bind = (command: PlannedCommand) => boundCommand(command, surroundings, action.timeLimitSeconds);
    return [{ do: "pipe", stages: [bind(first), ...others.map(bind)] }];
  }
  if (action.forEach === undefined) return [boundExec(action, surroundings)];
  const listed = await names(action.forEach, surroundings, host);
  if (listed.is === "unknown") return [{ do: "nothing", why: listed.why }];
  return listed.names.map((name) => boundExec(action, surroundings, name));
}

type Exec = Extract<Action, { do: "exec" }>;

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
