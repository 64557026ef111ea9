import { nodeId } from "../../src/layout/ids.js";
import type { LayoutNode, Mount } from "../../src/layout/layout.js";
import type { Scan } from "../../src/scan.js";
import { type NodeFinder, nodeFinder } from "./find-nodes.js";
import type { Expected } from "./recorded-systems.js";

/** What is compared. */
export type Subject = "disk" | "multipath" | "partition" | "vg" | "lv" | "ext" | "swap" | "mount";

/** One thing that a recorded system is known to have, and what the scan made of it. */
export interface Judged {
  readonly subject: Subject;
  /** What it is called there. */
  readonly what: string;
  /** Why it doesn't agree; null where it does. */
  readonly why: string | null;
  /** Devices, of which a finding has to speak where it doesn't agree. */
  readonly devices: readonly string[];
}

/** Holds a scan against what is known. */
export function judge(scan: Scan, expected: Expected): Judged[] {
  const find = nodeFinder(scan);
  return [
    ...expected.disks.filter(hasMedium).map((disk) => judgeDisk(disk, find)),
    ...expected.multipaths.map((map) => judgeMap(map, find, scan)),
    ...expected.partitions.map((partition) => judgePartition(partition, find)),
    ...expected.vgs.map((vg) => judgeGroup(vg, find, scan)),
    ...expected.lvs.map((lv) => judgeVolume(lv, find)),
    ...expected.filesystems.filter(({ type }) => /^ext[234]$/.test(type)).map((ext) => judgeExt(ext, find)),
    ...expected.swaps.map((swap) => judgeSwap(swap, find)),
    ...expected.filesystems.flatMap((filesystem) =>
      filesystem.mounts.map((at) => judgeMount(at, filesystem, find, scan)),
    ),
  ];
}

/** A card reader without a card is no disk. RAID containers have no bytes either. */
function hasMedium(disk: Of<"disks">): boolean {
  return disk.bytes !== 0 || disk.kind !== "scsi";
}

type Of<K extends keyof Expected> = Expected[K][number];

function judgeDisk(disk: Of<"disks">, find: NodeFinder): Judged {
  const node = find.node(disk.name);
  const result = (why: string | null): Judged => ({
    subject: "disk",
    what: `${disk.name} (${disk.kind})`,
    why,
    devices: [disk.name],
  });
  if (node === undefined) return result(missing(disk.name, find));
  if (node.role !== "disk" && node.role !== "map") return result(`is a ${node.role}`);
  if (node.bytes !== disk.bytes) return result(`bytes ${node.bytes}, not ${disk.bytes}`);
  // udev makes the links of other identities: what the scan knows has to be among them
  const known = node.identities.filter(({ strength }) => strength !== "hint").map(({ value }) => value.slice(1));
  const agrees = disk.ids.length === 0 || disk.ids.some((id) => known.some((value) => id.includes(value)));
  return result(agrees ? null : `its identities are not among ${disk.ids.join(" ")}`);
}

function judgeMap(map: Of<"multipaths">, find: NodeFinder, { layout }: Scan): Judged {
  const id = nodeId("lun", map.wwid.replace(/\s+/g, "_"));
  const result = (why: string | null): Judged => ({ subject: "multipath", what: map.wwid, why, devices: map.paths });
  if (find.byId(id)?.role !== "map") return result("is no map");
  const paths = layout.edges.filter((edge) => edge.as === "path" && edge.to === id).map((edge) => edge.from as string);
  const known = map.paths.map((path) => find.node(path)?.id as string);
  return result(same(paths, known) ? null : `its paths are ${paths.join(" ")}`);
}

function judgePartition(partition: Of<"partitions">, find: NodeFinder): Judged {
  const what = `${partition.disk}/${partition.number}`;
  const result = (why: string | null): Judged => ({
    subject: "partition",
    what,
    why,
    devices: [partition.disk, find.kernelName(partition.disk, partition.number) ?? partition.disk],
  });
  const node = find.partition(partition.disk, partition.number);
  if (node?.role !== "partition") return result(missing(partition.disk, find));
  if (partition.startBytes !== null && node.startBytes !== partition.startBytes) {
    return result(`starts at ${node.startBytes}, not ${partition.startBytes}`);
  }
  if (partition.bytes !== null && node.bytes !== partition.bytes) {
    return result(`bytes ${node.bytes}, not ${partition.bytes}`);
  }
  return result(null);
}

