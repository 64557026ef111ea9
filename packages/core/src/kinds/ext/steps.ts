import { readDetail } from "../../layout/detail.js";
import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { type BlockNode, type Content, isBlockNode, type Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { DraftStep, PlanPart } from "../../plan/part.js";
import { type Action, type Check, type PlannedCommand, stepId } from "../../plan/step.js";
import { attainable } from "./attainable.js";
import { type ExtDetail, ExtDetailSchema } from "./detail.js";
import { mke2fs, mke2fsJournal } from "./mke2fs.js";
import { missingRecords, unrecordedCommand } from "./not-recorded.js";
import { isPlainText } from "./plain-text.js";
import type { ExtSuperblock } from "./superblock.js";
import { extTools } from "./tools.js";
import { debugfs, tune2fs } from "./tune.js";

type Filesystem = Extract<Content, { is: "filesystem" }>;

/** One ext filesystem or journal that is to be made again. */
interface Made {
  readonly node: BlockNode;
  readonly content: Filesystem;
  /** With what a rebuild can do for the superblock. */
  readonly detail: ExtDetail;
}

/**
 * Makes every recorded ext filesystem and journal again, mounted at scan or not, read-only mounted or not; on a disk
 * that was read-only nothing is made.
 */
export function extSteps(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  const made = layout.nodes
    .filter(isBlockNode)
    .filter((node) => rebuilt.has(node.id))
    .flatMap((node): Made[] => {
      const { content } = node;
      if (content.is !== "filesystem" || content.kind !== "ext") return [];
      return [{ node, content, detail: attainableDetail(readDetail(ExtDetailSchema, content.detail), node) }];
    });
  if (made.length === 0) return {};
  const parts = made.map((one) => makeFilesystem(one, made));
  const features = new Set(made.flatMap(({ detail }) => detail.superblock?.features ?? []));
  return {
    steps: parts.map(({ step }) => step),
    tools: extTools([...features].sort(), made.flatMap(trial)),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

function attainableDetail(detail: ExtDetail, node: BlockNode): ExtDetail {
  if (detail.superblock === null) return detail;
  return { ...detail, superblock: attainable(detail.superblock, node.bytes).superblock };
}

/** The command that makes a filesystem, to be tried without a device. */
function trial({ node, content, detail }: Made): { node: NodeId; command: PlannedCommand }[] {
  const { superblock } = detail;
  if (superblock === null || content.type === "jbd") return [];
  return [{ node: node.id, command: mke2fs({ ...detail, superblock }, node.id, null) }];
}

function makeFilesystem(made: Made, all: readonly Made[]): { step: DraftStep; findings: readonly Finding[] } {
  const { node, content, detail } = made;
  const journal = externalJournal(made, all);
  const findings = [...missingRecords(detail, node), ...(journal.finding === null ? [] : [journal.finding])];
  const { superblock } = detail;
  return {
    findings,
    step: {
      id: stepId("make-ext", node.id),
      title: `Make ${content.type === "jbd" ? "the external journal" : content.type} on ${node.id}`,
      why:
        content.type === "jbd"
          ? "a filesystem keeps its journal on this device"
          : "its files are restored into it; it gets the recorded UUID, label and settings",
      phase: "make",
      run: commands(made, journal.node),
      needs: [`device:${node.id}`, ...(journal.node === null ? [] : [`content:${journal.node}` as const])],
      provides: [`content:${node.id}`],
      // a journal that several filesystems share lists them all
      parallel: { exclusive: journal.node === null ? [] : [`journal:${journal.node}`] },
      destroys: [node.id],
      before: before(node.id, superblock),
      done: done(node.id, content),
    },
  };
}

function before(node: NodeId, superblock: ExtSuperblock | null): Check[] {
  const size: Check[] =
    superblock === null ? [] : [{ is: "size", device: node, least: superblock.blockCount * superblock.blockSize }];
  return [{ is: "device", device: node }, ...size];
}

function done(node: NodeId, content: Filesystem): Check[] {
  const { label } = content;
  const checks: Check[] = [{ is: "signature", device: node, tag: "TYPE", equals: content.type }];
  if (content.uuid !== null) checks.push({ is: "signature", device: node, tag: "UUID", equals: content.uuid });
  if (label === null) checks.push({ is: "signature", device: node, tag: "LABEL", equals: null });
  // blkid cuts blanks off the end and prints others in its own way
  else if (isPlainText(label) && /^\S(?:.*\S)?$/.test(label)) {
    checks.push({ is: "signature", device: node, tag: "LABEL", equals: label });
  }
  return checks;
}

function commands({ node, content, detail }: Made, journal: NodeId | null): Action[] {
  const { superblock } = detail;
  const exec = (command: PlannedCommand): Action => ({ do: "exec", ...command });
  if (superblock === null) return [exec(unrecordedCommand(content, node.id))];
  if (content.type === "jbd") return [exec(mke2fsJournal(superblock, node.id))];
  const known = { ...detail, superblock };
  // with multiple mount protection each writing open waits for twice the update interval: tune2fs, which sets it, goes last
  const [set, ...proofs] = debugfs(known, node.id);
  return [
    exec(mke2fs(known, node.id, journal)),
    ...(set === undefined ? [] : [set]),
    exec(tune2fs(superblock, node.id)),
    ...proofs,
  ];
}

function externalJournal(
  { node, detail }: Made,
  all: readonly Made[],
): { node: NodeId | null; finding: Finding | null } {
  const uuid = detail.superblock?.journal?.uuid ?? null;
  if (uuid === null || detail.superblock?.journal?.inode !== null) return { node: null, finding: null };
  const holder = all.find((other) => other.content.type === "jbd" && other.content.uuid === uuid);
  if (holder !== undefined) return { node: holder.node.id, finding: null };
  return {
    node: null,
    finding: {
      code: "ext/journal-device-missing",
      severity: "loss",
      node: node.id,
      message: `${node.id}: no device that is rebuilt holds its external journal ${uuid}; it gets an internal one of mke2fs's own size`,
      remedy: "attach the journal's device and scan again",
    },
  };
}
