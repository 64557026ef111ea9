import type { LinkResult, ListResult, ProbeHost, ReadResult } from "./host.js";
import { type CommandResult, describeOutcome } from "./outcome.js";

/** A question that a machine answered neither with what there is nor with that there is nothing. */
export interface Unanswered {
  /** The path, or the command's words. */
  readonly asked: string;
  /** For people: what came instead. */
  readonly said: string;
}

/** A host that is listened to, and the questions that it left open. */
export interface Listening {
  readonly host: ProbeHost;
  /** Each question once, in the order in which they were left open. */
  unanswered(): readonly Unanswered[];
}

/**
 * Notices which questions a host leaves open: what may not be read or run, what hangs, dies or prints without end, what
 * breaks off with an error. No probe needs to know of the difference between that and an absence for it to be told.
 * Whether a tool that is missing, or exits with an error, leaves anything open, only its probe knows.
 */
export function noticeUnanswered(inner: ProbeHost): Listening {
  const open = new Map<string, string>();
  const notice = <A extends CommandResult | ReadResult | ListResult | LinkResult>(
    asked: string,
    answer: Promise<A>,
  ): Promise<A> => {
    const look = (result: A): void => {
      const said = "outcome" in result ? whyNotRun(result) : whyNotRead(result);
      if (said !== undefined && !open.has(asked)) open.set(asked, said);
    };
    // whoever asked gets to see it where the answer is an exception
    answer.then(look, () => undefined);
    return answer;
  };
  const host: ProbeHost = {
    ...(inner.constant ? { constant: true } : {}),
    run: (argv, options) => notice(argv.join(" "), inner.run(argv, options)),
    read: (path, options) => notice(path, inner.read(path, options)),
    list: (path) => notice(path, inner.list(path)),
    readlink: (path) => notice(path, inner.readlink(path)),
  };
  return { host, unanswered: () => [...open].map(([asked, said]) => ({ asked, said })) };
}

function whyNotRun(result: CommandResult): string | undefined {
  const { is } = result.outcome;
  const isOpen = is === "timed-out" || is === "signalled" || is === "overflowed" || is === "denied";
  return isOpen ? describeOutcome(result) : undefined;
}

/** What the kernel says of a drive without a medium, and of an attribute that a device doesn't have: there is nothing. */
const NOTHING_THERE = /^(?:ENOMEDIUM|ENXIO|ENODEV|ENODATA|EINVAL|EOPNOTSUPP|ENOTSUP)\b/;

function whyNotRead(result: ReadResult | ListResult | LinkResult): string | undefined {
  if (result.is === "denied") return `may not be read: ${result.reason}`;
  return result.is === "failed" && !NOTHING_THERE.test(result.reason) ? `can't be read: ${result.reason}` : undefined;
}
