import type { ProbeFailure } from "../../host/probed.js";
import type { Draft } from "../../layout/draft.js";
import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { FatBootSector } from "./boot-sector.js";
import type { VfatDetail } from "./detail.js";
import { vfatFindings } from "./findings.js";
import type { VfatDevice, VfatFacts } from "./probe.js";
import { shapeFault } from "./shape.js";

/** Gives each device with a FAT filesystem its content, and says what won't come back. */
export function contributeVfat(facts: VfatFacts, draft: Draft): void {
  for (const found of facts.devices) {
    const id = draft.idOf(found.device);
    // a device that no kind made a node of was reported by the assembly
    if (id !== undefined) contributeDevice(found, id, draft);
  }
}

function contributeDevice({ device: name, bootSector, failure }: VfatDevice, id: NodeId, draft: Draft): void {
  const device = draft.deviceOf(id);
  const bytes = device?.bytes ?? null;
  const refused = failure === null ? shapeRefusal(bootSector, bytes, name) : probeRefusal(failure);
  if (refused !== null) {
    draft.setContent(id, { is: "unknown", why: refused.message });
    draft.addFinding({ severity: "loss", node: id, ...refused });
    return;
  }
  const label = device?.signature?.label ?? null;
  const detail: VfatDetail = { bootSector };
  draft.setContent(id, {
    is: "filesystem",
    kind: "vfat",
    type: "vfat",
    uuid: uuidOf(bootSector?.volumeId ?? device?.signature?.uuid ?? null),
    label,
    detail: { ...detail },
  });
  for (const finding of vfatFindings(detail, label, { id, name, bytes })) draft.addFinding(finding);
}

/** blkid doesn't take zeros for a UUID, so that nothing can find the filesystem by it. */
function uuidOf(volumeId: string | null): string | null {
  return volumeId === "0000-0000" ? null : volumeId;
}

type Refusal = Pick<Finding, "code" | "message" | "remedy">;

function probeRefusal(failure: ProbeFailure): Refusal {
  return {
    code: `vfat/probe-${failure.reason}`,
    message: `${failure.message}; the filesystem won't be rebuilt`,
    remedy: failure.reason === "denied" ? "scan again as root" : "see what fsck.vfat -n says of it",
  };
}

function shapeRefusal(bootSector: FatBootSector | null, bytes: number | null, name: string): Refusal | null {
  const fault = bootSector === null ? null : shapeFault(bootSector, bytes);
  if (fault === null) return null;
  return {
    code: "vfat/shape",
    message: `${name}: mkfs.vfat can't make this FAT filesystem again: ${fault}; it won't be rebuilt`,
    remedy: "save its files, make it anew with mkfs.vfat, and scan again",
  };
}
