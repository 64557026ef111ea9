import type { Finding } from "../../layout/finding.js";
import type { GroupNode, Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { Arg } from "../../plan/arg.js";
import type { DeviceRef, DraftStep, PlanPart, Token, ToolRequirement } from "../../plan/part.js";
import { type Action, type Check, stepId } from "../../plan/step.js";
import { onlyThese } from "./commands.js";
import { isOurGroup, volumeDetail } from "./detail.js";
import { dmName, dmUuid } from "./devices.js";
import { notRecorded } from "./not-recorded.js";
import { pvStep } from "./pv-step.js";
import { orphanPvs, type RebuiltGroup, rebuiltGroups } from "./rebuilt-groups.js";

/** The steps that make all physical volumes and groups of a layout again. */
export function lvmSteps(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  const groups = rebuiltGroups(layout, rebuilt);
  const orphans = orphanPvs(layout, rebuilt);
  const findings = layout.nodes
    .filter(isOurGroup)
    .filter((node) => node.notRebuilt === undefined && !rebuilt.has(node.id))
    .map(onUnwrittenDisk);
  if (groups.length === 0 && orphans.length === 0) return { findings };
  return {
    steps: [
      ...orphans.map((pv) => pvStep(pv, null)),
      ...groups.flatMap((group) => [...group.pvs.map((pv) => pvStep(pv, group)), groupStep(group)]),
    ],
    devices: groups.flatMap(volumeDevices),
    tools: TOOLS,
    files: groups.map(({ file, detail }) => ({ name: file, content: detail.backup as string })),
    findings: [...findings, ...notRecorded([...orphans, ...groups.flatMap(({ pvs }) => pvs)])],
  };
}

function groupStep(group: RebuiltGroup): DraftStep {
  const { node, detail, pvs, volumes, file } = group;
  const config = configOf(group);
  return {
    id: stepId("vg", node.name),
    title: `Restore volume group ${node.name}`,
    why: `its metadata puts ${volumes.length} logical volume${volumes.length === 1 ? "" : "s"} where they were, with their UUIDs`,
    phase: "assemble",
    run: [
      lvm(["vgcfgrestore", "--config", config, "--file", { setFile: file }, node.name]),
      lvm([
        "vgchange",
        "--config",
        config,
        "--activate",
        "y",
        "--activationmode",
        "complete",
        "--ignoreactivationskip",
        node.name,
      ]),
      SETTLE,
      ...wipeVolumes(group),
    ],
    needs: pvs.map(({ node: { id } }): Token => `content:${id}`),
    provides: volumes.map(({ id }): Token => `device:${id}`),
    destroys: volumes.map(({ id }) => id),
    before: pvs.map(({ node: { id } }): Check => ({ is: "device", device: id })),
    done: [
      {
        is: "output",
        argv: ["vgs", "--config", config, "--noheadings", "--options", "vg_uuid", node.name],
        equals: detail.uuid,
      },
      ...volumes.flatMap(({ id, bytes }): Check[] => [
        { is: "device", device: id },
        { is: "size", device: id, least: bytes ?? 0, ...(bytes === null ? {} : { most: bytes }) },
      ]),
    ],
    release: [lvm(["vgchange", "--config", config, "--activate", "n", node.name])],
  };
}

function configOf({ pvs, detail }: RebuiltGroup): Arg {
  return onlyThese(
    pvs.map(({ node }) => node.id),
    detail.systemId,
  );
}

/** vgcfgrestore writes metadata only: what lay on these extents before would show through in the volumes. */
function wipeVolumes({ volumes }: RebuiltGroup): Action[] {
  const [first, ...others] = volumes.filter(({ readOnly }) => !readOnly).map(({ id }) => ({ device: id }));
  if (first === undefined) return [];
  return [{ do: "exec", argv: ["wipefs", "--all", "--force", first, ...others], timeLimitSeconds: 300 }, SETTLE];
}

const SETTLE: Action = { do: "exec", argv: ["udevadm", "settle", "--timeout=120"], timeLimitSeconds: 150 };

function lvm(argv: readonly [Arg, ...Arg[]]): Action {
  return { do: "exec", argv, timeLimitSeconds: 600 };
}

function volumeDevices({ node, detail, volumes }: RebuiltGroup): DeviceRef[] {
  return volumes.map((volume) => ({
    node: volume.id,
    by: "mapper",
    name: dmName(node.name, volume.name.slice(node.name.length + 1)),
    dmUuid: dmUuid(detail.uuid, volumeDetail(volume).uuid),
  }));
}

const TOOLS: readonly ToolRequirement[] = [
  ...["pvcreate", "vgcfgrestore", "vgchange", "vgs"].map(
    (tool) => ({ tool, where: "rescue", package: "lvm2" }) as const,
  ),
  { tool: "wipefs", where: "rescue", package: "util-linux" },
  { tool: "blkid", where: "rescue", package: "util-linux" },
  { tool: "udevadm", where: "rescue", package: "udev" },
];

function onUnwrittenDisk(node: GroupNode): Finding {
  return {
    code: "lvm/group-not-rebuilt",
    severity: "loss",
    node: node.id,
    message: `volume group ${node.name} isn't rebuilt: one of its physical volumes is on a disk or partition that isn't written`,
    remedy: "make that disk writable and scan again, or save the group by other means",
  };
}
