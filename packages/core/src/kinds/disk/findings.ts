import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { DiskFact } from "./facts.js";
import type { Dropped, Lun } from "./luns.js";

/** An identity that can't tell a disk. */
export function droppedIdentity({ identity, why, devices }: Dropped): Finding {
  const what = `the ${identity.type} ${identity.value}`;
  return {
    code: `disk/${why}-identity`,
    severity: "warning",
    message:
      why === "worthless"
        ? `${devices.join(", ")}: ${what} names nothing and isn't used`
        : `${devices.join(", ")} are different disks, and all say that they are ${what}; it isn't used`,
    remedy: "at recovery time the disk is found by its place on the same machine, else it has to be mapped by --map",
  };
}

/** A stick or an external disk: left out where it is only plugged in. */
function removableFindings(removable: DiskFact["removable"], id: NodeId, device: BlockDevice): Finding[] {
  if (removable === null) return [];
  const what = `${device.name} is a removable or USB disk`;
  if (removable === "idle") {
    return [
      {
        code: "disk/removable",
        severity: "warning",
        node: id,
        message: `${what} that nothing uses now; it isn't rebuilt`,
        remedy: "if the server needs it, mount what is on it and scan again",
      },
    ];
  }
  return [
    {
      code: "disk/removable-used",
      severity: "warning",
      node: id,
      message: `${what}${removable === "used" ? " in use" : ", and it isn't known whether it is in use"}; it is rebuilt with the others`,
      remedy: "if it only was there by chance (a backup medium, say), unmount it, detach it and scan again",
    },
  ];
}

/** What there is to say of a disk. */
export function lunFindings(lun: Lun, id: NodeId, device: BlockDevice): Finding[] {
  return [
    ...identityFindings(lun, id, device),
    ...removableFindings(lun.paths[0].removable, id, device),
    ...stateFindings(lun, id, device),
  ];
}

function identityFindings(lun: Lun, id: NodeId, device: BlockDevice): Finding[] {
  const strengths = new Set(lun.identities.map(({ strength }) => strength));
  if (strengths.has("volume")) return [];
  if (strengths.has("place")) {
    return [
      {
        code: "disk/place-only",
        severity: "note",
        node: id,
        message: `${device.name} says only where it is attached, not which volume it is`,
        remedy: "on the same machine it is found by that; on another one it has to be mapped by --map",
      },
    ];
  }
  return [
    {
      code: "disk/no-identity",
      severity: "warning",
      node: id,
      message: `${device.name} has nothing that tells it from others`,
      remedy: "at recovery time it has to be mapped by --map",
    },
  ];
}

function stateFindings(lun: Lun, id: NodeId, device: BlockDevice): Finding[] {
  const findings: Finding[] = [];
  if (lun.paths.length > 1) {
    findings.push({
      code: "disk/paths-not-assembled",
      severity: "warning",
      node: id,
      message: `${lun.paths.map((path) => path.device).join(", ")} are paths of one LUN, and no multipath map holds them together; it is rebuilt once, over one of them`,
      remedy: "set up multipathd and scan again, or detach the other paths",
    });
  }
  if (device.readOnly === true) {
    findings.push({
      code: "disk/read-only",
      severity: "note",
      node: id,
      message: `${device.name} is read-only: neither it nor what is on it will ever be written`,
    });
  }
  const missing = [
    ...(device.bytes === null ? ["its size"] : []),
    ...(device.sectorBytes === null ? ["its sector size"] : []),
    ...(device.readOnly === null ? ["whether it is read-only"] : []),
  ];
  if (missing.length > 0) {
    findings.push({
      code: "disk/not-recorded",
      severity: "warning",
      node: id,
      message: `of ${device.name} it wasn't recorded: ${missing.join(", ")}`,
      remedy: "scan the machine itself",
    });
  }
  return findings;
}
