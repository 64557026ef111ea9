import { known, type Parsed, unexpected } from "../../host/probed.js";

/** What `dasdview -x` says of a volume. */
export interface DasdView {
  readonly busId: string;
  /** `ECKD`, `FBA`. */
  readonly type: string;
  readonly cylinders: number;
  readonly tracksPerCylinder: number;
  /** 0 while it isn't formatted. */
  readonly blocksPerTrack: number;
  readonly blockBytes: number;
  /**
   * As dasdview names it. It says LDL for every FBA disk and for CMS minidisks too (s390-tools, dasdview.c), so that
   * what it is follows from the type and the label as well: see `volume-layout.ts`.
   */
  readonly format: "unformatted" | "ldl" | "cdl";
  /** Of the volume label, counted in blocks. */
  readonly labelBlock: number;
  /** `default`, `ro`, `diag`. */
  readonly features: string;
}

const FORMATS = { 0: "unformatted", 1: "ldl", 2: "cdl" } as const;

/** Reads `dasdview -x` (or `-i`, which lacks the format); numbers stand in hex and dec. */
export function parseDasdview(text: string): Parsed<DasdView> {
  const entries = entriesOf(text);
  const missing = REQUIRED.find((name) => !entries.has(name));
  if (missing !== undefined) return refused(text, `there is no "${missing}"`);
  const number = (name: string) => Number(/dec (\d+)/.exec(entries.get(name) as string)?.[1] ?? Number.NaN);
  const numbers = NUMBERS.map(number);
  const odd = NUMBERS.find((_, index) => !Number.isSafeInteger(numbers[index]));
  if (odd !== undefined) return refused(entries.get(odd) as string, `"${odd}" is no number`);
  const format = FORMATS[number("format") as keyof typeof FORMATS];
  if (format === undefined) return refused(entries.get("format") as string, "an unknown format");
  const [cylinders, tracksPerCylinder, blocksPerTrack, blockBytes, labelBlock] = numbers as [
    number,
    number,
    number,
    number,
    number,
  ];
  return known({
    busId: (entries.get("busid") as string).toLowerCase(),
    type: entries.get("type") as string,
    cylinders,
    tracksPerCylinder,
    blocksPerTrack,
    blockBytes,
    format,
    labelBlock,
    features: /dec \d+\s+(.*)$/.exec(entries.get("features") as string)?.[1]?.trim() ?? "",
  });
}

const NUMBERS = ["number of cylinders", "tracks per cylinder", "blocks per track", "blocksize", "label_block"] as const;
const REQUIRED = ["busid", "type", "format", "features", ...NUMBERS];

/** `name   : value`; what stands in later lines of a value is a dump of bytes that nothing here needs. */
function entriesOf(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split("\n")) {
    const found = /^(\S.*?) *: (.*?)\s*$/.exec(line);
    if (found !== null && !entries.has(found[1] as string)) entries.set(found[1] as string, found[2] as string);
  }
  return entries;
}

function refused(line: string, why: string): Parsed<DasdView> {
  return { is: "unknown", failure: unexpected("dasdview -x", line.trim().split("\n")[0] ?? "", why) };
}
