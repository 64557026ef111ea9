import { setTimeout as sleep } from "node:timers/promises";
import { BmrError } from "../error.js";
import type { ActionHost, ExecRequest } from "../host/host.js";
import type { CommandResult } from "../host/outcome.js";
import { type Judge, type JudgedCommand, type Judgement, judge, mayGoOn } from "../plan/judge.js";
import type { Step } from "../plan/step.js";
import { unifiedDiff } from "../render/diff.js";
import type { BoundAction, BoundCommand } from "./bound-action.js";
import type { RunListener } from "./events.js";
import { harmless, withoutHarmless } from "./harmless.js";

/** What performing an action needs. */
export interface Stage {
  readonly step: Step;
  readonly host: ActionHost;
  readonly emit: RunListener;
  /** Ends the command at hand. */
  readonly end: AbortSignal;
}

/** What was run, and the lines of it that count. */
export interface Performed {
  readonly commands: readonly JudgedCommand[];
  /** By exit codes and messages; whether enough was done can only be said of the whole step. */
  readonly judgement: Judgement;
}

/** From one attempt to the next, in ms. */
const BETWEEN_ATTEMPTS = 1000;

/**
 * Performs one action. `total` hears the lines of what counts: of several attempts, only the last.
 *
 * @throws BmrError `step-failed` where a file can't be written
 */
export async function perform(action: BoundAction, stage: Stage, total: Judge): Promise<Performed> {
  if (action.do === "write") return performWrite(action, stage);
  const commands = action.do === "pipe" ? action.stages : ([action.command] as const);
  const times = action.do === "pipe" ? 1 : action.times;
  for (let attempt = 1; ; attempt++) {
    const performed = await attemptOnce(commands, stage, total, times === 1);
    const mayBeARace = performed.commands.every(({ result }) => result.outcome.is === "exited");
    const last = attempt >= times || mayGoOn(performed.judgement) || !mayBeARace || stage.end.aborted;
    if (last || action.do === "pipe") {
      for (const text of performed.lines) total.line(text);
      return performed;
    }
    const why = performed.judgement.reasons.map((reason) => reason.message).join("; ");
    stage.emit({ is: "attempt-failed", step: stage.step, attempt, of: times, why, race: action.race });
    await sleep(BETWEEN_ATTEMPTS, undefined, { signal: stage.end }).catch(() => {});
  }
}

async function performWrite(action: Extract<BoundAction, { do: "write" }>, stage: Stage): Promise<Performed> {
  const { path, content, mode, sysfs, replaces } = action;
  const diff = replaces === undefined ? {} : { diff: unifiedDiff(path, replaces, content) };
  stage.emit({ is: "write", step: stage.step, path, ...diff });
  await stage.host.write(path, content, {
    ...(replaces === undefined ? {} : { like: path }),
    ...(mode === undefined ? {} : { mode }),
    ...(sysfs === undefined ? {} : { sysfs }),
  });
  return { commands: [], judgement: { verdict: "ok", reasons: [] } };
}

/** One attempt. Its lines go to the total at once where it is the only one, and are kept for later otherwise. */
async function attemptOnce(
  commands: readonly [BoundCommand, ...BoundCommand[]],
  { step, host, emit, end }: Stage,
  total: Judge,
  live: boolean,
): Promise<Performed & { readonly lines: readonly string[] }> {
  const own = judge(step.outcome === undefined ? undefined : { ...step.outcome, atLeast: undefined });
  const requests = commands.map((command) => command.request) as unknown as [ExecRequest, ...ExecRequest[]];
  const argvs = requests.map(({ argv }) => argv);
  const lines: string[] = [];
  const line = (stream: "stdout" | "stderr", text: string) => {
    own.line(text);
    if (live) total.line(text);
    else lines.push(text);
    const why = stream === "stderr" ? harmless(text, argvs) : undefined;
    emit({ is: "line", step, stream, text, ...(why === undefined ? {} : { harmless: why }) });
  };
  const began = performance.now();
  emit({ is: "command", step, argvs, terminal: requests.at(-1)?.terminal === true });
  const watcher = { line, signal: end };
  const results = commands.length === 1 ? [await host.exec(requests[0], watcher)] : await host.pipe(requests, watcher);
  const judged = commands.map(({ planned }, at) => judgedCommand(planned, results[at] as CommandResult));
  const judgement = own.judgement(judged);
  const seconds = (performance.now() - began) / 1000;
  emit({ is: "command-ended", step, results, seconds, failed: !mayGoOn(judgement) });
  return { commands: judged, judgement, lines };
}

/** What it said last tells why it failed, unless that is a message that is known to be harmless. */
function judgedCommand(planned: BoundCommand["planned"], result: CommandResult): JudgedCommand {
  return { planned, result: { ...result, stderr: withoutHarmless(result.stderr, [result.argv]) } };
}

/** The failure of a step whose commands were judged so. */
export function stepFailure(step: Step, { verdict, reasons }: Judgement): BmrError {
  const said = reasons.map((reason) => reason.message).join("; ");
  const remedies = reasons.flatMap((reason) => (reason.remedy === undefined ? [] : [reason.remedy]));
  const advice = remedies.length === 0 ? "" : ` (${[...new Set(remedies)].join("; ")})`;
  return new BmrError("step-failed", `${step.id}: ${said || verdict}${advice}`, {
    details: { step: step.id, verdict, reasons },
  });
}
