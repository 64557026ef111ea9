import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Evidence, readEvidence } from "../../src/testkit/index.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Where whole servers lie that other projects recorded; they are no part of this repository. */
export const recordings: string = resolve(root, process.env.BMR_RECORDINGS ?? "../shared/recordings");

/** What a recorded system is known to have. Devices are kernel names, sizes are bytes. */
export interface Expected {
  readonly disks: readonly { name: string; bytes: number | null; kind: string; ids: readonly string[] }[];
  readonly partitions: readonly {
    disk: string;
    number: number;
    startBytes: number | null;
    bytes: number | null;
    type: string | null;
    uuid: string | null;
  }[];
  readonly filesystems: readonly {
    device: string;
    type: string;
    uuid: string | null;
    label: string | null;
    mounts: readonly string[];
    /** Where it lies on several. */
    devices?: readonly string[];
  }[];
  readonly swaps: readonly { device: string; uuid: string | null; label: string | null }[];
  readonly vgs: readonly { name: string; uuid: string | null; pvs: readonly string[] }[];
  readonly lvs: readonly { vg: string; name: string; bytes: number | null; segtype: string | null }[];
  readonly mds: readonly { name: string }[];
  readonly luks: readonly { device: string }[];
  readonly multipaths: readonly { wwid: string; paths: readonly string[] }[];
}

/** One recorded system. */
export interface RecordedSystem {
  readonly name: string;
  readonly evidence: Evidence;
  readonly expected: Expected;
}

/** The names of all recorded systems; none where there are no recordings. */
export function recordedNames(): string[] {
  if (!existsSync(recordings)) return [];
  return readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "expected.json")));
}

/** Reads one of them. */
export function readRecorded(name: string): RecordedSystem {
  const text = (file: string) => readFileSync(join(recordings, name, file), "utf8");
  return { name, evidence: readEvidence(text("evidence.json")), expected: JSON.parse(text("expected.json")) };
}
