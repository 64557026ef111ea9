import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { LabError } from "./error.js";

/**
 * Runs a program of the host to its end, with its output in `log` (appended).
 * @throws {@link LabError} when it can't be started or does not exit with 0.
 */
export async function command(argv: readonly [string, ...string[]], log: string, cwd?: string): Promise<void> {
  const out = createWriteStream(log, { flags: "a" });
  out.write(`+ ${argv.join(" ")}\n`);
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    ...(cwd === undefined ? {} : { cwd }),
  });
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  const ending = await new Promise<string | number>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? `signal ${signal}`));
  });
  out.end();
  await finished(out);
  if (ending !== 0) throw new LabError(`${argv[0]} failed (${ending})`, log);
}
