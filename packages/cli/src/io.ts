import { createInterface } from "node:readline/promises";
import { BmrError, printable } from "@bmr/core";

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

/** The real streams. `input: false` never waits for an answer. */
export function terminalIo(options: { readonly input: boolean; readonly quiet: boolean }): Io {
  // a reader that went away (head, a closed pager) is no error
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    say: (line = "") => {
      if (!options.quiet) for (const one of line.split("\n")) process.stderr.write(`${printable(one)}\n`);
    },
    ask: async (question) => {
      if (!options.input || !process.stdin.isTTY) return undefined;
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
