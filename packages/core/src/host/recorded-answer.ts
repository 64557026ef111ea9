import { bytesOf, textOf } from "./bytes.js";
import type { FileContent, FileRecord, LinkRecord } from "./evidence.js";
import type { LinkResult, ListResult, ReadResult } from "./host.js";

/** What `read` says by the records of one path: what `read` was told then first, what `list` was told implies the rest. */
export function readAnswer(records: readonly FileRecord[] = [], bytes?: number): ReadResult {
  for (const record of records) {
    const content = "content" in record ? headOf(record, bytes) : undefined;
    if (content !== undefined) return { is: "file", content };
  }
  return (
    stateOf(records, "directory") ??
    stateOf(records, "absent") ??
    troubleOf(records) ??
    (records.some((record) => "names" in record) ? { is: "directory" } : { is: "not-recorded" })
  );
}

/** What `list` says by the records of one path. */
export function listAnswer(records: readonly FileRecord[] = []): ListResult {
  for (const record of records) if ("names" in record) return { is: "directory", names: record.names };
  return (
    stateOf(records, "not-a-directory") ??
    stateOf(records, "absent") ??
    troubleOf(records) ??
    (records.some((record) => "content" in record) ? { is: "not-a-directory" } : { is: "not-recorded" })
  );
}

/** What `readlink` says by the record of one path. */
export function linkAnswer(record: LinkRecord | undefined): LinkResult {
  if (record === undefined) return { is: "not-recorded" };
  if ("target" in record) return { is: "link", target: record.target };
  return record.state === "denied" || record.state === "failed"
    ? { is: record.state, reason: record.reason }
    : { is: record.state };
}

function stateOf<S extends "absent" | "directory" | "not-a-directory">(
  records: readonly FileRecord[],
  state: S,
): { readonly is: S } | undefined {
  return records.some((record) => "state" in record && record.state === state) ? { is: state } : undefined;
}

function troubleOf(
  records: readonly FileRecord[],
): { readonly is: "denied" | "failed"; readonly reason: string } | undefined {
  for (const record of records) if ("reason" in record) return { is: record.state, reason: record.reason };
  return undefined;
}

/** The asked part of a recorded content; undefined when less was recorded than is asked. */
function headOf(record: FileContent, bytes: number | undefined): string | undefined {
  const { content } = record;
  if (bytes === record.bytes) return content;
  const recorded = bytesOf(content);
  const isWhole = record.bytes === undefined || recorded.length < record.bytes;
  if (bytes === undefined) return isWhole ? content : undefined;
  return isWhole || bytes <= recorded.length ? textOf(recorded.subarray(0, bytes)) : undefined;
}
