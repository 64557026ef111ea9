import type { BackupAdapter, Task } from "../adapter/adapter.js";
import { NO_COUNTERS } from "../adapter/event.js";
import type { Arg } from "../plan/arg.js";
import { buildPlan } from "../plan/build.js";
import { judge, mayGoOn } from "../plan/judge.js";
import type { PlanPart, ToolRequirement } from "../plan/part.js";
import { PlanSchema } from "../plan/plan-schema.js";
import { type Action, type Outcome, type PlannedCommand, stepId } from "../plan/step.js";
import { sampleBackupContext, sampleContext } from "./adapter-sample.js";

/** The adapter to try, and options to try it with. */
export interface ConformanceSubject<Options> {
  readonly adapter: BackupAdapter<Options>;
  /** Options as a site writes them, one of each form that the adapter has; at least one. */
  readonly options: readonly unknown[];
}

/** One thing that every adapter must do right. */
export interface ConformanceCheck {
  readonly name: string;
  /** @throws Error that says what is wrong */
  run(): void;
}

/**
 * What the contract asks of every adapter, as checks for any test runner:
 *
 * ```ts
 * for (const check of adapterConformance({ adapter, options: [{ to: "-" }] })) it(check.name, check.run);
 * ```
 */
export function adapterConformance<Options>(subject: ConformanceSubject<Options>): readonly ConformanceCheck[] {
  const { adapter } = subject;
  const checks: ConformanceCheck[] = [
    { name: "has a name for the command line, and one for people", run: () => checkNames(adapter) },
    { name: "refuses options that it doesn't know", run: () => checkOptions(subject) },
    { name: "reads any line without a fault", run: () => checkParser(adapter) },
    { name: "never makes a success of a failure that nothing explains", run: () => checkClassify(adapter) },
  ];
  const given: readonly { readonly title: string; check(options: Options): void }[] = [
    { title: "plans a restore as pure data, the same each time", check: (options) => checkPure(adapter, options) },
    {
      title: "restores after everything is mounted, and destroys nothing",
      check: (options) => checkSteps(adapter, options),
    },
    {
      title: "takes no unknown exit code, and no silence, for a success",
      check: (options) => checkOutcomes(adapter, options),
    },
    { title: "names the tools that it runs, and runs no shell", check: (options) => checkPrograms(adapter, options) },
    { title: "only looks before a restore", check: (options) => checkPreflight(adapter, options) },
    { title: "tells a person how the recovery set is got back", check: (options) => checkBootstrap(adapter, options) },
    {
      title: "plans a backup of every filesystem, with nothing left open",
      check: (options) => checkBackup(adapter, options),
    },
  ];
  for (const raw of subject.options) {
    for (const { title, check } of given) {
      checks.push({ name: `${title}: ${JSON.stringify(raw)}`, run: () => check(adapter.optionsSchema.parse(raw)) });
    }
  }
  return checks;
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function checkNames(adapter: Pick<BackupAdapter, "name" | "title">): void {
  demand(/^[a-z][a-z0-9-]*$/.test(adapter.name), `the name ${JSON.stringify(adapter.name)} isn't one for --adapter`);
  demand(adapter.title.trim() !== "", "it has no title");
}

function checkOptions<Options>({ adapter, options }: ConformanceSubject<Options>): void {
  demand(options.length > 0, "there are no options to try it with");
  for (const raw of options) {
    demand(adapter.optionsSchema.safeParse(raw).success, `its schema refuses ${JSON.stringify(raw)}`);
    const misspelt = { ...(raw as object), "no-such-option": 1 };
    demand(!adapter.optionsSchema.safeParse(misspelt).success, "its schema takes an option that it doesn't know");
  }
}

const LINES = [
  "",
  " ",
  "\0",
  "\r",
  "a\u2028b",
  "\udcff\udc80",
  "tar: \\",
  "ANS1898I ***** Processed     1,000 files *****",
  "Total number of objects restored: 99999999999999999999999",
  "x".repeat(1_000_000),
];

function checkParser(adapter: Pick<BackupAdapter, "parseOutput">): void {
  for (const text of LINES) {
    for (const stream of ["stdout", "stderr"] as const) {
      const events = adapter.parseOutput?.({ stream, text }) ?? [];
      demand(Array.isArray(events), `it makes no list of ${JSON.stringify(text.slice(0, 40))}`);
    }
  }
}

function checkClassify(adapter: Pick<BackupAdapter, "classify">): void {
  const failed = {
    verdict: "failed",
    reasons: [{ verdict: "failed", message: "exited with 199", count: 1, lines: [] }],
  } as const;
  const run = { task: { id: stepId("restore", "sample") }, judgement: failed, counters: NO_COUNTERS, messages: [] };
  const judgement = adapter.classify?.(run) ?? failed;
  demand(!mayGoOn(judgement), `it makes "${judgement.verdict}" of a failure without a message`);
}

function checkPure<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const once = JSON.stringify(adapter.planRestore(sampleContext(options)));
  demand(once === JSON.stringify(adapter.planRestore(sampleContext(options))), "two plans of the same differ");
  const plan = JSON.stringify(planOf(adapter, options));
  const read = PlanSchema.safeParse(JSON.parse(plan));
  const issue = read.error?.issues[0];
  demand(
    read.success,
    `a plan with its steps can't be read again: ${issue?.path.map(String).join(".")}: ${issue?.message}`,
  );
}

