import type { Outcome } from "@bmr/core";
import { PROGRESS, RECORD_BYTES } from "./create.js";
import { asTarSays, literalExpression, memberOf } from "./names.js";
import type { TarOptions } from "./options.js";

/** How tar's lines begin: with its name as it was started. */
const TAR = "^([^:]*/)?tar: ";

/** Lines that say nothing bad. */
const PLAIN = [
  { pattern: `${TAR}${PROGRESS} [0-9]+$|^Total bytes (written|read): `, means: "ok" },
  { pattern: ": (socket ignored|file is the archive; not dumped)$", means: "ok" },
] as const;

/** A line that nobody foresaw is no silence: someone should look at it. */
const UNFORESEEN = {
  pattern: ".",
  means: "warnings",
  remedy: "bmr doesn't know this message: see what it means before you rely on this backup",
} as const;

/** tar is another tar, or too old: it doesn't know an option, or takes it for several. */
const NO_GNU_TAR = {
  pattern: "(unrecognized option|invalid option|option .* is ambiguous)",
  means: "failed",
  remedy: "install GNU tar 1.28 or later, built with ACL and xattr support",
} as const;

const NO_ROOM = {
  pattern: "No space left on device",
  means: "failed",
  remedy: "make room where the backup goes, and run it again; the last complete backup is still there",
} as const;

const SSH_FAILED = [
  {
    pattern: "^(ssh: |Connection (to|closed|reset|timed out)|client_loop: |Timeout, server )",
    means: "retryable",
    remedy: "see why the other host can't be reached (name, network, sshd), and run it again",
  },
  {
    pattern: "(Permission denied \\(|Host key verification failed)",
    means: "needs-operator",
    remedy: "make `ssh` to that host work without a question: accept its host key, provide the key file",
  },
] as const;

/** How the small parts of a backup are judged, and what goes on around them. */
export function partOutcome(): Outcome {
  return {
    exits: { "0": "ok" },
    messages: [
      ...SSH_FAILED,
      NO_ROOM,
      NO_GNU_TAR,
      { pattern: "Cannot stat: No such file or directory$", means: "failed", remedy: "run `bmr scan` first" },
    ],
  };
}

/**
 * How the archive of the files is judged. With `--ignore-failed-read` a file that can't be read is a line and not an
 * exit code, so that exit code 2 is left to what spoils the archive; what the line means is the site's choice.
 *
 * @param mountPoints where other filesystems are seen, which tar says it doesn't go into
 */
export function backupOutcome(options: TarOptions, mountPoints: readonly string[]): Outcome {
  const expected = mountPoints.map((path) => literalExpression(asTarSays(memberOf(path)))).join("|");
  const other = "/?: file is on a different filesystem; not dumped$";
  return {
    exits: { "0": "ok", "1": "warnings" },
    messages: [
      ...PLAIN,
      ...(expected === "" ? [] : [{ pattern: `${TAR}(${expected})${other}`, means: "ok" } as const]),
      {
        pattern: other,
        means: "warnings",
        remedy:
          "a filesystem that the recorded layout doesn't have isn't in the backup: scan again, or save it otherwise",
      },
      {
        pattern: ": (file changed as we read it|File removed before we read it)$|: File shrank by [0-9]+ bytes",
        means: "warnings",
        remedy:
          "a file that was written during the backup may be torn: stop the service, or save its data by its own means",
      },
      {
        pattern: ": Warning: Cannot (llistxattrat|lgetxattrat|acl_|getfilecon|lgetfilecon)",
        means: "warnings",
        remedy: "attributes of that file aren't in the backup; look at it with getfattr and getfacl",
      },
      {
        pattern: ": (Warning: |Unknown file type; file ignored)",
        means: options.unreadable === "warn" ? "warnings" : "failed",
        remedy:
          'repair the file, leave it out by an exclude, or accept such backups with the option `unreadable: "warn"`',
      },
      NO_ROOM,
      ...SSH_FAILED,
      NO_GNU_TAR,
      UNFORESEEN,
    ],
    atLeast: { pattern: "^Total bytes written: ([0-9]+)", objects: RECORD_BYTES },
  };
}

/** Three archives were read, the files, what comes before and what comes after: each is one record at least. */
const LEAST_READ = 3 * RECORD_BYTES;

/** What is lost of single files when the archive is extracted. */
const EXTRACT_WARNINGS = [
  {
    pattern: ": Warning: Cannot |(SELinux|ACL|XATTR|xattr) support is not available",
    means: "warnings",
    remedy: "attributes of that file were not restored: compare with getfattr, getfacl and getcap once the server runs",
  },
] as const;

const NO_SPACE = {
  pattern: "No space left on device",
  means: "failed",
  remedy: "the filesystem is smaller than its files: see df, and whether everything is mounted",
} as const;

/** How a restore is judged. */
export function restoreOutcome(): Outcome {
  return {
    exits: { "0": "ok" },
    messages: [
      ...PLAIN,
      {
        pattern: "Unexpected EOF in archive|does not look like a tar archive|unexpected end of file|premature end",
        means: "failed",
        remedy:
          "the backup is cut off, or no backup. If it is the only one: --accept-incomplete restores what it holds",
      },
      NO_SPACE,
      ...EXTRACT_WARNINGS,
      ...SSH_FAILED,
      NO_GNU_TAR,
      UNFORESEEN,
    ],
    atLeast: { pattern: "^Total bytes read: ([0-9]+)", objects: LEAST_READ },
  };
}

/**
 * How the restore of a backup without its mark is judged: its end is expected to be missing, nothing else is. tar that
 * meets an end too early says no total.
 */
export function incompleteOutcome(): Outcome {
  return {
    exits: { "0": "warnings", "2": "warnings" },
    messages: [
      ...PLAIN,
      NO_SPACE,
      {
        pattern:
          "Unexpected EOF in archive|Error is not recoverable|Exiting with failure status|unexpected end of file|premature end",
        means: "warnings",
        remedy: "files that come after this place are missing: compare with the list of another backup",
      },
      ...EXTRACT_WARNINGS,
      ...SSH_FAILED,
      NO_GNU_TAR,
      { pattern: ": Cannot ", means: "failed", remedy: "see what tar says of that file" },
      UNFORESEEN,
    ],
  };
}
