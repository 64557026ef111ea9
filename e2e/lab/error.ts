import { existsSync, readFileSync } from "node:fs";

/** What went wrong in the lab itself or in a guest, with the log in which to look. */
export class LabError extends Error {
  /** The log that shows the failure, if there is one. */
  readonly log: string | undefined;

  constructor(message: string, log?: string) {
    super(message);
    this.name = "LabError";
    this.log = log;
  }
}

/** The last `count` lines of a log, without the control characters that boot loaders write to serial consoles. */
export function lastLines(file: string, count: number): readonly string[] {
  if (!existsSync(file)) return [`(${file} does not exist)`];
  const text = readFileSync(file, "latin1")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\x1b.|[\x00-\x08\x0b-\x1f]/g, "")
    .trimEnd();
  return text.split("\n").slice(-count);
}
