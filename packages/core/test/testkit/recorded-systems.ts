import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence } from "../../src/host/evidence-file.js";

/** A whole server that another project recorded. */
export interface RecordedSystem {
  readonly name: string;
  readonly evidence: () => Evidence;
  /** What a scan can be held against, as it stands in the file. */
  readonly expected: () => ExpectedSystem;
}

/** `expected.json`: devices by their kernel names then, sizes in bytes; `notes` says what is missing or doubtful. */
export interface ExpectedSystem {
  readonly disks: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly kind: string;
    readonly ids: readonly string[];
  }[];
  readonly notes: readonly string[];
  readonly [list: string]: readonly unknown[];
}

const folder = resolve(import.meta.dirname, "../../../..", process.env.BMR_RECORDINGS ?? "../shared/recordings");

/**
 * The recorded systems below BMR_RECORDINGS (by default `../shared/recordings` beside the repository). They are other
 * projects' test data and no part of this repository, so where they aren't there the list is empty and tests over
 * them count as skipped.
 */
export const recordedSystems: readonly RecordedSystem[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, "evidence.json")))
      .map((name) => ({
        name,
        evidence: () => readEvidence(readFileSync(join(folder, name, "evidence.json"), "utf8")),
        expected: () => JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8")) as ExpectedSystem,
      }))
  : [];
