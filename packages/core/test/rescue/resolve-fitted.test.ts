import { expect, test } from "vitest";
import type { PlanFitter } from "../../src/plan/fit-plan.js";
import { readMapFile } from "../../src/rescue/map-file.js";
import { resolveFitted } from "../../src/rescue/resolve-fitted.js";
import { factsOf, GIB, optionsFor, planFor, volume } from "./world.js";

const disk = (name: string, wwid: string, bytes = GIB) => ({ name, identities: [volume(wwid)], bytes });
const plan = planFor([disk("sda", "a"), disk("sdb", "b")]);
const facts = factsOf({ disks: [disk("sdx", "x", 2 * GIB), disk("sdy", "y", 2 * GIB)] });

/** A fitter that says what it was asked; everything fits it, but for what it is told. */
function fitter(asked: Map<string, number>[], node?: string): PlanFitter {
  return (sizes) => {
    asked.push(new Map(sizes));
    const problem = { code: "cannot-shrink", node: node as never, message: "m", remedy: "r" } as const;
    const disks = plan.disks.map((one) => ({ ...one, bytes: sizes.get(one.node) ?? one.bytes }));
    return {
      layout: {} as never,
      plan: { ...plan, disks },
      changes: [],
      problems: node === undefined ? [] : [problem],
    };
  };
}

function resolved(text: string, node?: string) {
  const asked: Map<string, number>[] = [];
  const { entries, problems } = readMapFile(text, "m");
  const options = { ...optionsFor({ mapping: entries }), problems, fit: fitter(asked, node) };
  const answer = resolveFitted(plan, facts, options);
  return {
    asked,
    codes: answer.is === "refused" ? answer.problems.map((one) => `${one.code} ${one.node}`) : answer.is,
  };
}

test("the plan is fitted to the disks that were bound", () => {
  const { asked, codes } = resolved("lun:a = lun:x\nlun:b = lun:y\n");
  expect(codes).toBe("bound");
  expect(asked.map((sizes) => [...sizes])).toEqual([
    [
      ["lun:a", 2 * GIB],
      ["lun:b", 2 * GIB],
    ],
  ]);
});

test("what doesn't fit is told with everything else", () => {
  expect(resolved("lun:a = lun:x\nlun:b\n", "lun:a").codes).toEqual([
    "map-file-invalid null",
    "cannot-shrink lun:a",
    "no-candidate lun:b",
  ]);
});

test("a disk with a proposal that waits to be confirmed isn't said to be missing too", () => {
  expect(resolved("? lun:a = lun:x\n").codes).toEqual(["map-unread lun:a", "no-candidate lun:b"]);
});
