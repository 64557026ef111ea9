import { known, type Parsed, unexpected } from "../../host/probed.js";

/** What a partition of a CDL volume is for, as its data set is named; it stands nowhere but in the VTOC. */
export type DasdPartitionType = "native" | "swap" | "raid" | "lvm" | "gpfs";

/** One partition of a CDL volume. Both ends inclusive, in tracks. */
export interface FdasdPartition {
  readonly number: number;
  readonly startTrack: number;
  readonly endTrack: number;
  readonly type: DasdPartitionType;
}

/** What `fdasd -p` says of a volume. */
export interface FdasdTable {
  readonly cylinders: number;
  readonly tracksPerCylinder: number;
  readonly blocksPerTrack: number;
  readonly blockBytes: number;
  readonly volser: string;
  readonly partitions: readonly FdasdPartition[];
}

/** s390-tools, fdasd.c: what the System column says of each data set type. */
const TYPES: Readonly<Record<string, DasdPartitionType>> = {
  "linux native": "native",
  "linux swap": "swap",
  "linux raid": "raid",
  "linux lvm": "lvm",
  "gpfs nsd": "gpfs",
};

const HEAD = {
  cylinders: /^ *cylinders \.*: (\d+)$/m,
  tracksPerCylinder: /^ *tracks per cylinder \.*: (\d+)$/m,
  blocksPerTrack: /^ *blocks per track \.*: (\d+)$/m,
  blockBytes: /^ *bytes per block \.*: (\d+)$/m,
} as const;

/** Reads `fdasd -p`: the geometry, the volser, the partitions. Rows of unused tracks, and warnings, say nothing more. */
export function parseFdasd(text: string): Parsed<FdasdTable> {
  const numbers = Object.entries(HEAD).map(([name, pattern]) => [name, pattern.exec(text)?.[1]] as const);
  const absent = numbers.find(([, value]) => value === undefined);
  const volser = /^ *volume serial \.*: (.*)$/m.exec(text)?.[1]?.trim();
  const [, rows] = text.split(/^ *Device +start +end +length +Id +System *$/m);
  if (absent !== undefined || volser === undefined || rows === undefined) {
    return refused(text.trim().split("\n")[0] ?? "", `there is no ${absent?.[0] ?? "volume serial, or no table"}`);
  }
  const partitions: FdasdPartition[] = [];
  for (const line of rows.split("\n")) {
    if (line.trim() === "" || line.trim() === "exiting..." || /^ +\d+ +\d+ +\d+ +unused *$/.test(line)) continue;
    const partition = partitionOf(line, partitions.length + 1);
    if (partition === null) return refused(line, "a row of the partition table");
    partitions.push(partition);
  }
  const head = Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)]));
  return known({ ...(head as Omit<FdasdTable, "volser" | "partitions">), volser, partitions });
}

/** `/dev/dasda2  1500  2999  1500  2  Linux lvm`. The row's own order counts: the kernel numbers them so. */
function partitionOf(line: string, number: number): FdasdPartition | null {
  const found = /^ +\/dev\/\S+ +(\d+) +(\d+) +(\d+) +[0-9a-f]+ +(\S.*?) *$/i.exec(line);
  if (found === null) return null;
  const [startTrack, endTrack, length] = found.slice(1, 4).map(Number) as [number, number, number];
  const type = TYPES[(found[4] as string).toLowerCase()];
  if (type === undefined || endTrack - startTrack + 1 !== length) return null;
  return { number, startTrack, endTrack, type };
}

function refused(line: string, why: string): Parsed<FdasdTable> {
  return { is: "unknown", failure: unexpected("fdasd -p", line, why) };
}
