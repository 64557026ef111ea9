import { describe, expect, it } from "vitest";
import type { NodeId } from "../../src/layout/ids.js";
import { partitionId } from "../../src/layout/ids.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";

const id = (text: string) => text as NodeId;

const DISK: LayoutNode = {
  role: "disk",
  id: id("lun:3600a"),
  kind: "disk",
  name: "sda",
  bytes: 10_737_418_240,
  readOnly: false,
  sectorBytes: 512,
  physicalSectorBytes: 4096,
  identities: [{ type: "wwid", value: "3600a", strength: "volume" }],
  content: { is: "table", kind: "partition-table", label: "gpt", uuid: null, detail: {} },
  detail: { model: "LUN" },
};
const PARTITION: LayoutNode = {
  role: "partition",
  id: partitionId(DISK.id, 1),
  kind: "partition-table",
  name: "sda1",
  of: DISK.id,
  number: 1,
  startBytes: 1_048_576,
  bytes: 1_073_741_824,
  readOnly: false,
  content: { is: "pv", kind: "lvm", uuid: "aaaa", group: id("vg:vg0"), detail: {} },
  detail: {},
};
const GROUP: LayoutNode = { role: "group", id: id("vg:vg0"), kind: "lvm", name: "vg0", detail: {} };
const VOLUME: LayoutNode = {
  role: "volume",
  id: id("lv:vg0/root"),
  kind: "lvm",
  name: "dm-0",
  group: GROUP.id,
  bytes: 536_870_912,
  readOnly: false,
  content: { is: "filesystem", kind: "ext", type: "ext4", uuid: "u", label: null, detail: {} },
  detail: {},
};

function layout(change: Partial<Layout> = {}): Layout {
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "web1", architecture: "x86_64", system: null, places: [] },
    nodes: [DISK, PARTITION, GROUP, VOLUME],
    edges: [{ from: PARTITION.id, to: GROUP.id, as: "pv" }],
    mounts: [
      {
        id: id("mount:/"),
        at: "/",
        source: { is: "node", node: VOLUME.id },
        type: "ext4",
        options: ["relatime"],
        active: true,
        fstab: { spec: "/dev/vg0/root", options: ["defaults"], dump: 0, pass: 1 },
        readOnly: false,
        directory: { mode: 0o755, uid: 0, gid: 0 },
      },
    ],
    config: { boot: { loader: "grub" } },
    findings: [{ code: "ext/x", severity: "note", message: "m" }],
    ...change,
  };
}

/** What the schema says of a layout: `path: message` of each issue. */
function issues(value: unknown): string[] {
  const result = LayoutSchema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("LayoutSchema", () => {
  it("takes a whole layout through JSON without a change", () => {
    const whole = layout();
    const read = LayoutSchema.parse(JSON.parse(JSON.stringify(whole)));
    expect(read).toEqual(whole);
  });

  it("refuses another version, a key that it doesn't know, and a size that is no whole number", () => {
    expect(issues({ ...layout(), version: 2 })).toEqual([expect.stringContaining("version")]);
    expect(issues({ ...layout(), extra: 1 })).toEqual([expect.stringContaining("extra")]);
    expect(issues(layout({ nodes: [{ ...DISK, bytes: 1.5 }] }))[0]).toContain("nodes.0.bytes");
    expect(issues(layout({ nodes: [{ ...DISK, bytes: -1 }] }))[0]).toContain("nodes.0.bytes");
    expect(issues(layout({ nodes: [{ ...DISK, id: id("sda") }] }))[0]).toContain("nodes.0.id");
  });

  it("refuses a reference that leads nowhere, or to a node of another role", () => {
    expect(issues(layout({ nodes: [DISK, PARTITION, VOLUME], edges: [], mounts: [] }))).toEqual([
      "nodes.1.content: there is no node vg:vg0",
      "nodes.2.group: there is no node vg:vg0",
    ]);
    expect(issues(layout({ edges: [{ from: PARTITION.id, to: DISK.id, as: "pv" }] }))).toEqual([
      "edges.0.to: lun:3600a is no group",
    ]);
    const [mount] = layout().mounts;
    expect(mount).toBeDefined();
    const mounts = [
      { ...(mount as NonNullable<typeof mount>), source: { is: "node", node: id("lv:vg0/gone") } as const },
    ];
    expect(issues(layout({ mounts }))).toEqual(["mounts.0.source.node: there is no node lv:vg0/gone"]);
  });

  it("refuses an id that is there twice, and nodes that stand on themselves", () => {
    expect(issues(layout({ nodes: [...layout().nodes, DISK] }))).toEqual(["nodes.4.id: lun:3600a is there twice"]);
    const circle = {
      ...PARTITION,
      content: { is: "pv", kind: "lvm", uuid: "b", group: GROUP.id, detail: {} },
    } as const;
    const edges = [
      { from: PARTITION.id, to: GROUP.id, as: "pv" },
      { from: VOLUME.id, to: GROUP.id, as: "pv" },
    ] as const;
    expect(issues(layout({ nodes: [DISK, circle, GROUP, VOLUME], edges }))).toEqual([
      "nodes: vg:vg0 stands on itself",
      "nodes: lv:vg0/root stands on itself",
    ]);
  });

  it("checks 50,000 nodes", () => {
    const nodes: LayoutNode[] = [GROUP];
    const edges: Layout["edges"][number][] = [];
    for (let number = 0; number < 25_000; number += 1) {
      const disk = { ...DISK, id: id(`lun:${number}`) };
      const part = { ...PARTITION, id: partitionId(disk.id, 1), of: disk.id };
      nodes.push(disk, part);
      edges.push({ from: part.id, to: GROUP.id, as: "pv" });
    }
    const text = JSON.stringify(layout({ nodes, edges, mounts: [] }));
    const data: unknown = JSON.parse(text);
    expect(LayoutSchema.safeParse(data).success).toBe(true);
  });
});
