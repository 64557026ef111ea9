/** What every plan says of its commands' time limits and of steps that may run side by side, on recorded systems. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEvidence } from "../../src/host/evidence-file.js";
import { replayHost } from "../../src/host/replay.js";
import { kinds } from "../../src/kinds/index.js";
import { buildPlan } from "../../src/plan/build.js";
import type { Plan } from "../../src/plan/plan.js";
import { type Action, type Step, stepId } from "../../src/plan/step.js";
import { withTimeLimits } from "../../src/plan/time-limits.js";
import { scan } from "../../src/scan.js";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;

/** Recordings of whole machines among the fixtures. */
const RECORDINGS = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((path) =>
  /(^|\/)evidence[^/]*\.json$/.test(path),
);

async function planOf(path: string): Promise<Plan> {
  const { layout } = await scan(replayHost(readEvidence(readFileSync(join(FIXTURES, path), "utf8"))), { kinds });
  return buildPlan(layout, kinds).plan;
}

function commandsOf(step: Step): readonly Action[] {
  return [...step.run, ...(step.release ?? [])].filter((action) => action.do === "exec" || action.do === "pipe");
}

/** Pairs of steps that no chain of edges puts in an order. */
function unordered(steps: readonly Step[]): readonly (readonly [Step, Step])[] {
  const before = new Map<string, ReadonlySet<string>>();
  for (const { id, after } of steps) {
    before.set(id, new Set(after.flatMap((earlier) => [earlier, ...(before.get(earlier) ?? [])])));
  }
  return steps.flatMap((later, at) =>
    steps.slice(0, at).flatMap((earlier) => (before.get(later.id)?.has(earlier.id) ? [] : [[earlier, later] as const])),
  );
}

function mayRunTogether([a, b]: readonly [Step, Step]): boolean {
  if (a.parallel === undefined || b.parallel === undefined) return false;
  return !a.parallel.exclusive.some((name) => b.parallel?.exclusive.includes(name));
}

const runs = (step: Step, tool: RegExp): boolean =>
  commandsOf(step).some(
    (action) => action.do === "exec" && typeof action.argv[0] === "string" && tool.test(action.argv[0]),
  );

test("there are recordings to look at", () => {
  expect(RECORDINGS.length).toBeGreaterThan(1);
});

describe.each(RECORDINGS)("%s", (path) => {
  test("every command has a time limit", async () => {
    const { steps } = await planOf(path);
    const without = steps.flatMap((step) =>
      commandsOf(step).flatMap((action) => ("timeLimitSeconds" in action && action.timeLimitSeconds ? [] : [step.id])),
    );
    expect(without).toEqual([]);
  });

  test("a retry names the race that it is for", async () => {
    const { steps } = await planOf(path);
    for (const action of steps.flatMap(commandsOf)) {
      if (action.do === "exec" && action.attempts !== undefined) expect(action.attempts.why.length).toBeGreaterThan(20);
    }
  });

  test("no two steps run together that write the same, that are LVM's, or that wait for udev", async () => {
    const together = unordered((await planOf(path)).steps).filter(mayRunTogether);
    for (const [a, b] of together) {
      const pair = `${a.id} and ${b.id}`;
      const both = (holds: (step: Step) => boolean) => holds(a) && holds(b);
      expect(
        a.destroys.filter((node) => b.destroys.includes(node)),
        pair,
      ).toEqual([]);
      expect(
        both((step) => runs(step, /^(pv|vg|lv)/)),
        pair,
      ).toBe(false);
      expect(
        both((step) => runs(step, /^udevadm$/)),
        pair,
      ).toBe(false);
    }
  });
});

test("a limit of its own stays, and a restore has none but its own", () => {
  const step = (phase: Step["phase"], run: readonly Action[]): Step => ({
    id: stepId("x", phase),
    title: "",
    why: "",
    phase,
    run,
    after: [],
    destroys: [],
    before: [],
    done: [],
  });
  const own: Action = { do: "exec", argv: ["x"], timeLimitSeconds: 7 };
  expect(withTimeLimits(step("make", [own])).run).toEqual([own]);
  const none: Action = { do: "exec", argv: ["dsmc"] };
  expect(withTimeLimits(step("restore", [none])).run).toEqual([none]);
  expect(withTimeLimits(step("mount", [none])).run).toEqual([{ ...none, timeLimitSeconds: 600 }]);
  const asking: Action = { do: "exec", argv: ["cryptsetup"], terminal: true };
  expect(withTimeLimits(step("assemble", [asking])).run).toEqual([asking]);
});
