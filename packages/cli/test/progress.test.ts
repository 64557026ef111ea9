import { BmrError, createTally, type Plan, type RunEvent, type Step, stepId, stepLabels } from "@bmr/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { duration, fold } from "../src/fold.js";
import { type Teller, tellProgress, tellReport } from "../src/progress.js";

const names = ["a", "b", "c"] as const;

function step(name: string, phase: Step["phase"] = "make"): Step {
  const title = `Make ext4 on lv:vg1/${name}`;
  return { id: stepId("make", name), title, why: "", phase, run: [], after: [], destroys: [], before: [], done: [] };
}

const [a, b, mount] = [step("a"), step("b"), step("c", "mount")];
const plan = { steps: [a, b, mount] } as unknown as Plan;

let said: string[];
const io = {
  say: (line = "") => void said.push(...line.split("\n")),
  out: () => {},
  ask: async () => undefined,
  unicode: false,
};

function tellerOf(verbose: boolean): { readonly teller: Teller; hear(...events: readonly RunEvent[]): void } {
  const tally = createTally();
  const teller = tellProgress(io, { label: stepLabels(plan), tally, verbose });
  const hear = (...events: readonly RunEvent[]) => {
    for (const event of events) {
      tally.listen(event);
      teller.listen(event);
    }
  };
  return { teller, hear };
}

beforeEach(() => {
  said = [];
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => vi.useRealTimers());

const started = (one: Step): RunEvent => ({ is: "step-started", step: one });
const done = (one: Step, seconds = 0): RunEvent => ({ is: "step-done", step: one, seconds, warnings: [] });
const line = (one: Step, stream: "stdout" | "stderr", text: string, harmless?: string): RunEvent => ({
  is: "line",
  step: one,
  stream,
  text,
  ...(harmless === undefined ? {} : { harmless }),
});

test("lines of steps side by side are told apart by the steps' numbers in the plan", () => {
  const { hear } = tellerOf(true);
  hear(started(a), started(b));
  hear({ is: "command", step: a, argvs: [["mke2fs", "-L", "my label"]], terminal: false });
  hear({ is: "command", step: b, argvs: [["mkswap"]], terminal: false });
  hear(line(b, "stdout", "of b"), line(a, "stderr", "of a"), line(a, "stderr", "banner", "a version"));
  expect(said).toEqual([
    "[1/3] Make ext4 on lv:vg1/a",
    "[2/3] Make ext4 on lv:vg1/b",
    "[1/3] #1 $ mke2fs -L 'my label'",
    "[2/3] #2 $ mkswap",
    "[2/3]     of b",
    "[1/3]   ! of a",
    "[1/3]   ~ banner [harmless: a version]",
  ]);
});

test("without --verbose the error output is shown but for known messages, and no more than a few lines", () => {
  const { hear } = tellerOf(false);
  hear(started(a), line(a, "stdout", "talk"), line(a, "stderr", "banner", "a version"));
  for (let n = 1; n <= 30; n++) hear(line(a, "stderr", `remark ${n}`));
  expect(said.slice(1, 3)).toEqual(["[1/3]   ! remark 1", "[1/3]   ! remark 2"]);
  expect(said.at(-1)).toBe("[1/3]   ! and more, in the log");
  expect(said).toHaveLength(12);
});

test("each phase's time, from the first start to the last end, and what is left", () => {
  const { teller, hear } = tellerOf(false);
  teller.expect([a, b, mount]);
  hear(started(a));
  vi.advanceTimersByTime(2000);
  hear(started(b));
  vi.advanceTimersByTime(63_000);
  hear(done(a, 65), done(b, 63));
  hear(started(mount), done(mount));
  expect(said.filter((text) => text.startsWith("--"))).toEqual([
    "-- make: 2 steps in 1:05; 1 left: 1 mount",
    "-- mount: 1 step in 0 s; no step is left",
  ]);
});

test("a phase in which nothing was to be done has no time", () => {
  const { teller, hear } = tellerOf(false);
  teller.expect([a]);
  hear({ is: "step-skipped", step: a, why: "done before" });
  expect(said).toEqual(["[1/3] skipped: Make ext4 on lv:vg1/a (done before)"]);
});

test("no line is longer than 80 columns unless a single word is", () => {
  const { hear } = tellerOf(true);
  hear(started({ ...a, title: "word ".repeat(40).trim() }), line(a, "stdout", "x".repeat(100)));
  expect(said.every((text) => text.length <= 80 || /x{100}/.test(text))).toBe(true);
  expect(said.join(" ").match(/word/g)).toHaveLength(40);
});

test("in the end: what was done, how many commands, how long; the disks' state where it didn't come to its end", () => {
  const tally = createTally();
  tally.listen({ is: "command", step: a, argvs: [["x"]], terminal: false });
  tally.listen({ is: "command-ended", step: a, results: [], seconds: 1, failed: true });
  const error = new BmrError("step-failed", "make:a: x exited with 1");
  const report = {
    is: "failed",
    steps: [{ is: "failed", step: a.id, error }],
    disks: [{ node: "lun:1" as never, path: "/dev/sda", is: "incomplete" }],
    error,
  } as const;
  tellReport(io, report, tally, 65);
  expect(said.join("\n")).toBe(
    "0 steps done, 0 skipped, 1 failed, in 1:05; 1 commands, 1 of them failed\n  /dev/sda: incomplete\nmake:a: x exited with 1",
  );
});

test.each([
  [0.4, "0 s"],
  [59.4, "59 s"],
  [60, "1:00"],
  [3599, "59:59"],
  [3661, "1:01:01"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("folding loses nothing", () => {
  const text = names.map((name) => name.repeat(50)).join(" ");
  expect(fold(text, 4).replace(/\n */g, " ")).toBe(text);
});
