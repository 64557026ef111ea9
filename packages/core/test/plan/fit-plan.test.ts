import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { Layout } from "../../src/layout/layout.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";
import { buildPlan } from "../../src/plan/build.js";
import { type FittedPlan, planFitter } from "../../src/plan/fit-plan.js";
import type { PlanPart } from "../../src/plan/part.js";
import { PlanSchema } from "../../src/plan/plan-schema.js";
import { type Action, type Step, stepId } from "../../src/plan/step.js";

const MIB = 1024 * 1024;
const [SYSTEM, DATA] = [1, 2].map((n) => `lun:35000c500a000000${n}` as NodeId) as [NodeId, NodeId];

/** A whole server as it was scanned: two LUNs, DOS and GPT, LVM over both; see `fixtures/fit/README.md`. */
const server: Layout = LayoutSchema.parse(
  JSON.parse(readFileSync(new URL("../fixtures/fit/labserver.layout.json", import.meta.url), "utf8")),
);

/** What a backup adapter adds. */
const restore: PlanPart = {
  steps: [
    {
      id: stepId("restore", "all"),
      title: "Restore",
      why: "",
      phase: "restore",
      run: [{ do: "exec", argv: ["tar", "-x", "--file", { setFile: "list" }] }],
      needs: ["phase:mount"],
      provides: [],
      destroys: [],
      before: [],
      done: [],
    },
  ],
  params: [{ name: "backup", title: "", pattern: ".*", default: null }],
  findings: [{ code: "tar/x", severity: "note", message: "of the adapter" }],
};

const { plan } = buildPlan(server, kinds, [restore]);

function fit(sizes: readonly (readonly [NodeId, number])[], resize = false): FittedPlan {
  const bytes = sizes.map(([id, mebibytes]) => [id, mebibytes * MIB] as const);
  return planFitter({ layout: server, plan }, kinds, { resize })(new Map(bytes));
}

function stepOf(from: FittedPlan["plan"], id: string): Step {
  return from.steps.find((step) => (step.id as string) === id) as Step;
}

/** The sfdisk script that a step gives to sfdisk. */
function scriptOf(action: Action | undefined): string {
  const stdin = action?.do === "exec" ? action.stdin : undefined;
  return stdin !== undefined && "text" in stdin ? stdin.text : "";
}

describe("a plan for disks of other sizes", () => {
  test("on disks of the recorded sizes it is the recorded one", () => {
    const fitted = fit([
      [SYSTEM, 3072],
      [DATA, 2048],
    ]);
    expect(fitted.plan).toBe(plan);
    expect(fitted.layout).toBe(server);
  });

  test("the steps keep their ids, their order, and what waits for the restore waits for it still", () => {
    const fitted = fit([[DATA, 4096]], true);
    expect(fitted.problems).toEqual([]);
    expect(fitted.plan.steps.map(({ id }) => id)).toEqual(plan.steps.map(({ id }) => id));
    for (const step of fitted.plan.steps)
      expect([...step.after].sort()).toEqual([...stepOf(plan, step.id).after].sort());
    expect(stepOf(fitted.plan, "restore:all")).toBe(stepOf(plan, "restore:all"));
    expect(fitted.plan.params).toEqual(plan.params);
    expect(fitted.plan.findings).toEqual(plan.findings);
    expect(PlanSchema.parse(JSON.parse(JSON.stringify(fitted.plan)))).toBeDefined();
  });

  test("what was recorded of the table stays in the set; the new script stands in the step", () => {
    const fitted = fit([[DATA, 4096]], true);
    const script = scriptOf(stepOf(fitted.plan, `partition:${DATA}`).run[0]);
    expect(script).toContain(`last-lba: ${4096 * 2048 - 34}`);
    expect(script).toMatch(/^3 : start=1900544, size=6486016,/m);
    // the other disk's steps are the recorded ones
    expect(stepOf(fitted.plan, `partition:${SYSTEM}`)).toEqual(stepOf(plan, `partition:${SYSTEM}`));
    expect(fitted.changes.map(({ node, what }) => `${node} ${what}`)).toEqual([
      `${DATA} disk`,
      `${DATA} gpt table`,
      `part:${DATA}/3 partition`,
      `part:${DATA}/3 ext4`,
    ]);
    const mke2fs = stepOf(fitted.plan, `make-ext:part:${DATA}/3`).run[0];
    expect(mke2fs?.do === "exec" && mke2fs.argv.at(-1)).toBe(String((6486016 * 512) / 2048));
  });

  test("fitted metadata of a group is written by the steps that read it", () => {
    // both physical volumes are on partitions in the middle: the data disk ends within the second one's
    const whole = planFitter({ layout: onWholeDisk(), plan: buildPlan(onWholeDisk(), kinds).plan }, kinds, {
      resize: false,
    });
    const fitted = whole(new Map([[DATA, 896 * MIB]]));
    expect(fitted.problems).toEqual([]);
    for (const id of [`pv:${DATA}`, "vg:sysvg"]) {
      const { run } = stepOf(fitted.plan, id);
      const write = run.find((action) => action.do === "write");
      expect(write).toMatchObject({
        path: "/run/bmr-fitted/VG-sysvg",
        content: expect.stringContaining(`dev_size = ${896 * 2048}\n`),
      });
      expect(JSON.stringify(run)).not.toContain('{"setFile":"VG-sysvg"}');
    }
  });

  test("a disk that is too small is a problem, and no further one is made of its size", () => {
    const fitted = fit([[DATA, 1000]]);
    expect(fitted.problems).toMatchObject([{ code: "too-small", node: DATA }]);
    expect(fitted.plan.disks.find(({ node }) => node === DATA)?.bytes).toBe(1000 * MIB);
  });

  test("a plan of another version's steps isn't made again", () => {
    const other = { ...plan, steps: plan.steps.filter(({ id }) => (id as string) !== "vg:sysvg") };
    const fitter = planFitter({ layout: server, plan: other }, kinds, { resize: false });
    expect(() => fitter(new Map([[DATA, 4096 * MIB]]))).toThrow(expect.objectContaining({ code: "plan-invalid" }));
  });
});

/** The server with the second physical volume on the whole data disk. */
function onWholeDisk(): Layout {
  const old = `part:${DATA}/1`;
  const pv = server.nodes.find(({ id }) => (id as string) === old);
  if (pv?.role !== "partition") throw new Error("there is no second physical volume");
  return {
    ...server,
    nodes: server.nodes
      .filter(({ id }) => !id.startsWith(`part:${DATA}/`))
      .map((node) =>
        node.id === DATA && node.role === "map" ? { ...node, bytes: pv.bytes, content: pv.content } : node,
      ),
    edges: server.edges.map((edge) => ((edge.from as string) === old ? { ...edge, from: DATA } : edge)),
    mounts: server.mounts.filter(({ source }) => source.is !== "node" || !source.node.startsWith(`part:${DATA}/`)),
  };
}
