import { describe, expect, it } from "vitest";
import type { NodeId } from "../../src/layout/ids.js";
import type { Plan } from "../../src/plan/plan.js";
import { setFilesOf } from "../../src/plan/plan-faults.js";
import { PlanSchema } from "../../src/plan/plan-schema.js";
import { type Action, type Step, stepId } from "../../src/plan/step.js";

const DISK = "lun:3600a" as NodeId;
const PART = "part:lun:3600a/1" as NodeId;

function step(change: Partial<Step> = {}): Step {
  return {
    id: stepId("make", "a"),
    title: "Make",
    why: "needed",
    phase: "make",
    run: [{ do: "exec", argv: ["mke2fs", { device: PART }] }],
    after: [],
    destroys: [PART],
    before: [],
    done: [],
    ...change,
  };
}

function plan(change: Partial<Plan> = {}): Plan {
  return {
    format: "bmr-plan",
    version: 1,
    machine: { hostname: "web1", architecture: null, system: null, places: [] },
    layoutDigest: "0".repeat(64),
    disks: [
      {
        node: DISK,
        role: "disk",
        name: "sda",
        identities: [],
        bytes: 1,
        sectorBytes: 512,
        paths: null,
        readOnly: false,
      },
    ],
    devices: [{ node: PART, by: "partition", of: DISK, number: 1 }],
    tools: [{ tool: "tar", where: "rescue", package: "tar", options: [{ option: "--acls", help: ["tar", "--help"] }] }],
    params: [{ name: "backup", title: "t", pattern: "/.+", default: "/b" }],
    steps: [step()],
    findings: [],
    ...change,
  };
}

function issues(value: unknown): string[] {
  const result = PlanSchema.safeParse(JSON.parse(JSON.stringify(value)));
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
}

const stepIssues = (change: Partial<Step>) => issues(plan({ steps: [step(change)] }));
const run = (...argv: Extract<Action, { do: "exec" }>["argv"]) => stepIssues({ run: [{ do: "exec", argv }] });

describe("PlanSchema", () => {
  it("takes a plan with all that a step can have", () => {
    const whole = plan({
      steps: [
        step(),
        step({
          id: stepId("restore", "b"),
          phase: "restore",
          when: { param: "backup", equals: "/b" },
          after: [stepId("make", "a")],
          run: [
            {
              do: "pipe",
              stages: [
                { argv: ["cat"], stdin: { file: { param: "backup" } }, okExits: [0, 1], env: { A: "b" } },
                { argv: ["tar", { concat: ["-C", { target: "/srv" }] }], stdout: "inherit" },
              ],
              timeLimitSeconds: 60,
            },
            { do: "write", path: { target: "/etc/x" }, content: "x", mode: 0o644, sysfs: false },
            {
              do: "exec",
              argv: ["x", { each: true }],
              forEach: { list: { target: "/lib" }, recorded: ["a"] },
              terminal: true,
            },
          ],
          before: [
            { is: "mounted", at: { target: "/" }, device: null },
            { is: "size", device: DISK, least: 1 },
          ],
          done: [
            { is: "output", argv: ["cat", { setFile: "ptbl-a" }], equals: "x" },
            { is: "file", path: "/x", sha256: "a".repeat(64) },
          ],
          outcome: {
            exits: { "0": "ok" },
            messages: [{ pattern: "x", means: "failed", remedy: "r" }],
            atLeast: { pattern: "([0-9]+)", objects: 1 },
          },
          release: [{ do: "exec", argv: ["umount", { target: "/" }] }],
        }),
      ],
    });
    expect(issues(whole)).toEqual([]);
    expect(PlanSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(JSON.parse(JSON.stringify(whole)));
    expect([...setFilesOf(whole)]).toEqual(["ptbl-a"]);
  });

  it("refuses what it doesn't know", () => {
    expect(issues({ ...plan(), version: 2 })[0]).toContain("version");
    expect(issues({ ...plan(), extra: 1 })[0]).toContain("extra");
    expect(issues(plan({ steps: [{ ...step(), run: [{ do: "shell", text: "x" } as never] }] }))[0]).toContain(
      "steps.0.run.0",
    );
    expect(stepIssues({ done: [{ is: "hope" } as never] })[0]).toContain("steps.0.done.0");
    expect(stepIssues({ run: [{ do: "exec", argv: [] as never }] })[0]).toContain("steps.0.run.0.argv");
    expect(stepIssues({ outcome: { exits: { "0": "fine" as never }, messages: [] } })[0]).toContain("outcome.exits.0");
    expect(stepIssues({ outcome: { exits: {}, messages: [{ pattern: "(", means: "ok" }] } })[0]).toContain("pattern");
  });

  it("refuses a step that waits for one that comes later, for itself, or for none", () => {
    const [a, b] = [stepId("make", "a"), stepId("make", "b")];
    const circle = plan({ steps: [step({ id: a, after: [b] }), step({ id: b, after: [a] })] });
    expect(issues(circle)).toEqual(["steps.0.after: make:a waits for make:b, which isn't before it"]);
    expect(stepIssues({ after: [a] })).toEqual(["steps.0.after: make:a waits for make:a, which isn't before it"]);
    expect(issues(plan({ steps: [step(), step()] }))).toEqual(["steps.1.id: make:a is there twice"]);
  });

  it("refuses devices and parameters that it doesn't have, and paths out of the target", () => {
    const other = "lun:3600b" as NodeId;
    expect(run("x", { device: other })).toEqual(["steps.0.make:a: there is no device lun:3600b"]);
    expect(run("x", { concat: ["a", { device: other }] })).toEqual(["steps.0.make:a: there is no device lun:3600b"]);
    expect(stepIssues({ destroys: [other] })).toEqual(["steps.0.make:a: there is no device lun:3600b"]);
    expect(stepIssues({ done: [{ is: "device", device: other }] })).toEqual([
      "steps.0.make:a: there is no device lun:3600b",
    ]);
    expect(issues(plan({ devices: [{ node: PART, by: "partition", of: other, number: 1 }] }))).toEqual([
      "devices.0.of: there is no device lun:3600b",
    ]);
    expect(run("x", { param: "gone" })).toEqual(["steps.0.make:a: there is no parameter gone"]);
    expect(stepIssues({ when: { param: "gone", equals: "x" } })).toEqual([
      "steps.0.make:a: there is no parameter gone",
    ]);
    expect(run("x", { target: "/a/../../etc" })[0]).toContain("may lead out of the target");
    expect(run("x", { target: "etc" })[0]).toContain("isn't absolute");
    expect(run("x\0")[0]).toContain("NUL");
  });

  it("refuses a parameter whose pattern or default is wrong", () => {
    const param = { name: "backup", title: "t", pattern: "[a-z]+", default: "b" };
    expect(issues(plan({ params: [{ ...param, pattern: "(" }] }))[0]).toContain("the pattern of backup is wrong");
    expect(issues(plan({ params: [{ ...param, default: "b; rm" }] }))).toEqual([
      "params.0: the default of backup doesn't match its own pattern",
    ]);
  });

  it("checks 10,000 steps", () => {
    const steps = Array.from({ length: 10_000 }, (_, index) =>
      step({ id: stepId("make", String(index)), after: index === 0 ? [] : [stepId("make", String(index - 1))] }),
    );
    const data = JSON.parse(JSON.stringify(plan({ steps })));
    expect(PlanSchema.safeParse(data).success).toBe(true);
  });
});
