import type { NodeId } from "../../src/layout/ids.js";
import type { Layout } from "../../src/layout/layout.js";
import { buildPlan } from "../../src/plan/build.js";
import type { Plan } from "../../src/plan/plan.js";
import { stepId } from "../../src/plan/step.js";
import type { RecoverySetContents, SetOrigin } from "../../src/recovery-set/index.js";

const DISK = "lun:3600a" as NodeId;

export const ORIGIN: SetOrigin = { time: "2026-11-21T22:00:00Z", tool: { name: "bmr", version: "0.1.0" } };

/** A layout of one disk; `mark` makes it another one. */
export function sampleLayout(mark = "a"): Layout {
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "web1", architecture: "s390x", system: mark, places: [] },
    nodes: [
      {
        role: "disk",
        id: DISK,
        kind: "disk",
        name: "sda",
        bytes: 1_073_741_824,
        readOnly: false,
        sectorBytes: 512,
        physicalSectorBytes: 512,
        identities: [{ type: "wwid", value: "3600a", strength: "volume" }],
        content: { is: "empty" },
        detail: {},
      },
    ],
    edges: [],
    mounts: [],
    config: {},
    findings: [],
  };
}

export function samplePlan(layout: Layout): Plan {
  return buildPlan(
    layout,
    [],
    [
      {
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
        steps: [
          {
            id: stepId("partition", DISK),
            title: "Partition sda",
            why: "as recorded",
            phase: "partition",
            run: [{ do: "exec", argv: ["sfdisk", { device: DISK }], stdin: { file: { setFile: "ptbl-a" } } }],
            destroys: [DISK],
            before: [],
            done: [],
            needs: [],
            provides: [],
          },
        ],
      },
    ],
  ).plan;
}

/** Contents of a set that can be written and read; `mark` makes it another one. */
export function sampleContents(mark = "a"): RecoverySetContents {
  const layout = sampleLayout(mark);
  return {
    layout,
    plan: samplePlan(layout),
    files: [
      { name: "ptbl-a", content: `label: gpt ${mark}\n` },
      { name: "VG-vg0", content: "bytes that aren't UTF-8: \udcff\n" },
    ],
    commands: `## bmr ${mark}\n`,
    program: Buffer.from(`#!/usr/bin/env node\n// ${mark}\n`),
    evidence: null,
  };
}
