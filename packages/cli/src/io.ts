import { createInterface } from "node:readline/promises";
import { BmrError, printable } from "@bmr/core";
import { type Console, openConsole } from "./console.js";

/** Where the program talks to: stdout is data, stderr is everything else. */
export interface Io {
  /** Data, on stdout. */
  out(text: string): void;
  /** For people, on stderr. Made safe to show but for its line ends; never repainted. */
  say(line?: string): void;
  /** Asks on the terminal; undefined where nobody can answer (no terminal, `--no-input`, closed stdin). */
  ask(question: string): Promise<string | undefined>;
  /** Whether the characters of a tree can be shown. */
  readonly unicode: boolean;
}

/** Opens the streams of a run. `input: false` never waits for an answer; `quiet` says nothing. */
export type OpenIo = (options: { readonly input: boolean; readonly quiet: boolean }) => Io;

/** The real streams of this process. */
export interface Terminal {
  readonly open: OpenIo;
  /** Waits until people can read all that was said, at most so long (ms). */
  flush(milliseconds: number): Promise<boolean>;
}

/** Takes hold of the real streams. What is said never waits for its reader; data and questions do. */
export function openTerminal(): Terminal {
  // a reader that went away (head, a closed pager) is no error
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const people = openConsole(2);
  return { open: (options) => ioOver(people, options), flush: people.flush };
}

function ioOver(people: Console, options: Parameters<OpenIo>[0]): Io {
  return {
    out: (text) => void process.stdout.write(text),
    say: (line = "") => {
      if (!options.quiet) for (const one of line.split("\n")) people.line(printable(one));
    },
    ask: async (question) => {
      if (!options.input || !process.stdin.isTTY) return undefined;
      await people.flush(Number.POSITIVE_INFINITY);
      return await askOnTerminal(question);
    },
    unicode: /utf-?8/i.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? ""),
  };
}

async function askOnTerminal(question: string): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | undefined>((resolve) => {
      reader.once("close", () => resolve(undefined));
      reader.question(question).then(resolve, () => resolve(undefined));
    });
  } finally {
    reader.close();
  }
}

/** Asks for a yes; refuses where nobody can answer, and says which flag would have answered. */
export async function askYes(io: Io, question: string, flag: string): Promise<void> {
  const answer = await io.ask(`${question} [yes/no] `);
  if (answer?.trim().toLowerCase() === "yes") return;
  const why = answer === undefined ? `nobody can be asked; ${flag} would answer` : "not confirmed";
  throw new BmrError("confirmation-missing", `${question}: ${why}. Nothing was done.`);
}
