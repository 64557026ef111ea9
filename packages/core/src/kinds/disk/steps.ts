import { groupBy } from "../../layout/group-by.js";
import { type BoundNode, isBlockNode, isBoundNode, type Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { DiskRequirement, DraftStep, PlanPart } from "../../plan/part.js";
import { stepId } from "../../plan/step.js";

/** What a disk must have to be taken for a recorded one whose sector size wasn't recorded. */
const USUAL_SECTOR = 512;

/** Asks for each disk and map on which something is rebuilt, and wipes it first. */
export function planDisks(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  const nodes = layout.nodes
    .filter(isBlockNode)
    .filter(isBoundNode)
    .filter((node) => rebuilt.has(node.id));
  if (nodes.length === 0) return {};
  const pathsTo = groupBy(
    layout.edges.filter(({ as }) => as === "path"),
    ({ to }) => to,
  );
  return {
    disks: nodes.map((node) => requirement(node, pathsTo.get(node.id)?.length ?? 0)),
    steps: nodes.map(wipe),
    tools: [{ tool: "wipefs", where: "rescue", package: "util-linux" }],
  };
}

function requirement(node: BoundNode, paths: number): DiskRequirement {
  return {
    node: node.id,
    role: node.role,
    name: node.name,
    identities: node.identities,
    bytes: node.bytes ?? 0,
    sectorBytes: node.sectorBytes ?? USUAL_SECTOR,
    paths: node.role === "map" ? paths : null,
    readOnly: node.readOnly,
  };
}

/**
 * Erases the signatures of the whole disk: of what stands on it now, and of a GPT's copy at its end. A signature that
 * stays would be found again at the same place by udev and blkid once the new table is there.
 */
function wipe(node: BoundNode): DraftStep {
  return {
    id: stepId("wipe", node.id),
    title: `Erase the signatures on ${node.name}`,
    why: "old tables and signatures would be taken for what is there",
    phase: "format",
    run: [{ do: "exec", argv: ["wipefs", "--all", "--force", { device: node.id }] }],
    parallel: { exclusive: [] },
    destroys: [node.id],
    before: [
      { is: "device", device: node.id },
      { is: "size", device: node.id, least: node.bytes ?? 0 },
    ],
    done: [
      { is: "signature", device: node.id, tag: "TYPE", equals: null },
      { is: "signature", device: node.id, tag: "PTTYPE", equals: null },
    ],
    needs: node.role === "map" ? ["done:multipath"] : [],
    provides: [`device:${node.id}`],
  };
}
