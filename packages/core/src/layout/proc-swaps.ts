import { known, type Parsed, unexpected } from "../host/probed.js";
import { decodeOctal } from "./octal.js";

/** One line of /proc/swaps. */
export interface ActiveSwap {
  readonly path: string;
  readonly type: "partition" | "file";
  /** Bytes that can be used: without the header's page. */
  readonly usableBytes: number;
  readonly priority: number;
}

/** Reads /proc/swaps (kernel: mm/swapfile.c, swap_show(); blanks in paths are `\040`, seq_file_path()). */
export function parseSwaps(text: string): Parsed<readonly ActiveSwap[]> {
  const [header, ...lines] = text.split("\n").filter((line) => line !== "");
  // without any swap some kernels print nothing at all
  if (header === undefined) return known([]);
  if (!/^Filename\s+Type\s+Size\s+Used\s+Priority$/.test(header)) {
    return { is: "unknown", failure: unexpected("/proc/swaps", header, "its head line") };
  }
  const swaps: ActiveSwap[] = [];
  for (const line of lines) {
    const match = /^(\S+)\s+(partition|file)\s+(\d+)\s+(\d+)\s+(-?\d+)$/.exec(line);
    if (match === null) {
      return { is: "unknown", failure: unexpected("/proc/swaps", line, "path, type, size, used, priority") };
    }
    swaps.push({
      path: decodeOctal(match[1] as string),
      type: match[2] as "partition" | "file",
      usableBytes: Number(match[3]) * 1024,
      priority: Number(match[5]),
    });
  }
  return known(swaps);
}
