import type { FitChange, FitContext, FitPart, FitProblem } from "../../layout/fit-source.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockNode, GroupNode, LayoutNode, VolumeNode } from "../../layout/layout.js";
import { humanBytes } from "../../render/text.js";
import { asDetail, pvDetail, type SegmentDetail, volumeDetail } from "./detail.js";
import { countExtents, type GroupText, readExtents, type VolumeExtents } from "./extents.js";
import { type ExtentAnswer, placeExtents, type SizedPv } from "./place-extents.js";
import type { RebuiltGroup, RebuiltPv } from "./rebuilt-groups.js";
import { writeExtents } from "./write-extents.js";

type Nodes = ReadonlyMap<NodeId, BlockNode>;

/** Fits one group to what its physical volumes have become. */
export function fitGroup(group: RebuiltGroup, now: Nodes, context: FitContext): FitPart {
  const { extentBytes, backup } = group.detail;
  const text = backup === null ? null : readExtents(backup, group.node.name);
  if (extentBytes === null || text === null || text.is === "unknown") {
    return {
      problems: [unreadable(group, text?.is === "unknown" ? text.failure.message : "no extents were recorded")],
    };
  }
  const pvs = group.pvs.map((pv) => sizedPv(pv, now, text.facts, extentBytes, context.resize));
  const vanished = group.pvs.find((_, at) => pvs[at]?.now === 0 && pvs[at]?.was !== 0);
  if (vanished !== undefined) return { problems: [noExtent(vanished, extentBytes)] };
  const volumes = new Map(group.volumes.map((node) => [volumeDetail(node).uuid, node]));
  const answer = placeExtents({
    pvs,
    volumes: text.facts.extents.volumes,
    resize: context.resize,
    least: (uuid) => leastExtents(volumes.get(uuid), extentBytes, context),
    grows: (uuid) => {
      const node = volumes.get(uuid);
      return node !== undefined && !node.readOnly && context.grows(node);
    },
  });
  if (answer.is !== "placed") return { problems: [unfitting(group, answer, extentBytes)] };
  return changedParts({ group, now, text: text.facts, pvs, volumes, extentBytes }, answer.volumes);
}

/**
 * The extents that a physical volume has room for. Behind them is nothing but, where there are two metadata areas, the
 * second one, which LVM aligns by up to a MiB (lib/format_text/format-text.c, _text_pv_add_metadata_area()).
 */
function sizedPv(pv: RebuiltPv, now: Nodes, text: GroupText, extentBytes: number, resize: boolean): SizedPv {
  const { node, content } = pv;
  const { startBytes, metadataAreas, metadataBytes, allocatable } = pvDetail(content);
  const was = text.extents.pvs.get(content.uuid) ?? 0;
  const unchanged: SizedPv = { uuid: content.uuid, was, now: was, allocatable: allocatable !== false };
  const bytes = now.get(node.id)?.bytes ?? null;
  if (bytes === null || bytes === node.bytes) return unchanged;
  const start = startBytes ?? (node.bytes ?? 0) - was * extentBytes;
  const behind = metadataAreas === 2 ? (metadataBytes ?? 0) + 2 ** 20 : 0;
  const room = Math.max(0, Math.floor((bytes - start - behind) / extentBytes));
  const isLarger = bytes > (node.bytes ?? 0);
  if (isLarger) return resize ? { ...unchanged, now: Math.max(was, room) } : unchanged;
  return { ...unchanged, now: Math.min(was, room) };
}

/** At least one extent stays of every volume. */
function leastExtents(node: VolumeNode | undefined, extentBytes: number, context: FitContext): number | null {
  if (node === undefined || node.readOnly) return null;
  const least = context.least(node);
  return least.is === "unknown" ? null : Math.max(1, Math.ceil(least.bytes / extentBytes));
}

interface Fitting {
  readonly group: RebuiltGroup;
  readonly now: Nodes;
  readonly text: GroupText;
  readonly pvs: readonly SizedPv[];
  readonly volumes: ReadonlyMap<string, VolumeNode>;
  readonly extentBytes: number;
}

function changedParts(fitting: Fitting, placed: readonly VolumeExtents[]): FitPart {
  const { group, now, text } = fitting;
  const recorded = new Map(text.extents.volumes.map((volume) => [volume.uuid, volume]));
  const moved = placed.filter((volume) => volume !== recorded.get(volume.uuid));
  const sized = new Map(fitting.pvs.filter((pv) => pv.was !== pv.now).map((pv) => [pv.uuid, pv]));
  if (moved.length === 0 && sized.size === 0) return {};
  const pvs = group.pvs.filter(({ content }) => sized.has(content.uuid));
  const bytesOf = ({ node }: RebuiltPv) => now.get(node.id)?.bytes ?? 0;
  const backup = writeExtents(group.detail.backup ?? "", text, {
    pvs: new Map(
      pvs.map((pv) => [pv.content.uuid, { extents: sized.get(pv.content.uuid)?.now ?? 0, deviceBytes: bytesOf(pv) }]),
    ),
    volumes: moved,
  });
  const parts = [
    ...pvs.map((pv) => changedPv(pv, sized.get(pv.content.uuid) as SizedPv, fitting)),
    ...moved.map((volume) => changedVolume(volume, recorded.get(volume.uuid) as VolumeExtents, fitting)),
  ];
  return {
    nodes: [changedGroup(fitting, placed, backup), ...parts.flatMap(({ nodes }) => nodes)],
    changes: parts.flatMap(({ changes }) => changes),
  };
}

