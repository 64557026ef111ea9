import type { Outcome } from "@bmr/core";

/**
 * Messages that say more than the return code does. dsmc's code is the class of its worst message, not the truth about
 * the files: 0 all informational, 4 some files skipped, 8 warnings, 12 errors (IBM, "Client return codes").
 */
const SESSION = [
  {
    pattern: "^ANS1330S",
    means: "retryable",
    remedy:
      "an earlier restore is still pending on the server: `dsmc cancel restore` ends it (or `dsmc restart restore` goes on with it); after a client was killed the server may take ten minutes to notice",
  },
  {
    pattern: "^ANS(1017E|1809W|1810E|1074W|1075E|4017E)|TCP/IP connection failure",
    means: "retryable",
    remedy: "see whether the TSM server answers (network, TCPSERVERADDRESS in dsm.sys), and run it again",
  },
  {
    pattern: "^ANS(1025E|1029E|1352E|1353E|2050E)|^Please enter (your user id|password)",
    means: "needs-operator",
    remedy:
      "the client has no valid password: have the node's password reset on the server, run `dsmc query session` once by hand and type it",
  },
  {
    pattern: "^ANS1592E",
    means: "needs-operator",
    remedy: "the server's certificate isn't known here: put dsmcert.kdb in place, or accept it by `dsmc query session`",
  },
  {
    pattern: "^ANS(1035S|1217E|1398E)",
    means: "needs-operator",
    remedy:
      "dsm.sys or dsm.opt isn't as it must be: the message names what; copy the server's own into the rescue system",
  },
] as const;

/** A name that the locale can't hold is left out, and the return code may still be 4. */
const LOCALE = {
  pattern: "^ANS(1154E|1341E|4042E)",
  means: "failed",
  remedy:
    "a file was left out for its name: the option `locale` must be the one that names were backed up in, and be installed here",
} as const;

const PROMPTS = {
  pattern: "^--- User Action is Required ---|^Action \\[",
  means: "needs-operator",
  remedy: "dsmc asks something that it can't be answered here (an encryption key, a tape): run the command by hand",
} as const;

const NO_ROOM = {
  pattern: "No space left on device|^ANS(1063E|1138E).*(space|full)|[Dd]isk full",
  means: "failed",
  remedy: "the filesystem is smaller than its files: see df, and whether everything is mounted",
} as const;

/** How the restore of one file space is judged: return code, messages, and at least one object. */
export function restoreOutcome(): Outcome {
  return {
    exits: { "0": "ok", "4": "warnings", "8": "warnings" },
    messages: [
      ...SESSION,
      LOCALE,
      PROMPTS,
      NO_ROOM,
      {
        pattern: "^ANS1302E",
        means: "failed",
        remedy:
          "the server has nothing for this file space: see `dsmc query filespace`, and whether it was backed up by this node",
      },
      {
        pattern: "^ANS(1102E|1107E|2039E|1228E .*invalid)",
        means: "failed",
        remedy: "this client doesn't take the command as it was given: see its version",
      },
      { pattern: "^Total number of objects failed: +0*$", means: "ok" },
      {
        pattern: "^Total number of objects failed: +[0-9]",
        means: "warnings",
        remedy: "see dsmerror.log for the files that didn't come back",
      },
      { pattern: "^AN[SRE][0-9]{4}S", means: "failed", remedy: "see dsmerror.log" },
      {
        pattern: "^AN[SRE][0-9]{4}[EW]",
        means: "warnings",
        remedy: "look the message up in IBM's documentation; the files that it names may be missing",
      },
    ],
    atLeast: { pattern: "^Total number of objects restored: +([0-9][0-9,.' ]*)", objects: 1 },
  };
}

/** How the incremental backup of one file space is judged. */
export function backupOutcome(): Outcome {
  return {
    exits: { "0": "ok", "4": "warnings", "8": "warnings" },
    messages: [
      ...SESSION,
      { ...LOCALE, remedy: "a file isn't in the backup for its name: start bmr with the locale that names are in" },
      PROMPTS,
      { pattern: "^ANS1329S", means: "failed", remedy: "the TSM server is out of space: tell its administrator" },
      { pattern: "^AN[SRE][0-9]{4}S", means: "failed", remedy: "see dsmerror.log" },
      {
        pattern: "^ANS(4037E|1228E|1802E)",
        means: "warnings",
        remedy:
          "a file that was written during the backup isn't in it: stop the service, or save its data by its own means",
      },
      {
        pattern: "^AN[SRE][0-9]{4}[EW]",
        means: "warnings",
        remedy: "look the message up in IBM's documentation; the files that it names may not be saved",
      },
    ],
    atLeast: { pattern: "^Total number of objects inspected: +([0-9][0-9,.' ]*)", objects: 1 },
  };
}

/** How a query is judged: it must show a row that looks like this. */
export function queryOutcome(row: string): Outcome {
  return {
    exits: { "0": "ok", "8": "ok" },
    messages: [...SESSION, PROMPTS, { pattern: "^AN[SRE][0-9]{4}[ES]", means: "failed", remedy: "see dsmerror.log" }],
    atLeast: { pattern: row, objects: 1 },
  };
}
