import { isCleanText } from "../../host/bytes.js";
import { readDetail } from "../../layout/detail.js";
import type { Finding } from "../../layout/finding.js";
import { type BlockNode, type Content, isBlockNode, type Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { DraftStep, PlanPart } from "../../plan/part.js";
import { type Check, type PlannedCommand, stepId } from "../../plan/step.js";
import { type SwapDetail, SwapDetailSchema } from "./detail.js";

type SwapContent = Extract<Content, { is: "swap" }>;

interface Area {
  readonly node: BlockNode;
  readonly content: SwapContent;
  readonly detail: SwapDetail;
}

/** Makes every recorded swap area again, on or off at scan; on a disk that was read-only nothing is made. */
export function swapSteps(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  const areas = layout.nodes
    .filter(isBlockNode)
    .filter((node) => rebuilt.has(node.id))
    .flatMap((node): Area[] => {
      const { content } = node;
      if (content.is !== "swap") return [];
      return [{ node, content, detail: readDetail(SwapDetailSchema, content.detail) }];
    });
  if (areas.length === 0) return {};
  return {
    steps: areas.map(makeSwap),
    tools: [{ tool: "mkswap", where: "rescue", package: "util-linux" }],
    findings: areas.filter(({ detail }) => detail.pageBytes === null).map(notRecorded),
  };
}

function makeSwap(area: Area): DraftStep {
  const { node, detail } = area;
  const size: Check[] = detail.bytes === null ? [] : [{ is: "size", device: node.id, least: detail.bytes }];
  return {
    id: stepId("make-swap", node.id),
    title: `Make swap on ${node.id}`,
    why: "/etc/fstab and the boot parameters name it by the recorded UUID or label",
    phase: "make",
    run: [{ do: "exec", ...mkswap(area) }],
    needs: [`device:${node.id}`],
    provides: [`content:${node.id}`],
    parallel: { exclusive: [] },
    destroys: [node.id],
    before: [{ is: "device", device: node.id }, ...size, { is: "swap", device: node.id, active: false }],
    done: done(area),
  };
}

/** What mkswap is given for an area that has no UUID: without it mkswap would make one up. */
const NO_UUID = "00000000-0000-0000-0000-000000000000";

function mkswap({ node, content, detail }: Area): PlannedCommand {
  return {
    argv: [
      "mkswap",
      "--force",
      ...(detail.pageBytes === null ? [] : ["--pagesize", String(detail.pageBytes)]),
      ...(content.uuid === null && detail.pageBytes === null ? [] : ["--uuid", content.uuid ?? NO_UUID]),
      ...(content.label !== null && isCleanText(content.label) ? ["--label", content.label] : []),
      { device: node.id },
      ...(isPartial(node, detail) ? [String((detail.bytes as number) / 1024)] : []),
    ],
  };
}

/** True for an area that leaves room on its device; otherwise mkswap takes the whole device by itself. */
function isPartial({ bytes: device }: BlockNode, { bytes, pageBytes }: SwapDetail): boolean {
  return device !== null && bytes !== null && pageBytes !== null && bytes <= device - pageBytes;
}

function done({ node, content: { uuid, label } }: Area): Check[] {
  const checks: Check[] = [
    { is: "signature", device: node.id, tag: "TYPE", equals: "swap" },
    { is: "signature", device: node.id, tag: "UUID", equals: uuid },
  ];
  if (label === null) checks.push({ is: "signature", device: node.id, tag: "LABEL", equals: null });
  // blkid cuts blanks off the end and prints others in its own way
  else if (isCleanText(label) && /^\S(?:.*\S)?$/.test(label)) {
    checks.push({ is: "signature", device: node.id, tag: "LABEL", equals: label });
  }
  return checks;
}

/** Without its header an area is made as the rescue system's mkswap likes; without a UUID nothing in fstab may find it. */
function notRecorded({ node, content }: Area): Finding {
  const what = content.uuid === null ? "UUID, label, page size and size" : "page size and size";
  return {
    code: "swap/not-recorded",
    severity: content.uuid === null ? "loss" : "warning",
    node: node.id,
    message: `${node.id} (${node.name}): ${what} of the swap area weren't recorded; it is made on the whole device, with the defaults of the rescue system's mkswap`,
    remedy: "scan the running server again, as root",
    excepts: ["detail.pageBytes", "detail.bytes", ...(content.uuid === null ? ["uuid", "label"] : [])].map((field) => ({
      node: node.id,
      field: `content.${field}`,
    })),
  };
}
