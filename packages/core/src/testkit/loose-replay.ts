import { BmrError } from "../error.js";
import type { CommandRecord, Evidence, Provenance } from "../host/evidence.js";
import type { ProbeHost } from "../host/host.js";
import type { Argv, CommandResult } from "../host/outcome.js";
import { linkAnswer, listAnswer, readAnswer } from "../host/recorded-answer.js";
import { replayHost } from "../host/replay.js";
import { questionOf } from "./command-form.js";
import { recordedPaths } from "./recorded-paths.js";

/**
 * A host that answers from a recording that another program made, whose records say where they come from (`origin`).
 * That program typed its commands in its own way, so beyond the exact replay:
 *
 * - the same program with the same operands answers, where the answer has the form that is asked for; columns may be
 *   fewer
 * - a path is also found through the recorded links
 * - a directory holds the names that recorded paths prove; there may have been more on the machine
 * - exit status 127 is the recording shell's word for a missing program
 *
 * What isn't there is `not-recorded`, as in the exact replay.
 *
 * @throws BmrError `evidence-invalid` for a recording of bmr's own, which `replayHost` replays exactly
 */
export function looseReplayHost(evidence: Evidence): ProbeHost {
  if (!isForeign(evidence)) {
    throw new BmrError(
      "evidence-invalid",
      "this is a recording of bmr itself (its records have no origin): it is replayed exactly, by replayHost",
      { details: { path: "commands[0].origin" } },
    );
  }
  const exact = replayHost(evidence);
  const questions = questionIndex(evidence.commands);
  const paths = recordedPaths(evidence);
  return {
    constant: true,
    run: async (argv) => {
      const same = await exact.run(argv);
      if (same.outcome.is !== "not-recorded") return foreignResult(argv, same);
      const record = questions.get(questionOf(argv));
      return record === undefined ? same : foreignResult(argv, record);
    },
    read: async (path, options) => {
      const answer = readAnswer(paths.filesAt(path), options?.bytes);
      return answer.is === "not-recorded" && paths.namesIn(path) !== undefined ? { is: "directory" } : answer;
    },
    list: async (path) => {
      const answer = listAnswer(paths.filesAt(path));
      const names = answer.is === "not-recorded" ? paths.namesIn(path) : undefined;
      return names === undefined ? answer : { is: "directory", names };
    },
    readlink: async (path) => linkAnswer(paths.linkAt(path)),
  };
}

/** True for a recording that another program made. */
export function isForeign(evidence: Evidence): boolean {
  const isOthers = ({ origin }: Provenance) => origin !== undefined;
  return evidence.commands.some(isOthers) || evidence.files.some(isOthers);
}

function questionIndex(records: readonly CommandRecord[]): ReadonlyMap<string, CommandRecord> {
  const index = new Map<string, CommandRecord>();
  for (const record of records) {
    const question = questionOf(record.argv);
    if (record.context === undefined && !index.has(question)) index.set(question, record);
  }
  return index;
}

function foreignResult(argv: Argv, { outcome, stdout, stderr }: Pick<CommandResult, "outcome" | "stdout" | "stderr">) {
  const isMissing = outcome.is === "exited" && outcome.code === 127;
  return { argv, outcome: isMissing ? ({ is: "missing" } as const) : outcome, stdout, stderr };
}
