import type { Arg } from "../../plan/arg.js";
import type { DraftStep } from "../../plan/part.js";
import { stepId } from "../../plan/step.js";
import { onlyThese } from "./commands.js";
import { pvDetail } from "./detail.js";
import type { RebuiltGroup, RebuiltPv } from "./rebuilt-groups.js";

/** The step that makes one physical volume with its old UUID. */
export function pvStep({ node, content }: RebuiltPv, group: RebuiltGroup | null): DraftStep {
  const of = group === null ? "it belonged to no group" : `${group.node.name} had its extents on it`;
  const device = { device: node.id };
  const shown = group === null ? [node.id] : group.pvs.map((pv) => pv.node.id);
  return {
    id: stepId("pv", node.id),
    title: `Make the LVM physical volume on ${node.id}`,
    why: `${of}; its metadata is found by its UUID`,
    phase: "assemble",
    run: [
      {
        do: "exec",
        argv: [
          "pvcreate",
          "--config",
          // the others of its group may be seen: the metadata names them, and they are bound devices too
          onlyThese(shown, group?.detail.systemId ?? null),
          ...["--yes", "--force", "--zero", "y", "--uuid", content.uuid],
          ...placeOfData({ node, content }, group),
          ...metadataAreas({ node, content }),
          device,
        ],
        timeLimitSeconds: 600,
      },
    ],
    needs: shown.map((id) => `device:${id}` as const),
    provides: [`content:${node.id}`],
    parallel: { exclusive: ["lvm"] },
    destroys: [node.id],
    before: [{ is: "device", ...device }],
    done: [
      { is: "signature", ...device, tag: "TYPE", equals: "LVM2_member" },
      { is: "signature", ...device, tag: "UUID", equals: content.uuid },
    ],
  };
}

/** Where the extents begin stands in the group's metadata; without a group it is said by the alignment. */
function placeOfData({ content }: RebuiltPv, group: RebuiltGroup | null): readonly Arg[] {
  if (group !== null) return ["--restorefile", { setFile: group.file }];
  const { startBytes } = pvDetail(content);
  if (startBytes === null) return ["--norestorefile"];
  return ["--norestorefile", "--dataalignment", `${startBytes}b`, "--dataalignmentoffset", "0b"];
}

/** The metadata doesn't say how many areas for itself a physical volume has, nor how large they are. */
function metadataAreas({ content }: RebuiltPv): readonly string[] {
  const { metadataAreas: areas, metadataAreasUsed: used, metadataBytes: bytes } = pvDetail(content);
  return [
    ...(areas === null ? [] : ["--pvmetadatacopies", String(areas)]),
    ...(areas === 0 || bytes === null ? [] : ["--metadatasize", `${bytes}b`]),
    ...(areas !== null && areas > 0 && used === 0 ? ["--metadataignore", "y"] : []),
  ];
}
