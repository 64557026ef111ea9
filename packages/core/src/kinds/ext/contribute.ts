import type { ProbeFailure } from "../../host/probed.js";
import { writeDetail } from "../../layout/detail.js";
import type { Draft } from "../../layout/draft.js";
import { heldBackBy } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { extFindings } from "./findings.js";
import type { ExtDevice, ExtFacts } from "./probe.js";

/** Gives each device that holds an ext filesystem or journal its content, and says what won't come back. */
export function contributeExt(facts: ExtFacts, draft: Draft): void {
  for (const found of facts.devices) {
    const id = draft.idOf(found.device);
    // a device that no kind made a node of was reported by the assembly
    if (id !== undefined) contributeDevice(found, id, draft);
  }
}

function contributeDevice(found: ExtDevice, id: NodeId, draft: Draft): void {
  const device = draft.deviceOf(id);
  const { superblock } = found.detail;
  for (const failure of found.failures) reportFailure(failure, superblock === null, found.device, id, draft);
  const unread = found.failures[0];
  if (superblock === null && unread !== undefined) {
    draft.setContent(id, { is: "unknown", why: unread.message });
    return;
  }
  draft.setContent(id, {
    is: "filesystem",
    kind: "ext",
    type: found.type,
    uuid: superblock?.uuid ?? device?.signature?.uuid ?? null,
    label: superblock === null ? (device?.signature?.label ?? null) : superblock.label,
    detail: writeDetail(found.detail),
  });
  for (const finding of extFindings(found.detail, id, found.device, device?.bytes ?? null)) draft.addFinding(finding);
}

/** Without its superblock a filesystem can't be rebuilt at all; anything else is completed by the restore or defaults. */
function reportFailure(failure: ProbeFailure, isFatal: boolean, device: string, node: NodeId, draft: Draft): void {
  draft.addFinding({
    code: `ext/probe-${failure.reason}`,
    severity: isFatal ? "loss" : "warning",
    node,
    message: `${device}: ${failure.message}`,
    remedy: isFatal
      ? "it won't be rebuilt: see what dumpe2fs -h says when run by hand, and run e2fsck"
      : "see what the command says when run by hand",
    ...heldBackBy(failure),
  });
}