/** The sample's whole plan: a mount that stands for the kinds, and the restore. */
function planOf<Options>(adapter: BackupAdapter<Options>, options: Options) {
  const context = sampleContext(options);
  const mount: PlanPart = {
    steps: [
      {
        id: stepId("mount", "sample"),
        title: "Mount everything",
        why: "",
        phase: "mount",
        run: [],
        destroys: [],
        before: [],
        done: [],
        needs: [],
        provides: [],
      },
    ],
  };
  return buildPlan(context.layout, [], [mount, adapter.planRestore(context)]).plan;
}

function checkSteps<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const { steps } = planOf(adapter, options);
  const restore = steps.slice(1);
  demand(restore.length > 0, "it plans no step");
  const mounted = new Set([stepId("mount", "sample")]);
  for (const step of restore) {
    demand(step.phase === "restore", `${step.id} is of the phase ${step.phase}`);
    demand(step.destroys.length === 0, `${step.id} says that it destroys: disks are none of an adapter's business`);
    demand(
      step.after.some((id) => mounted.has(id)),
      `${step.id} doesn't wait for the mounts`,
    );
    mounted.add(step.id);
  }
}

function checkOutcomes<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const { steps } = planOf(adapter, options);
  const judged = steps.filter((step) => step.outcome !== undefined);
  demand(
    judged.some((step) => step.outcome?.atLeast !== undefined),
    "no step says how much must have been restored at least",
  );
  for (const { id, outcome } of judged) {
    const byExit = judgeSample(outcome && { ...outcome, atLeast: undefined }, 199);
    demand(!mayGoOn(byExit), `${id} takes the exit code 199 for a success`);
    if (outcome?.atLeast === undefined) continue;
    const groups = new RegExp(`${outcome.atLeast.pattern}|`).exec("")?.length ?? 0;
    demand(groups > 1 && outcome.atLeast.objects > 0, `${id} counts nothing: its pattern has no group, or 0 is enough`);
    demand(!mayGoOn(judgeSample(outcome, 0)), `${id} takes exit code 0 with nothing restored for a success`);
  }
}

/** The judgement of one command that says nothing and exits with this code. */
function judgeSample(outcome: Outcome | undefined, code: number) {
  const result = { argv: ["sample"], outcome: { is: "exited", code }, stderr: "" } as const;
  return judge(outcome).judgement([{ planned: {}, result }]);
}

