import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Step, type StepId, stepId } from "../../src/plan/step.js";
import { schedule, startable } from "../../src/rescue/schedule.js";

function id(name: string): StepId {
  return stepId("do", name);
}

/** A step that may run beside others, or (`exclusive` null) runs alone. */
function step(name: string, after: readonly string[] = [], exclusive: readonly string[] | null = []): Step {
  return {
    id: id(name),
    title: name,
    why: "",
    phase: "make",
    run: [],
    after: after.map(id),
    ...(exclusive === null ? {} : { parallel: { exclusive } }),
    destroys: [],
    before: [],
    done: [],
  };
}

function namesOf(steps: readonly Step[]): readonly string[] {
  return steps.map(({ title }) => title);
}

function next(steps: readonly Step[], jobs: number, ended: readonly string[] = [], running: readonly string[] = []) {
  return namesOf(startable(steps, { ended: new Set(ended.map(id)), running: new Set(running.map(id)) }, jobs));
}

describe("what may start", () => {
  test("as many as there are jobs, in their order", () => {
    const steps = [step("a"), step("b"), step("c")];
    expect(next(steps, 1)).toEqual(["a"]);
    expect(next(steps, 2)).toEqual(["a", "b"]);
    expect(next(steps, 2, [], ["a"])).toEqual(["b"]);
    expect(next(steps, 2, ["a"], ["b"])).toEqual(["c"]);
  });

  test("what waits for another is passed by what doesn't", () => {
    const steps = [step("a"), step("b", ["a"]), step("c")];
    expect(next(steps, 4)).toEqual(["a", "c"]);
    expect(next(steps, 4, ["a"], ["c"])).toEqual(["b"]);
  });

  test("an edge to a step that isn't in the run is no reason to wait", () => {
    expect(next([step("b", ["a"])], 1)).toEqual(["b"]);
  });

  test("of what needs the same for itself, only the first", () => {
    const steps = [step("a", [], ["lvm"]), step("b", [], ["lvm", "udev"]), step("c", [], ["udev"]), step("d")];
    expect(next(steps, 4)).toEqual(["a", "c", "d"]);
    expect(next(steps, 4, ["a"], ["c", "d"])).toEqual([]);
    expect(next(steps, 4, ["a", "c"], ["d"])).toEqual(["b"]);
  });

  test("a step that says nothing runs alone: after all before it, before all after it", () => {
    const steps = [step("a"), step("alone", [], null), step("b")];
    expect(next(steps, 4)).toEqual(["a"]);
    expect(next(steps, 4, [], ["a"])).toEqual([]);
    expect(next(steps, 4, ["a"])).toEqual(["alone"]);
    expect(next(steps, 4, ["a"], ["alone"])).toEqual([]);
    expect(next(steps, 4, ["a", "alone"])).toEqual(["b"]);
  });
});

/** Steps with edges to earlier ones only, some alone, some with resources. */
const anySteps = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(20), { maxLength: 3 }),
      exclusive: fc.option(fc.subarray(["lvm", "udev", "x"]), { freq: 5 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((drafts) =>
    drafts.map(({ after, exclusive }, at) =>
      step(String(at), after.filter((other) => other < at).map(String), exclusive),
    ),
  );

describe("a whole run", () => {
  test("does each step once, never beside what it mustn't run beside, and with one job in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySteps,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(3)),
        async (steps, jobs, waits) => {
          const begun: string[] = [];
          const ended = new Set<StepId>();
          const atWork = new Set<Step>();
          await schedule(
            steps,
            jobs,
            async (one) => {
              begun.push(one.title);
              expect(atWork.size).toBeLessThan(jobs);
              expect(one.after.every((before) => ended.has(before))).toBe(true);
              for (const other of atWork) {
                expect(one.parallel !== undefined && other.parallel !== undefined).toBe(true);
                const shared = one.parallel?.exclusive.filter((name) => other.parallel?.exclusive.includes(name));
                expect(shared).toEqual([]);
              }
              if (one.parallel === undefined) {
                const before = steps.slice(0, steps.indexOf(one));
                expect(before.every(({ id }) => ended.has(id))).toBe(true);
              }
              atWork.add(one);
              for (let turns = waits.next().value as number; turns > 0; turns--) await Promise.resolve();
              atWork.delete(one);
              ended.add(one.id);
              return true;
            },
            () => true,
          );
          expect([...begun].sort()).toEqual(namesOf(steps).toSorted());
          if (jobs === 1) expect(begun).toEqual(namesOf(steps));
        },
      ),
      { numRuns: process.env.BMR_TEST_LONG === "1" ? 5000 : 200 },
    );
  });

  test("after one that doesn't let it go on nothing starts, and what is at work comes to its end", async () => {
    const seen: string[] = [];
    const run = async ({ title }: Step) => {
      seen.push(`${title} begins`);
      await sleep(title === "a" ? 5 : 30);
      seen.push(`${title} ends`);
      return title !== "a";
    };
    await schedule([step("a"), step("b"), step("c")], 2, run, () => true);
    expect(seen).toEqual(["a begins", "b begins", "a ends", "b ends"]);
  });

  test("what one throws comes out once the others have ended", async () => {
    let ended = false;
    const run = async ({ title }: Step) => {
      if (title === "a") throw new Error("the journal is full");
      await sleep(20);
      ended = true;
      return true;
    };
    await expect(schedule([step("a"), step("b")], 2, run, () => true)).rejects.toThrow("the journal is full");
    expect(ended).toBe(true);
  });

  test("nothing starts once it may not", async () => {
    const seen: string[] = [];
    const run = async ({ title }: Step) => {
      seen.push(title);
      return true;
    };
    await schedule([step("a"), step("b"), step("c")], 1, run, () => seen.length < 2);
    expect(seen).toEqual(["a", "b"]);
  });
});
