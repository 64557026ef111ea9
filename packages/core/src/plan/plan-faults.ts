import type { NodeId } from "../layout/ids.js";
import type { Fault } from "../layout/layout-faults.js";
import type { Arg } from "./arg.js";
import type { ParamSpec } from "./part.js";
import type { Plan } from "./plan.js";
import type { Action, Check, EachName, NamedIn, PlannedCommand, Step, StepId } from "./step.js";

/**
 * What a plan refers to and doesn't hold: steps that are there twice or come before one that they wait for (so edges
 * make no circle), devices that nothing tells how to find, unknown parameters, paths that lead out of the target.
 * Pure; the time grows with the size.
 */
export function planFaults(plan: Plan): Fault[] {
  const known = {
    devices: new Set<NodeId>([...plan.disks.map((disk) => disk.node), ...plan.devices.map((device) => device.node)]),
    params: new Map(plan.params.map((param) => [param.name, param])),
  };
  return [
    ...plan.params.flatMap((param, index) =>
      paramFaults(param).map((message) => ({ path: ["params", index], message })),
    ),
    ...plan.devices.flatMap((device, index) =>
      device.by === "partition" && !known.devices.has(device.of)
        ? [{ path: ["devices", index, "of"], message: `there is no device ${device.of}` }]
        : [],
    ),
    ...orderFaults(plan.steps),
    ...plan.steps.flatMap((step, index) => {
      const messages = [
        ...step.destroys.filter((id) => !known.devices.has(id)).map(noDevice),
        ...whenFaults(step, known.params),
      ];
      for (const arg of argsOf(step)) messages.push(...argFaults(arg, known));
      return [...new Set(messages)].map((message) => ({ path: ["steps", index, step.id], message }));
    }),
  ];
}

interface Known {
  readonly devices: ReadonlySet<NodeId>;
  readonly params: ReadonlyMap<string, ParamSpec>;
}

/** The names of the files of the recovery set that a plan's steps use. */
export function setFilesOf(plan: Plan): Set<string> {
  const names = new Set<string>();
  for (const step of plan.steps) for (const arg of argsOf(step)) collectSetFiles(arg, names);
  return names;
}

function collectSetFiles(arg: Arg, names: Set<string>): void {
  if (typeof arg === "string") return;
  if ("setFile" in arg) names.add(arg.setFile);
  if ("concat" in arg) for (const part of arg.concat) collectSetFiles(part, names);
}

function paramFaults(param: ParamSpec): string[] {
  try {
    const pattern = new RegExp(`^(?:${param.pattern})$`, "u");
    if (param.default === null || pattern.test(param.default)) return [];
    return [`the default of ${param.name} doesn't match its own pattern`];
  } catch (cause) {
    return [`the pattern of ${param.name} is wrong: ${(cause as Error).message}`];
  }
}

function orderFaults(steps: readonly Step[]): Fault[] {
  const seen = new Set<StepId>();
  const faults: Fault[] = [];
  for (const [index, step] of steps.entries()) {
    if (seen.has(step.id)) faults.push({ path: ["steps", index, "id"], message: `${step.id} is there twice` });
    for (const before of step.after) {
      if (seen.has(before)) continue;
      faults.push({
        path: ["steps", index, "after"],
        message: `${step.id} waits for ${before}, which isn't before it`,
      });
    }
    seen.add(step.id);
  }
  return faults;
}

function whenFaults({ when }: Step, params: Known["params"]): string[] {
  if (when === undefined || params.has(when.param)) return [];
  return [`there is no parameter ${when.param}`];
}

function argFaults(arg: Arg, known: Known): string[] {
  if (typeof arg === "string") return arg.includes("\0") ? ["an argument holds a NUL"] : [];
  if ("device" in arg) return known.devices.has(arg.device) ? [] : [noDevice(arg.device)];
  if ("target" in arg) return targetFaults(arg.target);
  if ("param" in arg) return known.params.has(arg.param) ? [] : [`there is no parameter ${arg.param}`];
  if ("concat" in arg) return arg.concat.flatMap((part) => argFaults(part, known));
  return [];
}

function noDevice(id: NodeId): string {
  return `there is no device ${id}`;
}

function targetFaults(path: string): string[] {
  if (!path.startsWith("/")) return [`the target path ${path} isn't absolute`];
  return path.split("/").includes("..") ? [`the target path ${path} may lead out of the target`] : [];
}

/** All arguments of a step, in actions and checks. */
function* argsOf(step: Step): Iterable<Arg> {
  for (const action of [...step.run, ...(step.release ?? [])]) yield* actionArgs(action);
  for (const check of [...step.before, ...step.done]) yield* checkArgs(check);
}

function* actionArgs(action: Action): Iterable<Arg> {
  switch (action.do) {
    case "exec":
      yield* commandArgs(action);
      if (action.forEach !== undefined) yield* eachArgs(action.forEach);
      return;
    case "pipe":
      for (const stage of action.stages) yield* commandArgs(stage);
      return;
    case "write":
      yield action.path;
      return;
    case "rename":
      yield* namedArgs(action);
      return;
    case "search":
      yield* action.in;
  }
}

function* namedArgs({ files, keep }: NamedIn): Iterable<Arg> {
  yield* files;
  if (keep !== undefined) yield keep;
}

function* commandArgs(command: PlannedCommand): Iterable<Arg> {
  yield* command.argv;
  if (command.stdin !== undefined && "file" in command.stdin) yield command.stdin.file;
}

function* eachArgs({ list, having }: EachName): Iterable<Arg> {
  yield list;
  if (having !== undefined) yield having;
}

function* checkArgs(check: Check): Iterable<Arg> {
  if ("device" in check && check.device !== null) yield { device: check.device };
  if (check.is === "output") yield* [...check.argv, check.equals];
  if ("at" in check) yield check.at;
  if ("path" in check) yield check.path;
  if (check.is === "renamed") yield* namedArgs(check);
  if (check.is === "file" && check.forEach !== undefined) yield* eachArgs(check.forEach);
}
