/** Whole servers that other projects recorded, each taken for its own rescue system: every disk finds itself. */
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import { buildPlan } from "../../src/plan/build.js";
import { candidateDevices, type RescueFacts } from "../../src/rescue/rescue-facts.js";
import { resolve } from "../../src/rescue/resolve.js";
import { scan } from "../../src/scan.js";
import { looseReplayHost } from "../../src/testkit/index.js";
import { readRecorded, recordedNames } from "../recordings/recorded-systems.js";
import { optionsFor, SERVER } from "./world.js";

const names = recordedNames();

describe.skipIf(names.length === 0)("systems recorded by other projects", () => {
  test.each(names)("%s", async (name) => {
    const { layout: scanned, facts } = await scan(looseReplayHost(readRecorded(name).evidence), { kinds });
    // a running kernel tells the sector size, which many recordings lack
    const nodes = scanned.nodes.map((node) =>
      "sectorBytes" in node ? { ...node, sectorBytes: node.sectorBytes ?? 512 } : node,
    );
    const layout = { ...scanned, nodes, machine: SERVER };
    const { inventory } = facts;
    const candidates = candidateDevices(layout, inventory).map(({ node, device }) => {
      const found = inventory.find(device);
      const seal = {
        dev: `${found?.major}:${found?.minor}`,
        size: null,
        link: null,
        diskseq: null,
        dmUuid: null,
        scsiWwid: null,
        nvmeWwid: null,
        serial: null,
        dasdUid: null,
      };
      return { node, device, seal, paths: null, blank: null };
    });
    const rescue: RescueFacts = {
      layout,
      inventory,
      candidates,
      uses: [],
      kept: [],
      autoActivation: { rules: [], stubborn: [] },
      lastUses: new Map(),
    };
    const { plan } = buildPlan(layout, kinds);
    const resolution = resolve(plan, rescue, optionsFor({ existing: { all: "overwrite", disks: {} } }));
    expect(resolution).toMatchObject({ is: "bound" });
    const disks = resolution.is === "bound" ? resolution.bound.disks : [];
    expect(disks.map((disk) => [disk.node, disk.here])).toEqual(plan.disks.map((disk) => [disk.node, disk.node]));
  });
});
