import { nodeId, partitionId } from "../../src/layout/ids.js";
import type { Inventory } from "../../src/layout/inventory.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import type { Scan } from "../../src/scan.js";

/** Finds the nodes of a scanned layout by kernel names, which the layout itself has only as a word for people. */
export interface NodeFinder {
  /** The node behind a kernel name. */
  node(kernelName: string): LayoutNode | undefined;
  /** The partition of a disk by its number. */
  partition(disk: string, number: number): LayoutNode | undefined;
  /** What the kernel calls the partition. */
  kernelName(disk: string, number: number): string | undefined;
  byId(id: string): LayoutNode | undefined;
  /** True where a finding is about the device: by its node, or naming it. */
  isFound(kernelName: string): boolean;
}

/** The finder of a scan. */
export function nodeFinder({ layout, facts }: Scan): NodeFinder {
  const { inventory } = facts;
  const byId = new Map<string, LayoutNode>(layout.nodes.map((node) => [node.id, node]));
  const partition = (disk: string, number: number): LayoutNode | undefined => {
    const carrier = node(disk);
    if (carrier === undefined || carrier.role === "group") return undefined;
    // a partition that is seen on a path is the map's
    const parent = carrier.content.is === "path" ? carrier.content.of : carrier.id;
    return byId.get(partitionId(parent, number));
  };
  const node = (kernelName: string): LayoutNode | undefined => {
    const device = inventory.find(kernelName);
    if (device?.partition) return partition(device.partition.of, device.partition.number);
    return byId.get(idByDm(inventory, kernelName) ?? "") ?? nodeByName(layout, kernelName);
  };
  const isFound = (kernelName: string): boolean => {
    const id = node(kernelName)?.id;
    const dm = inventory.find(kernelName)?.dm?.name;
    return layout.findings.some(
      (finding) =>
        (id !== undefined && finding.node === id) ||
        words(finding.message).has(kernelName) ||
        (dm !== undefined && finding.message.includes(dm)),
    );
  };
  const kernelName = (disk: string, number: number): string | undefined =>
    inventory.partitionsOf(disk).find((device) => device.partition?.number === number)?.name;
  return { node, partition, kernelName, byId: (id) => byId.get(id), isFound };
}

function nodeByName(layout: Layout, name: string): LayoutNode | undefined {
  return layout.nodes.find((node) => node.role === "disk" && node.name === name);
}

/** By the dm uuid, as device-mapper's users make it; an LV by its name, in which `-` stands doubled. */
function idByDm(inventory: Inventory, kernelName: string): string | undefined {
  const dm = inventory.find(kernelName)?.dm;
  if (!dm) return undefined;
  const map = /^(?:part(\d+)-)?mpath-(.+)$/s.exec(dm.uuid);
  if (map !== null) {
    const id = nodeId("lun", (map[2] as string).replace(/\s+/g, "_"));
    return map[1] === undefined ? id : partitionId(id, Number(map[1]));
  }
  const lv = dm.uuid.startsWith("LVM-") || dm.uuid === "" ? /^((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(dm.name) : null;
  if (lv === null) return undefined;
  return nodeId("lv", ...[lv[1] as string, lv[2] as string].map((part) => part.replaceAll("--", "-")));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/[\s(),;:"]+|\/dev\/|\/(?=[^/]*$)/).concat(text.split(/[^A-Za-z0-9_!-]+/)));
}
