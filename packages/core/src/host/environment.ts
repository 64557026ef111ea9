import { isCleanText } from "./bytes.js";
import type { Argv, Outcome } from "./outcome.js";

/** Where programs are looked up: a plain user's PATH lacks the sbin directories, a rescue system's may lack /usr. */
export const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** LVM remarks on every descriptor that its caller left open, as terminals and editors do (lvm(8)): that is no finding. */
const QUIET_LVM = { LVM_SUPPRESS_FD_WARNINGS: "1" } as const;

/**
 * The whole environment of a command, nothing inherited: a locale or an `LVM_SYSTEM_DIR` of the caller would change
 * what tools print and do.
 */
export function cleanEnvironment(
  searchPath: string = SEARCH_PATH,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { PATH: searchPath, LC_ALL: "C", ...QUIET_LVM, ...added };
}

/**
 * The outcome of a command that can't even be handed to the kernel, undefined otherwise. Node would replace bytes
 * that aren't UTF-8 by U+FFFD and so name another file.
 */
export function refusedArgv(argv: Argv): Outcome | undefined {
  for (const argument of argv) {
    if (!isCleanText(argument)) {
      return { is: "denied", reason: `the argument ${JSON.stringify(argument)} holds bytes that aren't UTF-8` };
    }
    if (argument.includes("\0")) {
      return { is: "denied", reason: `the argument ${JSON.stringify(argument)} holds a NUL byte` };
    }
  }
  return undefined;
}

/** The outcome of a command that the kernel didn't start, by its errno. */
export function notStarted(error: { readonly code?: string | undefined; readonly message: string }): Outcome {
  if (error.code === "ENOENT") return { is: "missing" };
  return { is: "denied", reason: error.message };
}
