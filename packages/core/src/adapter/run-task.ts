import { BmrError } from "../error.js";
import type { ActionHost, ExecRequest, ExecWatcher } from "../host/host.js";
import type { CommandResult } from "../host/outcome.js";
import type { Arg } from "../plan/arg.js";
import { type JudgedCommand, type Judgement, judge, mayGoOn, worst } from "../plan/judge.js";
import type { Action, PlannedCommand } from "../plan/step.js";
import type { BackupAdapter, Task, TaskRun } from "./adapter.js";
import { type AdapterEvent, type Counters, count, NO_COUNTERS } from "./event.js";

/** What a task is run with. */
export interface TaskSurroundings {
  readonly host: ActionHost;
  readonly adapter: Pick<BackupAdapter, "parseOutput" | "classify">;
  /** Fills in what a planned argument refers to; without it an argument that isn't text is an error. */
  readonly bind?: (arg: Arg) => string;
  /** Called with every event, for progress and the log. */
  readonly onEvent?: (event: AdapterEvent, task: Task) => void;
  readonly signal?: AbortSignal;
}

/** How a task ended. */
export interface TaskReport extends TaskRun {
  readonly results: readonly CommandResult[];
}

/** So many messages are kept of a task; the counters count all. */
const MESSAGES_KEPT = 1000;

/**
 * Runs the actions of a task one after another and judges them as one: by the task's outcome, then by the adapter.
 * Stops at the first action that doesn't end well.
 *
 * @throws BmrError `plan-invalid` for an action that a task can't have; `step-failed` when a file can't be written
 */
export async function runTask(task: Task, surroundings: TaskSurroundings): Promise<TaskReport> {
  const { adapter, onEvent, signal } = surroundings;
  const heard = { counters: NO_COUNTERS as Counters, messages: [] as TaskRun["messages"][number][] };
  const hear = (stream: "stdout" | "stderr", text: string) => {
    for (const event of adapter.parseOutput?.({ stream, text }) ?? []) {
      heard.counters = count(heard.counters, event);
      if (event.is === "message" && heard.messages.length < MESSAGES_KEPT) heard.messages.push(event);
      onEvent?.(event, task);
    }
  };
  const results: CommandResult[] = [];
  let judgement: Judgement = { verdict: "ok", reasons: [] };
  for (const action of task.run) {
    const ruling = judge(usesOutcome(action) ? task.outcome : undefined);
    const line = (stream: "stdout" | "stderr", text: string) => {
      ruling.line(text);
      hear(stream, text);
    };
    const commands = await runAction(action, surroundings, { line, ...(signal === undefined ? {} : { signal }) });
    results.push(...commands.map((command) => command.result));
    judgement = together(judgement, ruling.judgement(commands));
    if (!mayGoOn(judgement)) break;
  }
  const run = { task, judgement, ...heard };
  return { ...run, judgement: adapter.classify?.(run) ?? judgement, results };
}

interface EndedCommand extends JudgedCommand {
  readonly result: CommandResult;
}

/** A task's outcome is about its product's commands: those whose exit codes nothing else judges. */
function usesOutcome(action: Action): boolean {
  if (action.do === "exec") return action.okExits === undefined;
  return action.do === "pipe" && action.stages.some((stage) => stage.okExits === undefined);
}

function together(a: Judgement, b: Judgement): Judgement {
  return { verdict: worst([a.verdict, b.verdict]), reasons: [...a.reasons, ...b.reasons] };
}

async function runAction(
  action: Action,
  surroundings: TaskSurroundings,
  watcher: ExecWatcher,
): Promise<EndedCommand[]> {
  const { host, bind = plainText } = surroundings;
  switch (action.do) {
    case "write":
      await host.write(bind(action.path), action.content, action.mode === undefined ? {} : { mode: action.mode });
      return [];
    case "exec": {
      if (action.forEach !== undefined || action.attempts !== undefined) throw unfit(action);
      const { timeLimitSeconds, terminal } = action;
      const limits = { ...(timeLimitSeconds ? { timeLimitSeconds } : {}), ...(terminal ? { terminal } : {}) };
      return [{ planned: action, result: await host.exec({ ...request(action, bind), ...limits }, watcher) }];
    }
    case "pipe": {
      const limit = action.timeLimitSeconds === undefined ? {} : { timeLimitSeconds: action.timeLimitSeconds };
      const [first, ...rest] = action.stages.map((stage) => ({ ...request(stage, bind), ...limit }));
      const results = await host.pipe([first as ExecRequest, ...rest], watcher);
      return results.map((result, index) => ({ planned: action.stages[index] as PlannedCommand, result }));
    }
    case "rename":
    case "search":
      throw unfit(action);
  }
}

function request(command: PlannedCommand, bind: (arg: Arg) => string): ExecRequest {
  const [program, ...rest] = command.argv;
  const { stdin, stdout, env } = command;
  return {
    argv: [bind(program), ...rest.map(bind)],
    ...(stdin === undefined ? {} : { stdin: "text" in stdin ? stdin : { file: bind(stdin.file) } }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(env === undefined ? {} : { env }),
  };
}

function plainText(arg: Arg): string {
  if (typeof arg === "string") return arg;
  throw new BmrError("plan-invalid", `a task of a backup refers to ${JSON.stringify(arg)}, which only a restore has`, {
    details: { arg },
  });
}

function unfit(action: Action): BmrError {
  return new BmrError(
    "plan-invalid",
    "a task of an adapter repeats a command or renames disks, which only a step of a plan can",
    {
      details: { action },
    },
  );
}