interface Changed {
  readonly nodes: readonly LayoutNode[];
  readonly changes: readonly FitChange[];
}

function changedPv({ node, content }: RebuiltPv, pv: SizedPv, { now, extentBytes }: Fitting): Changed {
  const detail = { ...pvDetail(content), extents: pv.now, bytes: pv.now * extentBytes };
  const fitted = { ...(now.get(node.id) ?? node), content: { ...content, detail: asDetail(detail) } };
  const sizes = { wasBytes: pv.was * extentBytes, bytes: pv.now * extentBytes };
  return { nodes: [fitted], changes: [{ node: node.id, what: "physical volume", ...sizes }] };
}

function changedVolume(volume: VolumeExtents, was: VolumeExtents, fitting: Fitting): Changed {
  const { extentBytes, volumes, now } = fitting;
  const node = volumes.get(volume.uuid);
  if (node === undefined) return { nodes: [], changes: [] };
  const bytes = countExtents(volume) * extentBytes;
  const segments = segmentDetails(volume, extentBytes);
  const recorded = volumeDetail(node);
  const detail = {
    ...recorded,
    types: [...new Set(segments.map(({ type }) => type))],
    segments: recorded.segments === null ? null : segments,
  };
  const fitted = { ...(now.get(node.id) ?? node), bytes, detail: asDetail(detail) } as LayoutNode;
  const wasBytes = countExtents(was) * extentBytes;
  const note = wasBytes === bytes ? "its extents lie elsewhere" : undefined;
  return { nodes: [fitted], changes: [{ node: node.id, what: "volume", wasBytes, bytes, note }] };
}

/** As `lvs --segments` shows them. */
function segmentDetails({ segments }: VolumeExtents, extentBytes: number): SegmentDetail[] {
  let start = 0;
  return segments.map(({ extents, stripeBytes, stripes }) => {
    const rows = extents / stripes.length;
    const segment: SegmentDetail = {
      type: stripes.length === 1 ? "linear" : "striped",
      startBytes: start * extentBytes,
      bytes: extents * extentBytes,
      stripes: stripes.length,
      stripeBytes,
      ranges: stripes.map(({ pv, first }) => ({ on: pv, first, last: first + rows - 1 })),
    };
    start += extents;
    return segment;
  });
}

function changedGroup({ group, pvs, text }: Fitting, placed: readonly VolumeExtents[], backup: string): GroupNode {
  const count = (volumes: readonly VolumeExtents[]) => volumes.reduce((sum, one) => sum + countExtents(one), 0);
  const gained = pvs.reduce((sum, pv) => sum + pv.now - pv.was, 0);
  const given = count(placed) - count(text.extents.volumes);
  const { extents, freeExtents } = group.detail;
  const detail = {
    ...group.detail,
    extents: extents === null ? null : extents + gained,
    freeExtents: freeExtents === null ? null : freeExtents + gained - given,
    backup,
  };
  return { ...group.node, detail: asDetail(detail) };
}

function unreadable({ node, pvs }: RebuiltGroup, why: string): FitProblem {
  const on = pvs.map((pv) => pv.node.id).join(", ");
  return {
    code: "volumes-too-large",
    node: node.id,
    message: `a physical volume of ${node.name} has another size here (${on}), and its volumes can't be fitted to it: ${why}`,
    remedy: "map the recorded disks onto disks of the same sizes",
  };
}

function noExtent({ node }: RebuiltPv, extentBytes: number): FitProblem {
  return {
    code: "too-small",
    node: node.id,
    message: `the physical volume on ${node.id} has no room here for one extent of ${humanBytes(extentBytes)}`,
    remedy: "map its disk onto a larger one",
  };
}

function unfitting({ node }: RebuiltGroup, answer: Exclude<ExtentAnswer, { is: "placed" }>, bytes: number): FitProblem {
  const message =
    answer.is === "short"
      ? `the volumes of ${node.name} need ${answer.extents} extents more than its physical volumes have here: ${humanBytes(answer.extents * bytes)}`
      : `the stripes of ${node.name}/${answer.volume} don't all find room on physical volumes of their own here`;
  const remedy =
    answer.is === "short"
      ? `map its disks onto larger ones, by ${humanBytes(answer.extents * bytes)} in all`
      : "map its disks onto disks of the recorded sizes";
  return { code: "volumes-too-large", node: node.id, message, remedy };
}
