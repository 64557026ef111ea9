import { readDetail, writeDetail } from "../../layout/detail.js";
import type { FitContext, FitPart, FitProblem, FitRules, Least } from "../../layout/fit-source.js";
import type { BlockNode, Content, Layout, Mount } from "../../layout/layout.js";
import { humanBytes } from "../../render/text.js";
import { type ExtDetail, ExtDetailSchema } from "./detail.js";
import { leastBytes, resizedSuperblock } from "./resize.js";
import type { ExtSuperblock } from "./superblock.js";

/**
 * Fits an ext filesystem to its device: one that filled a device that grew fills it again, one that doesn't fit is cut,
 * both with `resize` only, and never below what it holds and a tenth more.
 */
export const extFit: FitRules = { grows: fillsDevice, least, content: fitFilesystem };

type Known = ExtDetail & { readonly superblock: ExtSuperblock };
type Filesystem = Extract<Content, { is: "filesystem" }>;

/** Undefined for a journal, which has the size that its filesystem wants, and where the superblock wasn't recorded. */
function knownDetail(content: Content): Known | undefined {
  if (content.is !== "filesystem" || content.type === "jbd") return undefined;
  const detail = readDetail(ExtDetailSchema, content.detail);
  return detail.superblock === null ? undefined : { ...detail, superblock: detail.superblock };
}

function bytesOf({ blockCount, blockSize }: ExtSuperblock): number {
  return blockCount * blockSize;
}

/** What mke2fs leaves free at a device's end: part of a block, or of a block group that is too small for its tables. */
const LEFT_FREE = 4 * 2 ** 20;

function fillsDevice({ content, bytes }: BlockNode): boolean {
  const superblock = knownDetail(content)?.superblock;
  if (superblock === undefined || bytes === null) return false;
  return bytes - bytesOf(superblock) <= Math.min(LEFT_FREE, bytes / 32);
}

function least({ id, content }: BlockNode, layout: Layout): Least {
  const superblock = knownDetail(content)?.superblock;
  if (superblock === undefined) return { is: "unknown", why: "its superblock wasn't recorded" };
  const used = usedOf(superblock, mountOf(id, layout));
  if (used !== undefined) return { is: "known", bytes: Math.min(leastBytes(superblock, used), bytesOf(superblock)) };
  return { is: "unknown", why: "how much it holds wasn't recorded" };
}

function mountOf(id: BlockNode["id"], layout: Layout): Mount | undefined {
  return layout.mounts.find(({ source, active }) => active && source.is === "node" && source.node === id);
}

/**
 * What a filesystem holds, its own tables among it. The superblock of a mounted one has the numbers of the day it was
 * mounted (fs/ext4/super.c, ext4_commit_super()), so that only statfs(2) counts there.
 */
function usedOf(superblock: ExtSuperblock, mount: Mount | undefined): { bytes: number; inodes: number } | undefined {
  const { blockSize, inodeCount, freeBlocks, freeInodes } = superblock;
  if (mount !== undefined) {
    const { usage } = mount;
    if (usage === null || usage === undefined) return undefined;
    return { bytes: bytesOf(superblock) - usage.freeBytes, inodes: inodeCount - usage.freeInodes };
  }
  if (!superblock.clean || superblock.transientFeatures.includes("needs_recovery")) return undefined;
  return { bytes: bytesOf(superblock) - freeBlocks * blockSize, inodes: inodeCount - freeInodes };
}

function fitFilesystem(node: BlockNode, context: FitContext): FitPart {
  const content = node.content as Filesystem;
  const detail = knownDetail(content);
  const before = context.recorded.nodes.find(({ id }) => id === node.id) as BlockNode;
  if (node.bytes === null) return {};
  if (detail === undefined) return unknownFits(node, before);
  const was = bytesOf(detail.superblock);
  const isOver = was > node.bytes;
  if (isOver && !context.resize) return refused(tooLarge(node, content, was));
  if (!isOver && !(context.resize && context.grows(before))) return {};
  const superblock = resizedSuperblock(detail.superblock, node.bytes);
  const bytes = bytesOf(superblock);
  if (isOver) {
    const limit = context.least(before);
    if (limit.is === "unknown") return refused(notCut(node, content, limit.why));
    if (bytes < limit.bytes) return refused(belowLeast(node, content, bytes, limit.bytes));
  }
  if (bytes === was) return {};
  return {
    nodes: [{ ...node, content: { ...content, detail: writeDetail({ ...detail, superblock }) } }],
    changes: [{ node: node.id, what: content.type, wasBytes: was, bytes }],
  };
}

/** Without its superblock a filesystem is made as large as its device; that it held less isn't known. */
function unknownFits(node: BlockNode, before: BlockNode): FitPart {
  if ((node.bytes ?? 0) >= (before.bytes ?? 0)) return {};
  const why = (node.content as Filesystem).type === "jbd" ? "it is a journal" : "its superblock wasn't recorded";
  return refused(notCut(node, node.content as Filesystem, why));
}

function refused(problem: FitProblem): FitPart {
  return { problems: [problem] };
}

const LARGER = "map the recorded disk onto a larger one";

function tooLarge({ id, bytes }: BlockNode, { type }: Filesystem, was: number): FitProblem {
  const message = `the ${type} on ${id} has ${humanBytes(was)} (${was} bytes), and its device here ${humanBytes(bytes)} (${bytes} bytes)`;
  return { code: "too-small", node: id, message, remedy: LARGER };
}

function notCut({ id, bytes }: BlockNode, { type }: Filesystem, why: string): FitProblem {
  const message = `the ${type} on ${id} would have to be cut to ${humanBytes(bytes)} (${bytes} bytes): ${why}`;
  return { code: "cannot-shrink", node: id, message, remedy: LARGER };
}

function belowLeast({ id }: BlockNode, { type }: Filesystem, bytes: number, limit: number): FitProblem {
  const message = `the ${type} on ${id} would be cut to ${humanBytes(bytes)} (${bytes} bytes), and for what it holds it needs ${humanBytes(limit)} (${limit} bytes)`;
  return { code: "cannot-shrink", node: id, message, remedy: LARGER };
}
