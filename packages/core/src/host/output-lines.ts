import { textOf } from "./bytes.js";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A line without an end is handed on in parts of this size. */
const LONGEST_LINE = 64 * 1024;

/** What takes the output of a command piece by piece. */
export interface OutputSink {
  push(chunk: Buffer): void;
  /** The output is at its end. */
  end(): void;
}

/**
 * Cuts output into lines as it comes. A carriage return ends a line too: progress displays (dd, dsmc) write nothing
 * else. CR LF is one end. An output that doesn't end with a newline has a last line all the same.
 */
export function lineSplitter(line: (text: string) => void): OutputSink {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let afterReturn = false;
  const hold = (part: Buffer) => {
    if (part.length === 0) return;
    pending.push(part);
    pendingBytes += part.length;
  };
  const flush = () => {
    const whole = pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    line(textOf(whole));
  };
  const push = (chunk: Buffer) => {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== RETURN) {
        afterReturn = false;
        continue;
      }
      const isSecondHalf = byte === NEWLINE && afterReturn;
      afterReturn = byte === RETURN;
      if (!isSecondHalf) {
        hold(chunk.subarray(start, at));
        flush();
      }
      start = at + 1;
    }
    hold(chunk.subarray(start));
    if (pendingBytes >= LONGEST_LINE) flush();
  };
  return { push, end: () => void (pendingBytes > 0 && flush()) };
}

/** The end of an output. */
export interface OutputTail extends OutputSink {
  text(): string;
  /** How many bytes came before `text`. */
  cut(): number;
}

/** Keeps the last `limit` bytes of an output, from the start of a line where there is one. */
export function outputTail(limit: number): OutputTail {
  const chunks: Buffer[] = [];
  let held = 0;
  let total = 0;
  const tail = (): Buffer => {
    const last = Buffer.concat(chunks);
    if (total <= limit) return last;
    const kept = last.subarray(last.length - limit);
    return kept.subarray(kept.indexOf(NEWLINE) + 1);
  };
  return {
    push: (chunk) => {
      chunks.push(chunk);
      held += chunk.length;
      total += chunk.length;
      while (held - (chunks[0] as Buffer).length >= limit) held -= (chunks.shift() as Buffer).length;
    },
    end: () => {},
    text: () => textOf(tail()),
    cut: () => total - tail().length,
  };
}
