import { writeFile } from "node:fs/promises";
import { type Machine, type ProbeHost, readEvidenceFile, recordingHost, replayHost, writeEvidence } from "@bmr/core";
import { isForeign, looseReplayHost } from "@bmr/core/testkit";

/** A host to scan, and what is to be done once it was scanned. */
export interface ScanHost {
  readonly host: ProbeHost;
  /** Writes the recording, where one was asked for. */
  finish(machine: Machine): Promise<void>;
}

/** This machine, recorded where `record` names a file; or the machine that an evidence file holds. */
export async function openScanHost(
  machine: ProbeHost,
  options: {
    readonly evidence?: string | undefined;
    readonly record?: string | undefined;
  },
): Promise<ScanHost> {
  const inner = options.evidence === undefined ? machine : await replayOf(options.evidence);
  if (options.record === undefined) return { host: inner, finish: async () => {} };
  const path = options.record;
  const recording = recordingHost(inner);
  return {
    host: recording.host,
    // it shows the server's topology: for its owner alone
    finish: async ({ hostname, architecture }) => {
      const evidence = recording.evidence({ name: hostname, arch: architecture ?? "unknown" });
      await writeFile(path, writeEvidence(evidence), { mode: 0o600 });
    },
  };
}

/** Replay is exact; only recordings that other programs made, which say so in `origin`, are matched loosely. */
async function replayOf(path: string): Promise<ProbeHost> {
  const evidence = await readEvidenceFile(path);
  return isForeign(evidence) ? looseReplayHost(evidence) : replayHost(evidence);
}