function judgeGroup(vg: Of<"vgs">, find: NodeFinder, { layout }: Scan): Judged {
  const result = (why: string | null): Judged => ({ subject: "vg", what: vg.name, why, devices: [vg.name, ...vg.pvs] });
  const id = nodeId("vg", vg.name);
  if (find.byId(id)?.role !== "group") return result("is no group");
  const pvs = layout.edges.filter((edge) => edge.as === "pv" && edge.to === id).map((edge) => edge.from as string);
  const known = vg.pvs.map((pv) => find.node(pv)?.id as string);
  return result(same(pvs, known) ? null : `its PVs are ${pvs.join(" ") || "not known"}`);
}

function judgeVolume(lv: Of<"lvs">, find: NodeFinder): Judged {
  const result = (why: string | null): Judged => ({
    subject: "lv",
    what: `${lv.vg}/${lv.name}`,
    why,
    devices: [lv.vg, [lv.vg, lv.name].map((name) => name.replaceAll("-", "--")).join("-")],
  });
  const node = find.byId(nodeId("lv", lv.vg, lv.name));
  if (node?.role !== "volume") return result("is no volume");
  return result(node.bytes === lv.bytes ? null : `bytes ${node.bytes}, not ${lv.bytes}`);
}

function judgeExt(ext: Of<"filesystems">, find: NodeFinder): Judged {
  const result = (why: string | null): Judged => ({ subject: "ext", what: ext.device, why, devices: [ext.device] });
  const node = find.node(ext.device);
  if (node === undefined || node.role === "group") return result(missing(ext.device, find));
  const { content } = node;
  if (content.is !== "filesystem") return result(contentOf(node));
  const agrees = content.type === ext.type && content.uuid === ext.uuid && content.label === ext.label;
  return result(agrees ? null : `${content.type} ${content.uuid} ${content.label}`);
}

function judgeSwap(swap: Of<"swaps">, find: NodeFinder): Judged {
  const result = (why: string | null): Judged => ({ subject: "swap", what: swap.device, why, devices: [swap.device] });
  const node = find.node(swap.device);
  if (node === undefined || node.role === "group") return result(missing(swap.device, find));
  const { content } = node;
  if (content.is !== "swap") return result(contentOf(node));
  const agrees = content.uuid === swap.uuid && content.label === swap.label;
  return result(agrees ? null : `${content.uuid} ${content.label}`);
}

function judgeMount(at: string, filesystem: Of<"filesystems">, find: NodeFinder, { layout }: Scan): Judged {
  const result = (why: string | null): Judged => ({
    subject: "mount",
    what: `${at} (${filesystem.device})`,
    why,
    devices: [at, filesystem.device],
  });
  const mount = layout.mounts.find((candidate) => candidate.at === at && candidate.active);
  if (mount === undefined) return result("is no mount");
  const source = mount.source.is === "bind" ? mountAbove(mount.source.path, layout.mounts)?.source : mount.source;
  if (source?.is !== "node") return result(`its source is ${source?.is}`);
  const known = [filesystem.device, ...(filesystem.devices ?? [])].map((device) => find.node(device)?.id);
  return result(known.includes(source.node) ? null : `is of ${source.node}`);
}

/** The mount that a bound directory lies in. */
function mountAbove(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ at, source }) => source.is === "node" && (path === at || path.startsWith(at === "/" ? at : `${at}/`)))
    .sort((a, b) => b.at.length - a.at.length)[0];
}

/** What doesn't agree although no finding says a word about it. */
export function unstated(scan: Scan, judged: readonly Judged[]): string[] {
  const find = nodeFinder(scan);
  return judged
    .filter(({ why, devices }) => why !== null && !devices.some((device) => find.isFound(device)))
    .map(({ subject, what, why }) => `${subject} ${what}: ${why}`);
}

/** Devices that the scan passed over: neither in the layout nor named by a finding. */
export function silent(scan: Scan, expected: Expected): string[] {
  const find = nodeFinder(scan);
  const devices = [
    ...expected.disks.filter(hasMedium).map(({ name }) => name),
    ...expected.filesystems.map(({ device }) => device),
    ...expected.swaps.map(({ device }) => device),
    ...expected.luks.map(({ device }) => device),
    ...expected.mds.map(({ name }) => name),
  ];
  return [...new Set(devices)].filter((device) => find.node(device) === undefined && !find.isFound(device));
}

function missing(device: string, find: NodeFinder): string {
  return find.isFound(device) ? "a finding says that it isn't restored" : "isn't in the layout";
}

function contentOf(node: Exclude<LayoutNode, { role: "group" }>): string {
  const { content } = node;
  return content.is === "foreign" ? `is foreign (${content.type})` : `is ${content.is}`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join(" ") === [...b].sort().join(" ");
}
