import { describe, expect, test } from "vitest";
import { replayHost } from "../../src/host/replay.js";
import { contributeBoot } from "../../src/kinds/boot/contribute.js";
import { probeBoot } from "../../src/kinds/boot/index.js";
import { newDraft } from "../../src/layout/draft.js";
import type { NodeId } from "../../src/layout/ids.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import type { Machine } from "../../src/layout/layout.js";
import { labserver } from "./boot-server.js";
import { device } from "./mount-layout.js";

const machine: Machine = { hostname: "made-up", architecture: "x86_64", system: null, places: [] };
const diskNode = {
  id: "disk:sda" as NodeId,
  kind: "disk",
  name: "sda",
  role: "disk",
  bytes: 1 << 30,
  readOnly: false,
  sectorBytes: 512,
  physicalSectorBytes: 512,
  identities: [],
  detail: {},
} as const;

describe("GRUB 2 on a GPT disk (made up)", () => {
  const BIOS_BOOT = "21686148-6449-6e6f-744e-656564454649";
  const disk = device("sda", 8, 0, { fs: null });
  const partition = (offset: string, type: string) =>
    device("sda1", 8, 1, {
      type: "partition",
      fs: null,
      properties: { ID_PART_ENTRY_DISK: "8:0", ID_PART_ENTRY_TYPE: type, ID_PART_ENTRY_OFFSET: offset },
    });

  test.each([
    ["in the BIOS boot partition", 34, BIOS_BOOT, "bios-boot"],
    ["elsewhere", 40, BIOS_BOOT, "file"],
    ["where another partition begins", 34, "0fc63daf-8483-4772-8e79-3d69d8477de4", "file"],
  ])("core.img %s", async (_what, coreSector, type, core) => {
    const probed = await probeBoot(replayHost(labserver));
    if (probed.is === "unknown") throw new Error(probed.failure.message);
    const sector = { is: "grub2", coreSector, textAt: 384 } as const;
    const draft = newDraft(inventoryOf([disk, partition("34", type)]), machine);
    draft.addBlock(diskNode, "sda");
    contributeBoot({ ...probed.facts, sectors: [{ device: "sda", whole: true, sector }] }, draft);
    expect(draft.take().config.boot).toMatchObject({ grub: { devices: [{ node: "disk:sda", core, textAt: 384 }] } });
  });
});
