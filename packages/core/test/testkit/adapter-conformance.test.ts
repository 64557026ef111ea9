import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { BackupAdapter } from "../../src/adapter/adapter.js";
import type { DraftStep } from "../../src/plan/part.js";
import { type Action, stepId } from "../../src/plan/step.js";
import { adapterConformance } from "../../src/testkit/index.js";

/** An adapter of the contract's least size, which keeps it. */
const good: BackupAdapter<{ readonly node: string }> = {
  name: "sample",
  title: "Sample",
  optionsSchema: z.strictObject({ node: z.string() }),
  capabilities: () => ({
    mode: "per-filesystem",
    pointInTime: "none",
    keeps: {
      numericOwners: "yes",
      acls: "yes",
      xattrs: "unknown",
      capabilities: "unknown",
      selinux: "no",
      hardLinks: "yes",
      sparse: "yes",
      devices: "yes",
    },
    restartable: false,
    parallelSafe: false,
  }),
  requiredTools: () => [{ tool: "fetch", where: "rescue", package: "fetch" }],
  bootstrap: () => ({ title: "t", commands: [{ do: "exec", argv: ["fetch", "/etc/BMR"] }], remarks: [] }),
  preflight: () => [
    {
      id: stepId("restore", "look"),
      title: "t",
      why: "w",
      run: [{ do: "exec", argv: ["fetch", "--ping"] }],
      remedy: "r",
    },
  ],
  planRestore: ({ scope }) => ({ steps: scope.filesystems.map(({ at }) => restoreStep(at)) }),
  planBackup: ({ scope }) =>
    scope.filesystems.map(({ at }) => ({
      id: stepId("backup", at),
      title: "t",
      why: "w",
      run: [{ do: "exec", argv: ["fetch", "--store", at] }],
    })),
};

function restoreStep(at: string): DraftStep {
  return {
    id: stepId("restore", at),
    title: "t",
    why: "w",
    phase: "restore",
    run: [{ do: "exec", argv: ["fetch", { target: at }] }],
    destroys: [],
    before: [],
    done: [],
    outcome: { exits: { "0": "ok" }, messages: [], atLeast: { pattern: "restored: ([0-9]+)", objects: 1 } },
    needs: ["phase:mount"],
    provides: [],
  };
}

const withStep = (change: Partial<DraftStep>): Partial<typeof good> => ({
  planRestore: () => ({ steps: [{ ...restoreStep("/"), ...change }] }),
});
const withRun = (action: Action) => withStep({ run: [action] });

/** The checks that an adapter fails, with what they say. */
function failures(change: Partial<typeof good>): string[] {
  const checks = adapterConformance({ adapter: { ...good, ...change }, options: [{ node: "web1" }] });
  return checks.flatMap(({ name, run }) => {
    try {
      run();
      return [];
    } catch (error) {
      return [`${name.replace(/: \{.*/, "")}: ${(error as Error).message}`];
    }
  });
}

let turn = 0;
const OUTCOME = { exits: { "0": "ok" }, messages: [], atLeast: { pattern: "([0-9]+)", objects: 1 } } as const;

describe("adapterConformance", () => {
  it("finds nothing in an adapter that keeps the contract", () => {
    expect(failures({})).toEqual([]);
  });

  it.each<[string, Partial<typeof good>, string]>([
    ["a name with blanks", { name: "My Adapter" }, "isn't one for --adapter"],
    [
      "a schema that takes anything",
      { optionsSchema: z.looseObject({ node: z.string() }) },
      "an option that it doesn't know",
    ],
    ["a schema that refuses its own", { optionsSchema: z.never() }, "its schema refuses"],
    [
      "a parser that throws",
      {
        parseOutput: ({ text }) => {
          throw new Error(`what is ${text.length}?`);
        },
      },
      "what is",
    ],
    [
      "a judge that takes all for well",
      { classify: () => ({ verdict: "ok", reasons: [] }) },
      'makes "ok" of a failure',
    ],
    [
      "a plan that differs from time to time",
      { planRestore: () => ({ steps: [{ ...restoreStep("/"), title: String(turn++) }] }) },
      "two plans of the same differ",
    ],
    ["a step of another phase", withStep({ phase: "boot" }), "is of the phase boot"],
    ["a step that destroys", withStep({ destroys: ["lun:36000" as never] }), "there is no device lun:36000"],
    ["a step that doesn't wait", withStep({ needs: [] }), "doesn't wait for the mounts"],
    ["no step", { planRestore: () => ({}) }, "it plans no step"],
    ["no least count", withStep({ outcome: { exits: { "0": "ok" }, messages: [] } }), "at least"],
    [
      "any exit code for success",
      withStep({ outcome: { ...OUTCOME, exits: { "0": "ok", "199": "ok" } } }),
      "exit code 199",
    ],
    ["a count of nothing", withStep({ outcome: { ...OUTCOME, atLeast: { pattern: "x", objects: 0 } } }), ""],
    ["a shell", withRun({ do: "exec", argv: ["sh", "-c", "fetch"] }), "it runs sh"],
    ["a program that it doesn't name", withRun({ do: "exec", argv: ["other"] }), "isn't among its tools"],
    ["a device by name", withRun({ do: "exec", argv: ["fetch", "/dev/sda1"] }), "the device name /dev/sda1"],
    [
      "a choice that the plan doesn't have",
      withRun({ do: "exec", argv: ["fetch", { param: "date" }] }),
      "no parameter date",
    ],
    [
      "a preflight that writes",
      {
        preflight: () => [
          { id: stepId("a", "b"), title: "t", why: "w", remedy: "r", run: [{ do: "write", path: "/x", content: "" }] },
        ],
      },
      "writes a file",
    ],
    ["no way back to the set", { bootstrap: () => ({ title: "t", commands: [], remarks: [] }) }, "it says nothing"],
    [
      "a way back that nobody can type",
      { bootstrap: () => ({ title: "t", commands: [{ do: "exec", argv: ["fetch", { target: "/" }] }], remarks: [] }) },
      "which only a plan's steps can",
    ],
    [
      "a backup of the root alone",
      { planBackup: (context) => good.planBackup?.(context).slice(0, 1) ?? [] },
      "names the filesystem /boot",
    ],
  ])("finds %s", (_, change, said) => {
    const found = failures(change);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n")).toContain(said);
  });

  it("finds an adapter that changes what it is given", () => {
    const found = failures({
      planRestore: (context) => {
        (context.scope.filesystems as unknown[]).length = 1;
        return good.planRestore(context);
      },
    });
    expect(found.join("\n")).toContain("read only");
  });
});
