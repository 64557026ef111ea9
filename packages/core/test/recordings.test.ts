import { describe, expect, test } from "vitest";
import { kinds } from "../src/kinds/index.js";
import { scan } from "../src/scan.js";
import { looseReplayHost } from "../src/testkit/index.js";
import { type Judged, judge, type Subject, silent, unstated } from "./recordings/agreement.js";
import { type RecordedSystem, readRecorded, recordedNames, recordings } from "./recordings/recorded-systems.js";

/**
 * How many of what is known the scans agree with. It only ever goes up: what is missing is of kinds that aren't
 * restored, or lacks an answer in the recording; `BMR_RECORDINGS_REPORT=1` shows which and why.
 */
const AGREEING: Readonly<Record<Subject, number>> = {
  disk: 114,
  multipath: 3,
  partition: 154,
  vg: 6,
  lv: 16,
  ext: 46,
  swap: 16,
  mount: 84,
};

const names = recordedNames();

describe.skipIf(names.length === 0)(`systems recorded by other projects (${recordings})`, () => {
  test.each(names)("%s is scanned; what doesn't agree is said, and nothing is passed over", async (name) => {
    const system = readRecorded(name);
    const scanned = await scanRecorded(system);
    expect(silent(scanned, system.expected)).toEqual([]);
    expect(unstated(scanned, judge(scanned, system.expected))).toEqual([]);
  });

  test("the layouts agree with what is known of the systems", async () => {
    const judged = await Promise.all(
      names.map(async (name) => {
        const system = readRecorded(name);
        return { name, judged: judge(await scanRecorded(system), system.expected) };
      }),
    );
    const all = judged.flatMap((system) => system.judged);
    if (process.env.BMR_RECORDINGS_REPORT) report(judged);
    console.info(table(all));
    for (const [subject, least] of Object.entries(AGREEING)) {
      const agreeing = all.filter((one) => one.subject === subject && one.why === null);
      expect.soft(agreeing.length, subject).toBeGreaterThanOrEqual(least);
    }
  });
});

function scanRecorded(system: RecordedSystem) {
  return scan(looseReplayHost(system.evidence), { kinds });
}

function table(all: readonly Judged[]): string {
  return Object.keys(AGREEING)
    .map((subject) => {
      const of = all.filter((one) => one.subject === subject);
      return `${subject.padEnd(10)} ${of.filter(({ why }) => why === null).length} of ${of.length}`;
    })
    .join("\n");
}

function report(systems: readonly { name: string; judged: readonly Judged[] }[]): void {
  for (const { name, judged } of systems) {
    for (const { subject, what, why } of judged) if (why !== null) console.info(`${name}: ${subject} ${what}: ${why}`);
  }
}
