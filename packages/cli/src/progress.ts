import type { Phase, RunEvent, RunListener, RunReport, Step, StepId, StepLabel, Tally } from "@bmr/core";
import { quotePosix } from "@bmr/core";
import { duration, fold } from "./fold.js";
import type { Io } from "./io.js";

/** How a run is told. */
export interface Telling {
  readonly label: StepLabel;
  readonly tally: Tally;
  /** Each command, and all that it says. */
  readonly verbose: boolean;
}

/** Tells a run as it goes. */
export interface Teller {
  readonly listen: RunListener;
  /** What the whole run is to do, once that is known: the time of each phase and what is left are told by it. */
  expect(steps: readonly Step[]): void;
}

/** So many lines of a step's error output are shown without `--verbose`; all are in the log. */
const REMARKS_SHOWN = 10;

/**
 * Tells a run on plain lines: nothing is repainted, so it reads the same on a 3270 and in a file. Each line begins with
 * its step's number, since steps may run side by side.
 */
export function tellProgress(io: Io, telling: Telling): Teller {
  const phases = phaseClock();
  const remarks = new Map<StepId, number>();
  const say = (step: Step, text: string, whole: boolean) => {
    const label = telling.label(step);
    const line = `${label} ${text}`;
    io.say(whole ? line : fold(line, label.length + 3));
  };
  return {
    expect: phases.expect,
    listen: (event) => {
      for (const text of linesOf(event, telling, remarks)) say(event.step, text, isText(event));
      for (const line of phases.hear(event)) io.say(fold(line, 3));
    },
  };
}

/** What is in a file is shown as it is. */
function isText(event: RunEvent): boolean {
  return event.is === "write" && event.diff !== undefined;
}

function linesOf(event: RunEvent, { tally, verbose }: Telling, remarks: Map<StepId, number>): readonly string[] {
  const { step } = event;
  switch (event.is) {
    case "step-started":
      return [step.title];
    case "step-skipped":
      return [`skipped: ${step.title} (${event.why})`];
    case "command":
      if (!verbose) return [];
      return [
        `#${tally.commandOf(step.id)} $ ${event.argvs.map((argv) => argv.map(quotePosix).join(" ")).join(" | ")}`,
      ];
    case "command-ended":
      return [];
    case "write":
      return event.diff === undefined ? (verbose ? [`writes ${event.path}`] : []) : diffLines(event.diff);
    case "line":
      return verbose ? [outputLine(event)] : remarkLines(event, remarks);
    case "attempt-failed":
      return [`try ${event.attempt} of ${event.of} failed: ${event.why}; again, since ${event.race}`];
    case "step-done": {
      const warnings = event.warnings.map(({ message }) => `warning: ${message}`);
      return event.seconds >= 1 ? [...warnings, `done in ${duration(event.seconds)}`] : warnings;
    }
    case "step-failed":
      return [`FAILED: ${event.error.message}`];
    case "stopping":
      return [event.ends ? "is ended" : "comes to its end, and nothing is begun after it; once more: it is ended"];
  }
}

/** What is changed in a file of the restored system is shown in any case. */
function diffLines(diff: string): readonly string[] {
  return diff
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
}

type Line = Extract<RunEvent, { is: "line" }>;

function outputLine({ stream, text, harmless }: Line): string {
  if (harmless !== undefined) return `  ~ ${text} [harmless: ${harmless}]`;
  return `  ${stream === "stderr" ? "!" : " "} ${text}`;
}

/** What a command says on its error output is worth a look; a backup product's messages are judged by its adapter. */
function remarkLines(event: Line, remarks: Map<StepId, number>): readonly string[] {
  const { step, stream, text, harmless } = event;
  if (stream !== "stderr" || harmless !== undefined || step.phase === "restore" || text.trim() === "") return [];
  const count = (remarks.get(step.id) ?? 0) + 1;
  remarks.set(step.id, count);
  if (count > REMARKS_SHOWN + 1) return [];
  return [count > REMARKS_SHOWN ? "  ! and more, in the log" : outputLine(event)];
}

/** Takes the time of each phase, from its first step's start to its last one's end. */
function phaseClock() {
  const left = new Map<Phase, Set<StepId>>();
  const begun = new Map<Phase, number>();
  const done = new Map<Phase, number>();
  const isLeft = (step: Step) => left.get(step.phase)?.has(step.id) === true;
  return {
    expect: (steps: readonly Step[]) => {
      for (const { phase, id } of steps) left.set(phase, (left.get(phase) ?? new Set()).add(id));
    },
    hear: (event: RunEvent): readonly string[] => {
      const { step } = event;
      if (event.is === "step-started" && !begun.has(step.phase)) begun.set(step.phase, performance.now());
      if ((event.is !== "step-done" && event.is !== "step-skipped") || !isLeft(step)) return [];
      if (event.is === "step-done") done.set(step.phase, (done.get(step.phase) ?? 0) + 1);
      const own = left.get(step.phase) as Set<StepId>;
      own.delete(step.id);
      const count = done.get(step.phase);
      if (own.size > 0 || count === undefined) return [];
      const seconds = (performance.now() - (begun.get(step.phase) as number)) / 1000;
      return [`-- ${step.phase}: ${count} step${count === 1 ? "" : "s"} in ${duration(seconds)}; ${whatIsLeft(left)}`];
    },
  };
}

function whatIsLeft(left: ReadonlyMap<Phase, ReadonlySet<StepId>>): string {
  const phases = [...left].filter(([, steps]) => steps.size > 0);
  if (phases.length === 0) return "no step is left";
  const total = phases.reduce((sum, [, steps]) => sum + steps.size, 0);
  return `${total} left: ${phases.map(([phase, steps]) => `${steps.size} ${phase}`).join(", ")}`;
}

/** What a run did, in the end: and what state the disks are in where it didn't get to its end. */
export function tellReport(io: Io, report: RunReport, tally: Tally, seconds: number): void {
  const count = (is: string) => report.steps.filter((step) => step.is === is).length;
  const steps = `${count("done")} steps done, ${count("skipped")} skipped, ${count("failed")} failed`;
  const commands = `${tally.commands()} commands, ${tally.failures()} of them failed`;
  const harmless = tally.harmless() === 0 ? "" : `; ${tally.harmless()} messages are known to be harmless`;
  io.say(fold(`${steps}, in ${duration(seconds)}; ${commands}${harmless}`, 3));
  if (report.is === "done") return;
  for (const disk of report.disks) io.say(`  ${disk.path}: ${disk.is}`);
  if (report.error !== undefined) io.say(report.error.message);
}
