import type { Argv, Outcome } from "./outcome.js";

/**
 * What a machine said: all answers of a scan, in one file (`bmr-evidence`). A scan of it by `replayHost` gives the
 * same facts as the scan of the machine did. `readEvidence` and `writeEvidence` are its form on disk.
 */
export interface Evidence {
  readonly format: "bmr-evidence";
  readonly version: 1;
  readonly host: EvidenceHost;
  readonly commands: readonly CommandRecord[];
  /** What lies at paths, seen through symbolic links as `read` and `list` see it. */
  readonly files: readonly FileRecord[];
  /** What `readlink` said of paths. */
  readonly links: readonly LinkRecord[];
}

/** The machine that was asked, for people. */
export interface EvidenceHost {
  readonly name: string;
  /** As `uname -m` says; `unknown` where it wasn't recorded. */
  readonly arch: string;
}

/** Where a record comes from, in recordings that other programs made. bmr's own recordings have none of it. */
export interface Provenance {
  /** `recorded`: the source has it like this. `derived`: it follows from recorded data. */
  readonly origin?: "recorded" | "derived" | undefined;
  /** A remark of the source. */
  readonly note?: string | undefined;
}

/** One command's answer. */
export interface CommandRecord extends Provenance {
  readonly argv: Argv;
  readonly outcome: Exclude<Outcome, { is: "not-recorded" }>;
  readonly stdout: string;
  readonly stderr: string;
  /** The last operand isn't in `argv`: it was a temporary mount point of this device. */
  readonly context?: { readonly device: string; readonly path?: string | undefined } | undefined;
}

/** What `read` and `list` said of one path. A path has a record for each of them where their answers differ. */
export type FileRecord = Provenance & { readonly path: string } & (
    | FileContent
    | { readonly names: readonly string[] }
    | PathState
  );

/** A file's content, or of its first `bytes` bytes where given. */
export interface FileContent {
  readonly content: string;
  readonly bytes?: number | undefined;
}

/** What is known of a path without its content or names. */
export type PathState =
  | { readonly state: "absent" | "directory" | "not-a-directory" }
  | { readonly state: "denied" | "failed"; readonly reason: string };

/** What `readlink` said of one path. */
export type LinkRecord = Provenance & { readonly path: string } & (
    | { readonly target: string }
    | { readonly state: "absent" | "not-a-link" }
    | { readonly state: "denied" | "failed"; readonly reason: string }
  );
