import type { CommandRecord, Evidence, FileRecord, LinkRecord } from "./evidence.js";
import type { ProbeHost } from "./host.js";
import type { Argv, CommandResult } from "./outcome.js";
import { linkAnswer, listAnswer, readAnswer } from "./recorded-answer.js";

/**
 * A host that answers from evidence, exactly: the same argv, the same path as it was written. What wasn't asked then
 * is `not-recorded`, which says nothing of the machine: no answer is put together from others. Where evidence holds
 * two answers to one question, the first counts.
 */
export function replayHost(evidence: Evidence): ProbeHost {
  const commands = new Map<string, CommandRecord>();
  for (const record of evidence.commands) {
    const key = record.argv.join("\0");
    // a record with a context lacks an operand, so it isn't the answer to its argv
    if (record.context === undefined && !commands.has(key)) commands.set(key, record);
  }
  const files = filesByPath(evidence.files);
  const links = new Map<string, LinkRecord>();
  for (const record of evidence.links) if (!links.has(record.path)) links.set(record.path, record);
  return {
    constant: true,
    run: async (argv) => commandAnswer(argv, commands.get(argv.join("\0"))),
    read: async (path, options) =>
      options?.offset || options?.exclusive
        ? { is: "not-recorded" }
        : readAnswer(listOf(files.get(path)), options?.bytes),
    list: async (path) => listAnswer(listOf(files.get(path))),
    readlink: async (path) => linkAnswer(links.get(path)),
  };
}

/** Nearly all paths have one record, so only the others get a list of them. */
function filesByPath(records: readonly FileRecord[]): ReadonlyMap<string, FileRecord | readonly FileRecord[]> {
  const byPath = new Map<string, FileRecord | readonly FileRecord[]>();
  for (const record of records) {
    const others = byPath.get(record.path);
    byPath.set(record.path, others === undefined ? record : [others, record].flat());
  }
  return byPath;
}

function listOf(records: FileRecord | readonly FileRecord[] | undefined): readonly FileRecord[] {
  if (records === undefined) return [];
  return "path" in records ? [records] : records;
}

function commandAnswer(argv: Argv, record: CommandRecord | undefined): CommandResult {
  if (record === undefined) return { argv, outcome: { is: "not-recorded" }, stdout: "", stderr: "" };
  return { argv, outcome: record.outcome, stdout: record.stdout, stderr: record.stderr };
}
