import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type AdapterEvent, type Counters, count, judge, NO_COUNTERS } from "@bmr/core";
import { describe, expect, it } from "vitest";
import { restoreOutcome } from "../src/outcome.js";
import { parseOutput } from "../src/parse-output.js";

const read = (text: string) => parseOutput({ stream: "stdout", text });

describe("parseOutput", () => {
  it("reads files, progress, totals, messages and questions", () => {
    expect(read("Restoring   1,200,227 /a b/x --> /mnt/a/a b/x [Done]")).toEqual([
      { is: "progress", bytes: 1_200_227, path: "/a b/x" },
    ]);
    expect(read("ANS1898I ***** Processed     1,000 files *****")).toEqual([{ is: "progress", objects: 1000 }]);
    expect(read("Total number of objects restored:       6,491")).toEqual([
      { is: "total", of: "objects", count: 6491 },
    ]);
    expect(read("Total number of bytes transferred:       2.37 GB")).toEqual([
      { is: "total", of: "bytes", count: 2_544_768_123 },
    ]);
    expect(read("ANS4037E Object '/var/log/x' changed during processing.  Object skipped.")).toEqual([
      {
        is: "message",
        severity: "error",
        text: "ANS4037E Object '/var/log/x' changed during processing.  Object skipped.",
        path: "/var/log/x",
      },
    ]);
    expect(read("Action [1,2,3,A] : ")).toEqual([{ is: "prompt", text: "Action [1,2,3,A] :" }]);
  });
});

const RECORDED = resolve(process.env.BMR_RECORDINGS ?? "../shared/recordings", "backup/dsmc");

describe.skipIf(!existsSync(RECORDED))("recorded runs", () => {
  const lines = (name: string) => readFileSync(join(RECORDED, name), "utf8").split(/\r?\n/);
  const eventsOf = (name: string): AdapterEvent[] => lines(name).flatMap(read);
  const countersOf = (name: string): Counters => eventsOf(name).reduce(count, NO_COUNTERS);
  const verdictOf = (name: string, code: number) => {
    const ruling = judge(restoreOutcome());
    for (const line of lines(name)) ruling.line(line);
    const result = { argv: ["dsmc"], outcome: { is: "exited", code }, stderr: "" } as const;
    return ruling.judgement([{ planned: {}, result }]).verdict;
  };

  it("counts them right", () => {
    expect(countersOf("restore-full-8.1.7-ocr.txt")).toMatchObject({ objects: 6491, failed: 0, bytes: 2_544_768_123 });
    expect(countersOf("restore-asnode-8.1.7-ocr.txt")).toMatchObject({ objects: 1, failed: 0, bytes: 453_315 });
    expect(countersOf("restore-filelist-progress-8.1.7-ocr.txt")).toMatchObject({ objects: 2144, failed: 0 });
    expect(countersOf("selective-8.1.7-ocr.txt")).toMatchObject({ objects: 1, failed: 0 });
    expect(countersOf("incremental-changed-ANS4037E.txt")).toMatchObject({ errors: 3 });
  });

  it("judges them right", () => {
    expect(verdictOf("restore-full-8.1.7-ocr.txt", 0)).toBe("ok");
    expect(verdictOf("restore-pending-ANS1330S.txt", 12)).toBe("retryable");
    expect(verdictOf("restore-encrypted-prompt-8.1.25.txt", 12)).toBe("needs-operator");
    expect(verdictOf("first-login-prompt-8.1.4.txt", 12)).toBe("needs-operator");
  });

  it("reads every line of each without a fault", () => {
    for (const name of readdirSync(RECORDED)) expect(eventsOf(name)).toBeInstanceOf(Array);
  });
});
