import { bytesOf } from "../host/bytes.js";

/**
 * A readable, stable name of a node, none of it a kernel name: `dasd:0.0.0203`, `lun:36005…`, `part:lun:36005…/2`,
 * `vg:vg1`, `lv:vg1/root`, `mount:/srv`. The same storage gets the same ids from scan to scan.
 */
export type NodeId = string & { readonly nodeId: unique symbol };

/**
 * An id of its parts. Every character that could hurt on a console or in a path is percent-encoded byte by byte;
 * CP edits `#`, `@`, `¢` and `"` away on a z/VM console, blanks and controls break lists.
 */
export function nodeId(prefix: string, ...parts: readonly string[]): NodeId {
  return `${prefix}:${parts.map(encode).join("/")}` as NodeId;
}

/** The id of a partition, from its parent's id and its number. */
export function partitionId(parent: NodeId, number: number): NodeId {
  return `part:${parent}/${number}` as NodeId;
}

function encode(part: string): string {
  return part.replace(/[^A-Za-z0-9._:+/-]/gu, (character) =>
    [...bytesOf(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
