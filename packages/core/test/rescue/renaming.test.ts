import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import { renamingOfMapped } from "../../src/rescue/renaming.js";
import { resolve } from "../../src/rescue/resolve.js";
import { factsOf, GIB, hint, OTHER_MACHINE, optionsFor, planFor, SERVER, type TestDisk, volume } from "./world.js";

const LOST: TestDisk = {
  name: "mpatha",
  dmUuid: "mpath-3600507680181807628000000000002a9",
  identities: [volume("3600507680181807628000000000002a9"), hint("serial", "75BALB11234")],
};
const HERE: TestDisk = {
  name: "dm-0",
  dmUuid: "mpath-36005076801918140900000000000017f",
  identities: [volume("36005076801918140900000000000017f"), hint("serial", "75CXY991234")],
  bytes: 2 * GIB,
};
const plan = planFor([LOST]);
const node = plan.disks[0]?.node as string;

describe("what disks are called here", () => {
  test("is known before anything is activated, for those that were mapped", () => {
    const facts = factsOf({ disks: [HERE] });
    const { renames } = renamingOfMapped(plan.disks, facts, [{ from: node, to: "dm-0" }], kinds);
    const pairs = renames.pairs.map(({ old, now }) => [old.head + old.tail, now.head + now.tail]);
    expect(pairs).toContainEqual(["3600507680181807628000000000002a9", "36005076801918140900000000000017f"]);
    expect(renamingOfMapped(plan.disks, facts, [], kinds).renames.pairs).toEqual([]);
  });

  test("is known of a LUN that isn't seen yet, by the WWID that was given", () => {
    const facts = factsOf({ disks: [] });
    const { renames } = renamingOfMapped(
      plan.disks,
      facts,
      [{ from: node, to: "lun:36005076801918140900000000000017f" }],
      kinds,
    );
    const wwids = renames.pairs.find(({ old }) => old.sort === "wwid");
    expect(wwids?.now.head).toBe("36005076801918140900000000000017f");
    expect(
      renamingOfMapped(plan.disks, facts, [{ from: node, to: "/dev/mapper/mpathc" }], kinds).renames.pairs,
    ).toEqual([]);
  });

  test("goes into the bound plan, with the network devices that aren't here", () => {
    const facts = factsOf({
      disks: [HERE],
      machine: { ...OTHER_MACHINE, network: [{ name: "ens3", address: "52:54:00:aa:00:09" }] },
    });
    const recorded = { ...plan, machine: { ...SERVER, network: [{ name: "eth0", address: "52:54:00:aa:00:01" }] } };
    const resolution = resolve(recorded, facts, { ...optionsFor({ mapping: [{ from: node, to: "dm-0" }] }), kinds });
    expect(resolution).toMatchObject({ is: "bound" });
    const renaming = resolution.is === "bound" ? resolution.bound.renaming : undefined;
    expect(renaming?.renames.gone).toContain("3600507680181807628000000000002a9");
    expect(renaming?.network).toEqual(["52:54:00:aa:00:01", "52:54:00:AA:00:01"]);
  });
});
