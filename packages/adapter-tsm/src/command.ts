import type { Arg, PlannedCommand } from "@bmr/core";
import type { TsmOptions } from "./options.js";

/** Names are bytes of this locale on the server; the C locale leaves them out (ANS1154E). */
export const USUAL_LOCALE = "en_US.UTF-8";

/**
 * One call of the client. Without a shell no quotes are needed, and `-dateformat` comes before every date: dsmc reads
 * its options from left to right (IBM, option pitdate).
 */
export function dsmc(options: TsmOptions, verb: readonly string[], ...operands: readonly Arg[]): PlannedCommand {
  const node = [
    ...(options.optionsFile === undefined ? [] : [`-optfile=${options.optionsFile}`]),
    ...(options.serverName === undefined ? [] : [`-servername=${options.serverName}`]),
    ...(options.asNode === undefined ? [] : [`-asnodename=${options.asNode}`]),
  ];
  return {
    argv: ["dsmc", ...verb, ...node, "-dateformat=3", "-timeformat=1", "-numberformat=1", ...operands],
    env: environment(options),
  };
}

function environment(options: TsmOptions): Readonly<Record<string, string>> {
  const locale = options.locale ?? USUAL_LOCALE;
  return {
    LANG: locale,
    LC_ALL: locale,
    DSM_LOG: options.logDirectory ?? "/var/log",
    ...(options.clientDirectory === undefined ? {} : { DSM_DIR: options.clientDirectory }),
  };
}
