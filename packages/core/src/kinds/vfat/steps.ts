import { readDetail } from "../../layout/detail.js";
import type { Finding } from "../../layout/finding.js";
import { type Content, isBlockNode, type Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { DraftStep, PlanPart, ToolRequirement } from "../../plan/part.js";
import { type Check, stepId } from "../../plan/step.js";
import { VfatDetailSchema } from "./detail.js";
import { madeLabel } from "./label.js";
import { type MadeFilesystem, mkfsVfat } from "./mkfs.js";
import { madeShape } from "./shape.js";

/** Makes every recorded FAT filesystem again, mounted at scan or not; on a disk that was read-only nothing is made. */
export function vfatSteps(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  const made = layout.nodes
    .filter(isBlockNode)
    .filter((node) => rebuilt.has(node.id))
    .flatMap((node): MadeFilesystem[] => {
      const { content } = node;
      if (!isVfat(content)) return [];
      const { bootSector } = readDetail(VfatDetailSchema, content.detail);
      return [{ node, uuid: content.uuid, label: madeLabel(content.label), bootSector }];
    });
  if (made.length === 0) return {};
  return {
    steps: made.map(makeFilesystem),
    tools: [MKFS],
    findings: made.filter(({ bootSector }) => bootSector === null).map(notRecorded),
  };
}

function isVfat(content: Content): content is Extract<Content, { is: "filesystem" }> {
  return content.is === "filesystem" && content.kind === "vfat";
}

/** All of dosfstools 4.2 (2021): earlier versions know neither, take no `-b 0`, and few numbers for `-D`. */
const MKFS: ToolRequirement = {
  tool: "mkfs.vfat",
  where: "rescue",
  package: "dosfstools",
  options: [
    { option: "-g", help: ["mkfs.vfat", "--help"], says: "-g GEOM" },
    { option: "--mbr", help: ["mkfs.vfat", "--help"] },
  ],
};

function makeFilesystem(made: MadeFilesystem): DraftStep {
  const { node, bootSector } = made;
  return {
    id: stepId("make-vfat", node.id),
    title: `Make ${bootSector === null ? "vfat" : `FAT${bootSector.fatBits}`} on ${node.id}`,
    why: "its files are restored into it; it gets the recorded volume id, label and shape",
    phase: "make",
    run: [{ do: "exec", ...mkfsVfat(made) }],
    needs: [`device:${node.id}`],
    provides: [`content:${node.id}`],
    parallel: { exclusive: [] },
    destroys: [node.id],
    before: [{ is: "device", device: node.id }, ...size(made)],
    done: done(made),
  };
}

function size({ node, bootSector }: MadeFilesystem): Check[] {
  if (bootSector === null) return [];
  return [{ is: "size", device: node.id, least: madeShape(bootSector, node.bytes).bytes }];
}

function done({ node, uuid, label, bootSector }: MadeFilesystem): Check[] {
  const signature = (tag: string, equals: string | null): Check => ({ is: "signature", device: node.id, tag, equals });
  // blkid cuts blanks off the end: a label that is recorded has none there
  return [
    signature("TYPE", "vfat"),
    ...(uuid === null && bootSector === null ? [] : [signature("UUID", uuid)]),
    signature("LABEL", label),
  ];
}

function notRecorded({ node, uuid }: MadeFilesystem): Finding {
  return {
    code: "vfat/not-recorded",
    severity: uuid === null ? "loss" : "warning",
    node: node.id,
    message: `${node.id} (${node.name}): ${uuid === null ? "volume id, " : ""}FAT size, cluster size and the other settings of the boot sector weren't recorded; it is made with the defaults of the rescue system's mkfs.vfat`,
    remedy: "scan the running server again, as root",
    excepts: ["detail.bootSector", ...(uuid === null ? ["uuid"] : [])].map((field) => ({
      node: node.id,
      field: `content.${field}`,
    })),
  };
}
