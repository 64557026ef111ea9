import type { AdapterContext, Arg, DraftStep, ParamSpec, PlanPart, Preflight } from "@bmr/core";
import { stepId } from "@bmr/core";
import { dsmc } from "./command.js";
import { belowTarget, type FileSpace, fileSpaces, sourceOf } from "./file-spaces.js";
import type { TsmOptions } from "./options.js";
import { queryOutcome, restoreOutcome } from "./outcome.js";
import { restoreTools } from "./tools.js";

/** Which state is restored: the newest backup, or the one of a date. */
export const STATE_PARAM = "state";
/** The date of the state, where one is chosen. */
export const DATE_PARAM = "date";
/** The time of day on that date. */
export const TIME_PARAM = "time";

const NEWEST = { param: STATE_PARAM, equals: "newest" } as const;
const AS_OF = { param: STATE_PARAM, equals: "as-of" } as const;

/** The restore of every file space, each by a command of its own, outer ones first. */
export function planRestore(context: AdapterContext<TsmOptions>): PlanPart {
  const { saved, findings } = fileSpaces(context);
  const connect = connectStep(context.options);
  const steps: DraftStep[] = [connect];
  let before: DraftStep["needs"] = connect.provides;
  for (const space of saved) {
    // one after another: parallel sessions of one node break hard links (rear#612), and tapes are mounted once
    const provides = [`done:tsm:${space.name}`] as const;
    steps.push(restoreStep(context, space, NEWEST, before), restoreStep(context, space, AS_OF, before));
    before = provides;
  }
  return { steps, params: PARAMS, tools: restoreTools(), findings };
}

const PARAMS: readonly ParamSpec[] = [
  {
    name: STATE_PARAM,
    title: "Which state: the newest backup, or that of a date (--param state=as-of --param date=YYYY-MM-DD)",
    pattern: "newest|as-of",
    default: "newest",
  },
  {
    name: DATE_PARAM,
    title: "The date of the state, YYYY-MM-DD",
    pattern: "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    default: null,
  },
  {
    name: TIME_PARAM,
    title: "The time of the state, HH:MM:SS; the end of the day otherwise",
    pattern: "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]",
    default: "23:59:59",
  },
];

/** Logs on once before hours depend on it; this is where a password is asked for, by the client itself. */
function connectStep(options: TsmOptions): DraftStep {
  const asks = options.password === "ask";
  return {
    id: stepId("restore", "tsm-session"),
    title: "Log on to the TSM server",
    why: asks
      ? "the client asks for the node's password here, and stores it for what follows"
      : "a missing password or server is better found before the first file",
    phase: "restore",
    run: [{ do: "exec", ...dsmc(options, ["query", "session"]), ...(asks ? { terminal: true, okExits: [0] } : {}) }],
    destroys: [],
    before: [],
    done: [],
    ...(asks ? {} : { outcome: queryOutcome("^ *Server Version +([0-9]+)") }),
    needs: ["phase:mount"],
    provides: ["done:tsm-session"],
  };
}

function restoreStep(
  { options }: AdapterContext<TsmOptions>,
  space: FileSpace,
  when: NonNullable<DraftStep["when"]>,
  needs: DraftStep["needs"],
): DraftStep {
  const isNewest = when === NEWEST;
  const at: Arg = { target: space.name };
  const date: readonly Arg[] = isNewest
    ? []
    : [{ concat: ["-pitdate=", { param: DATE_PARAM }] }, { concat: ["-pittime=", { param: TIME_PARAM }] }];
  return {
    id: stepId("restore", `tsm${isNewest ? "" : "-as-of"}:${space.name}`),
    title: `Restore the file space ${JSON.stringify(space.name)}${isNewest ? "" : " as of a date"}`,
    why: "a command doesn't cross into another file space, so each has its own",
    phase: "restore",
    when,
    run: [
      {
        do: "exec",
        ...dsmc(options, ["restore"], ...RESTORE_OPTIONS, ...date, sourceOf(space), belowTarget(space)),
      },
    ],
    destroys: [],
    before: space.is === "filesystem" ? [{ is: "mounted", at, device: null }] : [],
    done: [],
    outcome: restoreOutcome(),
    needs: ["phase:mount", ...needs],
    provides: [`done:tsm:${space.name}`],
  };
}

/**
 * `-replace` is `prompt` otherwise, which hangs; `-tapeprompt` and `-scrollprompt` wait too; more than one session
 * breaks hard links (rear#612).
 */
const RESTORE_OPTIONS = [
  "-subdir=yes",
  "-replace=all",
  "-preservepath=subtree",
  "-tapeprompt=no",
  "-scrollprompt=no",
  "-resourceutilization=1",
] as const;

/** Whether the server answers, and has a file space for each filesystem: before any disk is touched. */
export function preflight(context: AdapterContext<TsmOptions>): readonly Preflight[] {
  const { options } = context;
  const session = connectStep(options);
  return [
    {
      id: session.id,
      title: session.title,
      why: session.why,
      run: session.run,
      ...(session.outcome === undefined ? {} : { outcome: session.outcome }),
      remedy: "see dsm.sys, dsm.opt, the network, and the node's password; `dsmc query session` by hand tells more",
    },
    ...fileSpaces(context).saved.map(({ name }) => ({
      id: stepId("look", `tsm:${name}`),
      title: `See that the server has the file space ${JSON.stringify(name)}`,
      why: "a filesystem that was never backed up is found before its disk is erased",
      run: [{ do: "exec" as const, ...dsmc(options, ["query", "filespace"], "-scrollprompt=no", name) }],
      outcome: queryOutcome(`^ *([0-9]+) .* ${literal(name)} *$`),
      remedy: `back it up under this node, or list it in the option notSaved where its data comes from elsewhere`,
    })),
  ];
}

/** A regular expression that matches just this text, in ECMAScript as in POSIX ERE. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
