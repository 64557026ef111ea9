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
      ...groups.flatMap((group) => [...group.pvs.map((pv) => pvStep(pv, group)), ...groupSteps(group)]),
    ],
    devices: groups.flatMap(volumeDevices),
    tools: TOOLS,
    files: groups.map(({ file, detail }) => ({ name: file, content: detail.backup as string })),
    findings: [...findings, ...notRecorded([...orphans, ...groups.flatMap(({ pvs }) => pvs)])],
  };
}

/**
 * Three steps for each group, since only the first and the last destroy: taking hold of the volumes is done again by
 * itself after a boot of the rescue system, or when they were let go of.
 */
function groupSteps(group: RebuiltGroup): readonly DraftStep[] {
  if (group.volumes.length === 0) return [restoreGroup(group)];
  const written = group.volumes.some(({ readOnly }) => !readOnly);
  return [restoreGroup(group), activateGroup(group), ...(written ? [wipeVolumes(group)] : [])];
}

function restoreGroup(group: RebuiltGroup): DraftStep {
  const { node, detail, pvs, volumes, file } = group;
  const config = configOf(group);
  return {
    id: stepId("vg", node.name),
    title: `Restore volume group ${node.name}`,
    why: `its metadata puts ${volumes.length} logical volume${volumes.length === 1 ? "" : "s"} where they were, with their UUIDs`,
    phase: "assemble",
    run: [lvm(["vgcfgrestore", "--config", config, "--file", { setFile: file }, node.name])],
    needs: pvs.map(({ node: { id } }): Token => `content:${id}`),
    provides: [`done:vg:${node.name}`],
    parallel: { exclusive: ["lvm"] },
    destroys: volumes.map(({ id }) => id),
    before: pvs.map(({ node: { id } }): Check => ({ is: "device", device: id })),
    done: [
      {
        is: "output",
        argv: ["vgs", "--config", config, "--noheadings", "--options", "vg_uuid", node.name],
        equals: detail.uuid,
      },
    ],
  };
}

function activateGroup(group: RebuiltGroup): DraftStep {
  const { node, pvs, volumes } = group;
  const config = configOf(group);
  const change = (...options: readonly string[]) => lvm(["vgchange", "--config", config, ...options, node.name]);
  return {
    id: stepId("activate-vg", node.name),
    title: `Activate volume group ${node.name}`,
    why: "its logical volumes become devices, all of them or none",
    phase: "assemble",
    run: [change("--activate", "y", "--activationmode", "complete", "--ignoreactivationskip"), SETTLE],
    needs: [`done:vg:${node.name}`],
    provides: [
      `done:active-vg:${node.name}`,
      ...volumes.filter(({ readOnly }) => readOnly).map(({ id }): Token => `device:${id}`),
    ],
    parallel: { exclusive: ["lvm", "udev"] },
    destroys: [],
    before: pvs.map(({ node: { id } }): Check => ({ is: "device", device: id })),
    done: volumes.flatMap(({ id, bytes }): Check[] => [
      { is: "device", device: id },
      { is: "size", device: id, least: bytes ?? 0, ...(bytes === null ? {} : { most: bytes }) },
    ]),
    release: [change("--activate", "n")],
  };
}

/** vgcfgrestore writes metadata only: what lay on these extents before would show through in the volumes. */
function wipeVolumes({ node, volumes }: RebuiltGroup): DraftStep {
  const written = volumes.filter(({ readOnly }) => !readOnly).map(({ id }) => id);
  return {
    id: stepId("wipe-volumes", node.name),
    title: `Erase the signatures in the volumes of ${node.name}`,
    why: "what lay at the same places before would be taken for what is there",
    phase: "assemble",
    run: [
      {
        do: "exec",
        argv: ["wipefs", "--all", "--force", ...written.map((device) => ({ device }))],
        timeLimitSeconds: 300,
      },
      SETTLE,
    ],
    needs: [`done:active-vg:${node.name}`],
    provides: written.map((id): Token => `device:${id}`),
    parallel: { exclusive: ["lvm", "udev"] },
    destroys: written,
    before: [],
    done: written.map((device): Check => ({ is: "signature", device, tag: "TYPE", equals: null })),
  };
}

function configOf({ pvs, detail }: RebuiltGroup): Arg {
  return onlyThese(
    pvs.map(({ node }) => node.id),
    detail.systemId,
  );
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
