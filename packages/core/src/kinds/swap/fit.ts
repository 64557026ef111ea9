import { readDetail, writeDetail } from "../../layout/detail.js";
import type { FitContext, FitPart, FitRules, Least } from "../../layout/fit-source.js";
import type { BlockNode, Content } from "../../layout/layout.js";
import { humanBytes } from "../../render/text.js";
import { type SwapDetail, SwapDetailSchema } from "./detail.js";

/** Fits a swap area to its device: it never grows, and is cut to no less than half of what it was, with `resize`. */
export const swapFit: FitRules = { least, content: fitSwap };

type SwapContent = Extract<Content, { is: "swap" }>;

function detailOf(node: BlockNode): SwapDetail {
  return readDetail(SwapDetailSchema, (node.content as SwapContent).detail);
}

function least(node: BlockNode): Least {
  const { bytes, pageBytes } = detailOf(node);
  if (bytes === null || pageBytes === null) return { is: "unknown", why: "the size of the swap area wasn't recorded" };
  return { is: "known", bytes: Math.ceil(bytes / 2 / pageBytes) * pageBytes };
}

function fitSwap(node: BlockNode, context: FitContext): FitPart {
  const detail = detailOf(node);
  const { bytes: was, pageBytes } = detail;
  if (node.bytes === null || was === null || pageBytes === null || was <= node.bytes) return {};
  const bytes = Math.floor(node.bytes / pageBytes) * pageBytes;
  const limit = context.least(node);
  const sizes = `the swap area on ${node.id} has ${humanBytes(was)} (${was} bytes), and its device here ${humanBytes(node.bytes)} (${node.bytes} bytes)`;
  const remedy = "map the recorded disk onto a larger one";
  if (!context.resize) return { problems: [{ code: "too-small", node: node.id, message: sizes, remedy }] };
  if (limit.is === "unknown" || bytes < limit.bytes) {
    const message = `${sizes}: less than half of it`;
    return { problems: [{ code: "cannot-shrink", node: node.id, message, remedy }] };
  }
  return {
    nodes: [{ ...node, content: { ...(node.content as SwapContent), detail: writeDetail({ ...detail, bytes }) } }],
    changes: [{ node: node.id, what: "swap", wasBytes: was, bytes }],
  };
}