/** In every rescue system, and in the coreutils that the core itself needs. */
const EVERYWHERE = ["cat", "rm", "mkdir", "mv", "true", "test"];
const SHELLS = ["sh", "bash", "dash", "ash", "ksh", "zsh", "busybox", "env", "eval", "xargs"];

function checkPrograms<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const restore = adapter.planRestore(sampleContext(options));
  checkProgramsOf(
    (restore.steps ?? []).flatMap((step) => step.run),
    [...adapter.requiredTools(options, "restore"), ...(restore.tools ?? [])],
  );
  const backup = adapter.planBackup?.(sampleBackupContext(options)) ?? [];
  checkProgramsOf(
    backup.flatMap((task) => task.run),
    adapter.requiredTools(options, "backup"),
  );
}

function checkProgramsOf(actions: readonly Action[], tools: readonly ToolRequirement[]): void {
  const named = new Set([...EVERYWHERE, ...tools.map(({ tool }) => tool)]);
  for (const { argv } of actions.flatMap(commandsOf)) {
    const [program] = argv;
    demand(typeof program === "string", "it runs a program that isn't known before the day");
    demand(!SHELLS.includes(program), `it runs ${program}: commands are lists of arguments, never a shell's text`);
    demand(named.has(program), `it runs ${program}, which isn't among its tools`);
    for (const arg of argv.flatMap(textsOf)) {
      demand(!arg.includes("\0"), `an argument of ${program} holds a NUL`);
      demand(!/^\/dev\/(sd|vd|dasd|nvme|dm-|mapper\/)/.test(arg), `${program} is given the device name ${arg}`);
    }
  }
}

function checkPreflight<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  for (const { id, run, remedy } of adapter.preflight?.(sampleContext(options)) ?? []) {
    demand(remedy.trim() !== "", `${id} doesn't say what to do when it fails`);
    demand(!run.some((action) => action.do === "write"), `${id} writes a file`);
  }
}

function checkBootstrap<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const { commands, remarks } = adapter.bootstrap(sampleContext(options));
  demand(commands.length + remarks.length > 0, "it says nothing");
  demandPlain(commands, "the way back to the recovery set");
}

function checkBackup<Options>(adapter: BackupAdapter<Options>, options: Options): void {
  const context = sampleBackupContext(options);
  const tasks = adapter.planBackup?.(context);
  if (tasks === undefined) return;
  demand(
    JSON.stringify(tasks) === JSON.stringify(adapter.planBackup?.(context)),
    "two plans of the same backup differ",
  );
  demand(new Set(tasks.map(({ id }) => id)).size === tasks.length, "two of its tasks have the same id");
  demandPlain(
    tasks.flatMap((task) => task.run),
    "the backup",
  );
  const args = tasks.flatMap((task: Task) => task.run.flatMap(commandsOf)).flatMap(({ argv }) => argv.flatMap(textsOf));
  // a product that can't name one says so
  const lost = new Set((adapter.planRestore(context).findings ?? []).map(({ node }) => node));
  for (const { at, node } of context.scope.filesystems) {
    demand(
      lost.has(node) || args.some((arg) => arg.endsWith(at) || arg.endsWith(`${at}/`)),
      `no command of its backup names the filesystem ${at}`,
    );
  }
}

function demandPlain(actions: readonly Action[], where: string): void {
  const args = actions.flatMap((action) => [
    ...commandsOf(action).flatMap(({ argv, stdin }) => [...argv, ...(stdin && "file" in stdin ? [stdin.file] : [])]),
    ...(action.do === "write" ? [action.path] : []),
  ]);
  const open = args.find((arg) => typeof arg !== "string");
  demand(open === undefined, `${where} refers to ${JSON.stringify(open)}, which only a plan's steps can`);
}

function commandsOf(action: Action): readonly PlannedCommand[] {
  if (action.do === "pipe") return action.stages;
  return action.do === "exec" ? [action] : [];
}

function textsOf(arg: Arg): readonly string[] {
  if (typeof arg === "string") return [arg];
  return "concat" in arg ? arg.concat.flatMap(textsOf) : [];
}
