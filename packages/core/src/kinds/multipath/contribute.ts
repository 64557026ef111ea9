import type { Draft } from "../../layout/draft.js";
import type { Identity } from "../../layout/identity.js";
import { type NodeId, nodeId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { MapDetail, MultipathConfig } from "./detail.js";
import { mapFindings, probeFindings } from "./findings.js";
import type { MapFact, MultipathFacts } from "./probe.js";

function mapId(map: MapFact): NodeId {
  return nodeId("lun", map.wwid);
}

/** By WWID: kernel names and aliases change. */
function sorted(maps: readonly MapFact[]): MapFact[] {
  return [...maps].sort((a, b) => (a.wwid < b.wwid ? -1 : a.wwid > b.wwid ? 1 : 0));
}

/** Adds a node for each map. */
export function addMaps(facts: MultipathFacts, draft: Draft): void {
  for (const map of sorted(facts.maps)) {
    const device = draft.inventory.find(map.device) as BlockDevice;
    draft.addBlock(
      {
        role: "map",
        id: mapId(map),
        kind: "multipath",
        name: map.name,
        bytes: device.bytes,
        readOnly: device.readOnly === true,
        sectorBytes: device.sectorBytes,
        physicalSectorBytes: device.physicalSectorBytes,
        identities: identitiesOf(map, draft),
        detail: { ...detailOf(map) },
      },
      map.device,
    );
  }
}

/** Says of each path whose it is, and puts the configuration into the layout. */
export function addPathsAndConfiguration(facts: MultipathFacts, draft: Draft): void {
  for (const map of sorted(facts.maps)) {
    const id = mapId(map);
    const paths = map.paths.map((device) => draft.idOf(device)).filter((path) => path !== undefined);
    for (const path of paths.sort()) {
      draft.setContent(path, { is: "path", of: id });
      draft.addEdge({ from: path, to: id, as: "path" });
    }
    for (const finding of mapFindings(map, id)) draft.addFinding(finding);
  }
  if (facts.maps.length === 0) return;
  const config: MultipathConfig = { files: facts.configuration.files };
  draft.setConfig("multipath", { ...config });
  for (const finding of probeFindings(facts)) draft.addFinding(finding);
}

/** The WWID names the volume; places and hints are those of the paths. */
function identitiesOf(map: MapFact, draft: Draft): Identity[] {
  // links by id lead to the map and not to a path; they follow from its WWID
  const isOwn = ({ type, strength }: Identity) => strength !== "volume" && type !== "by-id";
  const ofPaths = map.paths.flatMap((path) => {
    const id = draft.idOf(path);
    const node = id === undefined ? undefined : draft.node(id);
    return node?.role === "disk" ? node.identities.filter(isOwn) : [];
  });
  const byKey = new Map(ofPaths.map((identity) => [`${identity.type} ${identity.value}`, identity]));
  return [{ type: "wwid", value: map.wwid, strength: "volume" }, ...byKey.values()];
}

function detailOf({ name, wwid, report }: MapFact): MapDetail {
  return {
    wwid,
    friendlyName: name !== wwid,
    product: report?.product || null,
    features: report?.features ?? null,
    hardwareHandler: report?.hardwareHandler ?? null,
    policies: report?.groups.map(({ policy }) => policy) ?? [],
  };
}
