import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { diskKind, probeScsiLuns } from "../../src/kinds/disk/index.js";
import { multipathKind, probeMultipath } from "../../src/kinds/multipath/index.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import { order } from "../../src/plan/order.js";
import { scan } from "../../src/scan.js";
import { readEvidence, replayHost } from "../../src/testkit/index.js";

/** Recorded in the VM lab; see the folder's README. */
function recorded(name: string) {
  const path = fileURLToPath(new URL(`../fixtures/multipath/evidence-${name}.json`, import.meta.url));
  return replayHost(readEvidence(readFileSync(path, "utf8")));
}

async function layoutOf(name: string): Promise<Layout> {
  return (await scan(recorded(name), { kinds: [diskKind, multipathKind] })).layout;
}

const codes = (layout: Layout): string[] => layout.findings.map(({ code }) => code);
const node = (layout: Layout, id: string) => layout.nodes.find((candidate) => candidate.id === id);

describe("two LUNs over two paths each", () => {
  test("are two maps, named by WWID, with four paths", async () => {
    const layout = await layoutOf("assembled");
    expect(layout.nodes.filter(({ role }) => role === "map")).toMatchObject([
      {
        id: "lun:35000c500a0000001",
        name: "mpatha",
        bytes: 3221225472,
        sectorBytes: 512,
        detail: { friendlyName: true, product: "LAB,LUN", policies: ["service-time 0", "service-time 0"] },
      },
      { id: "lun:35000c500a0000002", name: "mpathb", bytes: 2147483648 },
    ]);
    expect(layout.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "path:35000c500a0000001/pci-0000:00:05.0-scsi-0:0:0:0 lun:35000c500a0000001",
      "path:35000c500a0000001/pci-0000:00:06.0-scsi-0:0:0:0 lun:35000c500a0000001",
      "path:35000c500a0000002/pci-0000:00:05.0-scsi-0:0:1:0 lun:35000c500a0000002",
      "path:35000c500a0000002/pci-0000:00:06.0-scsi-0:0:1:0 lun:35000c500a0000002",
    ]);
    for (const { from, to } of layout.edges)
      expect(node(layout, from)).toMatchObject({ content: { is: "path", of: to } });
  });

  test("keep multipath's configuration", async () => {
    const { config } = await layoutOf("assembled");
    const files = config.multipath?.files as readonly { path: string; content: string }[];
    expect(files.map(({ path }) => path)).toEqual([
      "/etc/multipath.conf",
      "/etc/multipath/bindings",
      "/etc/multipath/wwids",
    ]);
    expect(files[1]?.content).toContain("mpatha 35000c500a0000001");
  });

  test("name a path that has failed", async () => {
    const layout = await layoutOf("failed-path");
    expect(layout.findings).toContainEqual(
      expect.objectContaining({
        code: "multipath/failed-paths",
        node: "lun:35000c500a0000001",
        message: expect.stringContaining("sda"),
      }),
    );
    expect(codes(await layoutOf("assembled"))).not.toContain("multipath/failed-paths");
  });

  test("without a map are two disks, each once, with a finding", async () => {
    const layout = await layoutOf("without-maps");
    const luns = layout.nodes.filter(({ id }) => id.startsWith("lun:"));
    expect(luns.map(({ id, role, detail }) => [id, role, detail.paths])).toEqual([
      ["lun:35000c500a0000001", "disk", 2],
      ["lun:35000c500a0000002", "disk", 2],
    ]);
    expect(codes(layout).filter((code) => code === "disk/paths-not-assembled")).toHaveLength(2);
    expect(layout.findings.filter(({ message }) => /\bsd[cd]\b is a block device/.test(message))).toEqual([]);
  });

  test("are told by the disk kind alone too", async () => {
    const probed = await probeScsiLuns(recorded("without-maps"));
    expect(probed.is === "known" && probed.facts.luns).toMatchObject([
      {
        wwid: "35000c500a0000001",
        bytes: 3221225472,
        serial: "LAB0001",
        assembled: false,
        paths: [
          { device: "sda", hctl: "0:0:0:0", place: "pci-0000:00:05.0-scsi-0:0:0:0" },
          { device: "sdc", hctl: "1:0:0:0", place: "pci-0000:00:06.0-scsi-0:0:0:0" },
        ],
      },
      { wwid: "35000c500a0000002", paths: [{ device: "sdb" }, { device: "sdd" }] },
    ]);
    const assembled = await probeScsiLuns(recorded("assembled"));
    expect(assembled.is === "known" && assembled.facts.luns[0]).toMatchObject({ assembled: true, sectorBytes: 512 });
    const maps = await probeMultipath(recorded("assembled"));
    expect(maps.is === "known" && maps.facts.maps.map(({ name, paths }) => [name, paths])).toEqual([
      ["mpatha", ["sda", "sdc"]],
      ["mpathb", ["sdb", "sdd"]],
    ]);
  });
});

describe("the plan for maps", () => {
  /** Other kinds say what is on the maps; here each has a table. */
  async function withTables(): Promise<Layout> {
    const layout = await layoutOf("assembled");
    const table = { is: "table", kind: "partition-table", label: "dos", uuid: null, detail: {} } as const;
    const nodes = layout.nodes.map((one): LayoutNode => (one.role === "map" ? { ...one, content: table } : one));
    return { ...layout, nodes };
  }

  test("assembles them with the recorded configuration, then wipes each once", async () => {
    const layout = await withTables();
    const [disk, multipath] = [diskKind.steps?.(layout), multipathKind.steps?.(layout)];
    expect(multipath?.files?.map(({ name }) => name)).toEqual([
      "multipath.conf",
      "multipath-bindings",
      "multipath-wwids",
    ]);
    expect(disk?.disks).toMatchObject([
      { node: "lun:35000c500a0000001", role: "map", bytes: 3221225472, sectorBytes: 512, paths: 2 },
      { node: "lun:35000c500a0000002", role: "map", paths: 2 },
    ]);
    const steps = order([...(disk?.steps ?? []), ...(multipath?.steps ?? [])]);
    expect(steps.map(({ id, after, destroys }) => ({ id, after, destroys }))).toEqual([
      { id: "assemble:multipath", after: [], destroys: [] },
      { id: "wipe:lun:35000c500a0000001", after: ["assemble:multipath"], destroys: ["lun:35000c500a0000001"] },
      { id: "wipe:lun:35000c500a0000002", after: ["assemble:multipath"], destroys: ["lun:35000c500a0000002"] },
    ]);
    expect(steps[0]?.run.map((action) => (action.do === "exec" ? action.argv.at(0) : action.do))).toEqual([
      "install",
      "install",
      "install",
      "rename",
      "rename",
      "modprobe",
      "multipathd",
      "multipathd",
      "multipath",
      "udevadm",
    ]);
  });

  test("leaves out a map that was read-only or holds nothing known", async () => {
    const layout = await withTables();
    const nodes = layout.nodes.map(
      (one): LayoutNode =>
        one.id === "lun:35000c500a0000001" && one.role === "map"
          ? { ...one, readOnly: true }
          : one.id === "lun:35000c500a0000002" && one.role === "map"
            ? { ...one, content: { is: "foreign", type: "xfs", uuid: null, label: null } }
            : one,
    );
    expect(diskKind.steps?.({ ...layout, nodes })).toEqual({});
    expect(multipathKind.steps?.({ ...layout, nodes })).toEqual({});
  });
});
