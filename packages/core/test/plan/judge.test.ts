import { describe, expect, it } from "vitest";
import type { Outcome as CommandOutcome } from "../../src/host/outcome.js";
import { type JudgedCommand, judge, mayGoOn, worst } from "../../src/plan/judge.js";
import type { Outcome } from "../../src/plan/step.js";

function ended(outcome: CommandOutcome | number, okExits?: readonly number[], program = "tar"): JudgedCommand {
  const result = typeof outcome === "number" ? ({ is: "exited", code: outcome } as const) : outcome;
  return { planned: { okExits }, result: { argv: [program], outcome: result, stderr: `${program}: last words\n` } };
}

function verdict(outcome: Outcome | undefined, lines: readonly string[], ...commands: readonly JudgedCommand[]) {
  const ruling = judge(outcome);
  for (const line of lines) ruling.line(line);
  return ruling.judgement(commands);
}

const OUTCOME: Outcome = {
  exits: { "0": "ok", "1": "warnings", "75": "retryable" },
  messages: [
    { pattern: "^harmless", means: "ok" },
    { pattern: "changed", means: "warnings", remedy: "look at it" },
    { pattern: "pending session", means: "retryable", remedy: "cancel restore" },
    { pattern: "needs a tape", means: "needs-operator", remedy: "mount the tape" },
    { pattern: "lost", means: "failed" },
  ],
};

describe("judge", () => {
  it("without an outcome takes 0 alone for success, or what the command says", () => {
    expect(verdict(undefined, [], ended(0)).verdict).toBe("ok");
    expect(verdict(undefined, [], ended(1)).verdict).toBe("failed");
    expect(verdict(undefined, [], ended(1, [0, 1])).verdict).toBe("ok");
    expect(verdict(undefined, [], ended(0, [1])).verdict).toBe("failed");
  });

  it("takes each exit code for what the outcome says, and an unknown one for a failure", () => {
    for (const [code, expected] of [
      [0, "ok"],
      [1, "warnings"],
      [75, "retryable"],
      [2, "failed"],
      [255, "failed"],
    ] as const) {
      expect(verdict(OUTCOME, [], ended(code)).verdict).toBe(expected);
    }
  });

  it.each<CommandOutcome>([
    { is: "signalled", signal: "SIGKILL" },
    { is: "timed-out", seconds: 5 },
    { is: "missing" },
    { is: "denied", reason: "EACCES" },
    { is: "overflowed", bytes: 1 },
    { is: "not-recorded" },
  ])("takes %j for a failure, whatever is allowed", (outcome) => {
    const judged = verdict({ ...OUTCOME, exits: { "0": "ok", "137": "ok" } }, ["harmless"], ended(outcome, [0, 137]));
    expect(judged.verdict).toBe("failed");
    expect(mayGoOn(judged)).toBe(false);
  });

  it("lets messages raise what the exit code says, the first rule that matches counting", () => {
    expect(verdict(OUTCOME, ["harmless: nothing changed"], ended(0))).toEqual({ verdict: "ok", reasons: [] });
    expect(verdict(OUTCOME, ["x changed", "y changed"], ended(0))).toEqual({
      verdict: "warnings",
      reasons: [
        {
          verdict: "warnings",
          message: "2 times: x changed",
          count: 2,
          lines: ["x changed", "y changed"],
          remedy: "look at it",
        },
      ],
    });
    expect(verdict(OUTCOME, ["x changed", "y lost"], ended(0)).verdict).toBe("failed");
  });

  it("lets a message that says what to do explain a failing exit code, and nothing else", () => {
    expect(verdict(OUTCOME, ["a pending session"], ended(12)).verdict).toBe("retryable");
    expect(verdict(OUTCOME, ["needs a tape", "a pending session"], ended(12)).verdict).toBe("needs-operator");
    expect(verdict(OUTCOME, ["a pending session", "y lost"], ended(12)).verdict).toBe("failed");
    expect(verdict(OUTCOME, ["x changed"], ended(12)).verdict).toBe("failed");
  });

  it("counts all lines and keeps the first twenty", () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `${index} changed`);
    const [reason] = verdict(OUTCOME, lines, ended(0)).reasons;
    expect(reason).toMatchObject({ count: 1000, lines: lines.slice(0, 20) });
  });

  it("judges every stage of a pipe: those with codes of their own by them, the others by the outcome", () => {
    expect(verdict(OUTCOME, [], ended(1), ended(0, [0], "zstd")).verdict).toBe("warnings");
    expect(verdict(OUTCOME, [], ended(0), ended(1, [0], "zstd")).verdict).toBe("failed");
    expect(verdict(OUTCOME, [], ended(2), ended(0, [0], "zstd")).verdict).toBe("failed");
  });

  it("names the stage that broke the pipe, and not those that it ended", () => {
    const pipe = ended({ is: "signalled", signal: "SIGPIPE" });
    const judged = verdict(OUTCOME, [], pipe, ended(141, [0], "zstd"), ended(1, [0], "dd"));
    expect(judged.verdict).toBe("failed");
    expect(judged.reasons.map((reason) => reason.message)).toEqual(["dd exited with 1: dd: last words"]);
    expect(verdict(OUTCOME, [], pipe, ended(0, [0], "cat")).verdict).toBe("failed");
  });

  describe("with a least number of objects", () => {
    const counting: Outcome = { ...OUTCOME, atLeast: { pattern: "restored: +([0-9,]+)", objects: 1000 } };

    it("takes silence and too few for a failure, whatever the exit code", () => {
      expect(verdict(counting, [], ended(0)).verdict).toBe("failed");
      expect(verdict(counting, [], ended(1)).verdict).toBe("failed");
      expect(verdict(counting, ["restored: 999"], ended(0)).reasons.map(({ message }) => message)).toEqual([
        "it has done 999, and at least 1000 was expected",
      ]);
      expect(verdict(counting, ["restored: 0"], ended(0)).verdict).toBe("failed");
    });

    it("reads thousands separators, and counts the last line", () => {
      expect(verdict(counting, ["restored:  1,000"], ended(0)).verdict).toBe("ok");
      expect(verdict(counting, ["restored: 5", "restored: 1,200,000"], ended(1)).verdict).toBe("warnings");
    });
  });
});

it("worst is the worst, and ok of none", () => {
  expect(worst([])).toBe("ok");
  expect(worst(["warnings", "ok"])).toBe("warnings");
  expect(worst(["retryable", "failed", "needs-operator"])).toBe("failed");
});
