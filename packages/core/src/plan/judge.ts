import { type CommandResult, describeOutcome } from "../host/outcome.js";
import { type Outcome, type PlannedCommand, VERDICTS, type Verdict } from "./step.js";

/** Why a command was judged as it was. */
export interface Reason {
  readonly verdict: Verdict;
  /** For people: what was said, by what. */
  readonly message: string;
  /** How often; the first few lines stand in `lines`. */
  readonly count: number;
  readonly lines: readonly string[];
  readonly remedy?: string | undefined;
}

/** A verdict with its reasons. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

/** One command of a step, as planned and as it ended. */
export interface JudgedCommand {
  readonly planned: Pick<PlannedCommand, "okExits">;
  readonly result: Pick<CommandResult, "argv" | "outcome" | "stderr">;
}

/** Judges what a step does, from its lines as they come and from its ends. */
export interface Judge {
  /** One line of stdout or stderr, without its newline. */
  line(text: string): void;
  /** The judgement, once every command of the step has ended; of a pipe all stages, in their order. */
  judgement(commands: readonly JudgedCommand[]): Judgement;
}

/** So many lines are kept of each reason; the rest is counted. */
const LINES_KEPT = 20;

/** True when a run may go on: nothing was lost that the judgement doesn't name. */
export function mayGoOn(judgement: Judgement): boolean {
  return judgement.verdict === "ok" || judgement.verdict === "warnings";
}

/** The worst of these; `ok` of none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] as Verdict;
}

/**
 * A judge for one step. Without an outcome the exit codes alone decide.
 *
 * A line that means `retryable` or `needs-operator` explains an exit code that means failure; a line that means
 * `failed` makes a failure of any exit code. An exit code that isn't named, a signal, a time limit, a program that
 * isn't there, and too low a count are failures.
 */
export function judge(outcome: Outcome | undefined): Judge {
  const rules = (outcome?.messages ?? []).map((rule) => ({ ...rule, expression: new RegExp(rule.pattern) }));
  const seen = rules.map(() => ({ count: 0, lines: [] as string[] }));
  const least = outcome?.atLeast && { ...outcome.atLeast, expression: new RegExp(outcome.atLeast.pattern) };
  let counted: number | null = null;
  return {
    line(text) {
      const count = least?.expression.exec(text)?.[1];
      if (count !== undefined) counted = Number(count.replace(/[,.' ]/g, ""));
      const index = rules.findIndex((rule) => rule.expression.test(text));
      const hits = seen[index];
      if (hits === undefined) return;
      hits.count += 1;
      if (hits.lines.length < LINES_KEPT) hits.lines.push(text);
    },
    judgement(commands) {
      const said = rules.flatMap((rule, index): Reason[] => {
        const { count, lines } = seen[index] as (typeof seen)[number];
        if (count === 0 || rule.means === "ok") return [];
        const message = count === 1 ? (lines[0] as string) : `${count} times: ${lines[0]}`;
        return [{ verdict: rule.means, message, count, lines, remedy: rule.remedy }];
      });
      const ended = endings(outcome, commands);
      // what failed anyway needn't be told that it has done too little
      const failed = ended.some(({ verdict }) => verdict === "failed");
      const short = least === undefined || failed ? [] : tooFew(least.objects, counted);
      return { verdict: together(said, [...ended, ...short]), reasons: [...ended, ...short, ...said] };
    },
  };
}

/** A message that says what to do about a failure says more than the failing exit code. */
function together(said: readonly Reason[], ended: readonly Reason[]): Verdict {
  const message = worst(said.map((reason) => reason.verdict));
  const exit = worst(ended.map((reason) => reason.verdict));
  return exit === "failed" && (message === "retryable" || message === "needs-operator")
    ? message
    : worst([message, exit]);
}

/** The bad ends. A stage that SIGPIPE ended is no reason of its own where a later stage failed. */
function endings(outcome: Outcome | undefined, commands: readonly JudgedCommand[]): Reason[] {
  const reasons: Reason[] = [];
  for (const command of [...commands].reverse()) {
    const verdict = verdictOf(outcome, command);
    if (verdict === "ok" || (reasons.length > 0 && endedByPipe(command))) continue;
    const message = `${command.result.argv[0]} ${describeOutcome({ ...command.result, stdout: "" })}`;
    reasons.unshift({ verdict, message, count: 1, lines: [] });
  }
  return reasons;
}

function verdictOf(outcome: Outcome | undefined, { planned, result }: JudgedCommand): Verdict {
  if (result.outcome.is !== "exited") return "failed";
  const { code } = result.outcome;
  if (planned.okExits !== undefined) return planned.okExits.includes(code) ? "ok" : "failed";
  if (outcome === undefined) return code === 0 ? "ok" : "failed";
  return outcome.exits[String(code)] ?? "failed";
}

/** SIGPIPE itself, or 128+13 as shells and some programs report it. */
function endedByPipe({ result: { outcome } }: JudgedCommand): boolean {
  return (
    (outcome.is === "signalled" && outcome.signal === "SIGPIPE") || (outcome.is === "exited" && outcome.code === 141)
  );
}

function tooFew(objects: number, counted: number | null): Reason[] {
  if (counted !== null && counted >= objects) return [];
  const message =
    counted === null
      ? "it didn't say how much it has done, so nothing may have been done"
      : `it has done ${counted}, and at least ${objects} was expected`;
  return [{ verdict: "failed", message, count: 1, lines: [] }];
}
