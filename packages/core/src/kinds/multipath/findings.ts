import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { MapFact, MultipathFacts } from "./probe.js";

/** What there is to say of a map's paths. */
export function mapFindings(map: MapFact, id: NodeId): Finding[] {
  const findings: Finding[] = [];
  if (map.paths.length < 2) {
    findings.push({
      code: "multipath/few-paths",
      severity: "warning",
      node: id,
      message: `the map ${map.name} has ${map.paths.length === 0 ? "no path" : "one path only"}`,
      remedy: "see multipath -ll, the switch and the storage",
      // what can still be read of it comes from the kernel's memory: it looks whole, and isn't there any more
      ...(map.paths.length === 0 ? { holdsBack: true } : {}),
    });
  }
  const failed = (map.report?.groups ?? [])
    .flatMap(({ paths }) => paths)
    .filter(({ dmState, checker }) => dmState === "failed" || checker === "faulty");
  if (failed.length > 0) {
    findings.push({
      code: "multipath/failed-paths",
      severity: "warning",
      node: id,
      message: `paths of the map ${map.name} have failed: ${failed.map(({ device }) => device).join(", ")}`,
      remedy: "see multipath -ll, the switch and the storage",
    });
  }
  return findings;
}

/** What couldn't be read of multipath's own view and of its configuration. */
export function probeFindings(facts: MultipathFacts): Finding[] {
  const silent = facts.failures.length === 0 || facts.failures.every(({ reason }) => reason === "not-recorded");
  const findings: Finding[] = silent
    ? []
    : [
        {
          code: "multipath/not-answered",
          severity: "warning",
          message: `what multipath thinks of its maps isn't known: ${facts.failures.map(({ message }) => message).join("; ")}`,
          remedy: "the maps themselves are recorded; see what the tools say when run by hand",
          holdsBack: true,
        },
      ];
  for (const { path, reason } of facts.configuration.unreadable) {
    findings.push({
      code: "multipath/configuration-unreadable",
      severity: "warning",
      message: `${path} can't be read: ${reason}. The rescue system will assemble the maps without it`,
      remedy: "scan as root",
      holdsBack: true,
    });
  }
  for (const { name, wwid } of facts.unknownMaps) {
    findings.push({
      code: "multipath/unknown-map",
      severity: "warning",
      message: `multipath tells of a map ${name} (${wwid}) that the kernel doesn't have`,
      remedy: "multipathd reconfigure, then scan again",
    });
  }
  return findings;
}
