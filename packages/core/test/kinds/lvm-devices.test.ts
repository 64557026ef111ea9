import { describe, expect, test } from "vitest";
import { dmName, dmUuid, pvPlace, volumeDevice } from "../../src/kinds/lvm/devices.js";
import { newDraft } from "../../src/layout/draft.js";
import { nodeId } from "../../src/layout/ids.js";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import { changed, codes, layoutOf } from "./lvm-fixture.js";
import { partitionDevice } from "./partition-table-fixture.js";
import { MACHINE } from "./partition-table-images.js";

const WWID = "3600507680181807628000000000002a9";

function mapped(name: string, dmName: string, uuid: string, slaves: readonly string[]): BlockDevice {
  const whole = { ...partitionDevice(1, 0, 1024), type: "disk", partition: null, major: 253 } as const;
  return { ...whole, name, path: `/dev/${name}`, slaves, dm: { name: dmName, uuid } };
}

const path = { ...partitionDevice(1, 0, 1024), name: "sda", path: "/dev/sda", type: "disk", partition: null } as const;
const inventory = inventoryOf([
  path,
  partitionDevice(2, 1024, 1024),
  mapped("dm-0", "mpatha", `mpath-${WWID}`, ["sda"]),
  mapped("dm-1", "mpatha-part2", `part2-mpath-${WWID}`, ["dm-0"]),
  mapped("dm-2", "vg--one-lin--ear", "LVM-AbcDef", ["dm-1"]),
]);

/** A draft in which the map and its partition are nodes. */
function draftOf() {
  const draft = newDraft(inventory, MACHINE);
  for (const [name, id] of [
    ["dm-0", nodeId("lun", WWID)],
    ["dm-1", nodeId("part", "map", "2")],
  ] as const) {
    const common = { kind: "test", role: "array", name, bytes: 1024, readOnly: false, detail: {} } as const;
    draft.addBlock({ ...common, id }, name);
  }
  return draft;
}

describe("where a physical volume is", () => {
  test.each([
    ["/dev/mapper/mpatha-part2", "part:map/2", false],
    ["/dev/dm-0", `lun:${WWID}`, false],
    ["/dev/sda", `lun:${WWID}`, true],
    ["/dev/sda2", "part:map/2", true],
  ])("%s is on %s", (device, node, pastMap) => {
    expect(pvPlace(draftOf(), device)).toEqual({ node, pastMap });
  });

  test("nowhere, where no kind knows the device", () => {
    expect(pvPlace(draftOf(), "/dev/mapper/secret")).toBeUndefined();
    expect(pvPlace(newDraft(inventory, MACHINE), "/dev/sda2")).toBeUndefined();
  });
});

test("device-mapper's names double hyphens, its uuids have none", () => {
  expect(dmName("vg-one", "lin--ear")).toBe("vg--one-lin----ear");
  expect(dmUuid("Abc-def", "Ghi-jkl")).toBe("LVM-AbcdefGhijkl");
});

test("a volume's device is found by its uuid, and by its name where that wasn't recorded", () => {
  const [group, volume] = [
    { name: "vg-one", uuid: "Abc" },
    { name: "lin-ear", uuid: "D-ef" },
  ];
  expect(volumeDevice(inventory, { ...group, name: "other" }, volume)?.name).toBe("dm-2");
  expect(volumeDevice(inventory, { ...group, uuid: "other" }, volume)?.name).toBe("dm-2");
  expect(volumeDevice(inventory, { name: "a", uuid: "b" }, volume)).toBeUndefined();
});

test("the boot loader area of a physical volume without a group isn't made again, and that is said", async () => {
  const withArea = changed({
    pvs: (out) =>
      out.replace(/("vg_uuid":"".*?"pv_ba_start":)"0", "pv_ba_size":"0"/, '$1"4194304", "pv_ba_size":"1048576"'),
  });
  expect(codes(await layoutOf(withArea))).toContain("lvm/boot-area lun:35000c500b0000003");
});
