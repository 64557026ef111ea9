import { known, type Parsed, type ProbeFailure } from "../../host/probed.js";
import { type MetadataSection, parseMetadata } from "./metadata-text.js";

/** A group's metadata made ready for `vgcfgrestore`. */
export interface Restorable {
  /** vgcfgbackup's text, without the volumes that aren't rebuilt. */
  readonly text: string;
  /** UUIDs of the physical volumes that it wants. */
  readonly pvs: readonly string[];
}

/**
 * Takes all volumes out of a group's metadata but those to keep. vgcfgrestore can't leave a volume out, and a thin pool
 * or a RAID volume restored as metadata alone would be a broken one that stops the whole group from being activated.
 * A plain volume names nothing but physical volumes, so what else is in the group can go without harm to it; that each
 * kept one really does so is checked.
 *
 * @param text what vgcfgbackup wrote
 * @param keep UUIDs of the volumes to keep
 */
export function restorable(
  text: string,
  group: { name: string; uuid: string },
  keep: ReadonlySet<string>,
): Parsed<Restorable> {
  const source = `the metadata of ${group.name}, as vgcfgbackup wrote it,`;
  const parsed = parseMetadata(text, source);
  if (parsed.is === "unknown") return parsed;
  const section = parsed.facts.sections.find(({ name }) => name === group.name);
  if (section?.values.get("id") !== group.uuid)
    return refuse(source, `has no group ${group.name} with the UUID ${group.uuid}`);
  const pvs = child(section, "physical_volumes");
  const volumes = child(section, "logical_volumes");
  const kept = volumes.filter((volume) => keep.has(idOf(volume)));
  const found = new Set(kept.map(idOf));
  const absent = [...keep].filter((uuid) => !found.has(uuid));
  if (absent.length > 0) return refuse(source, `lacks volumes that lvs shows: ${absent.join(", ")}`);
  const names = new Set(pvs.map(({ name }) => name));
  const odd = kept.find((volume) => !isPlain(volume, names));
  if (odd !== undefined) return refuse(source, `says that ${odd.name} stands on more than physical volumes`);
  const dropped = volumes.filter((volume) => !keep.has(idOf(volume)));
  return known({ text: without(text, dropped), pvs: pvs.map(idOf) });
}

function child(section: MetadataSection, name: string): readonly MetadataSection[] {
  return section.sections.find((one) => one.name === name)?.sections ?? [];
}

function idOf(section: MetadataSection): string {
  const id = section.values.get("id");
  return typeof id === "string" ? id : "";
}

/** All segments are striped (a linear one has one stripe), and all stripes are on physical volumes. */
function isPlain(volume: MetadataSection, pvs: ReadonlySet<string>): boolean {
  const segments = volume.sections.filter(({ name }) => /^segment\d+$/.test(name));
  return (
    segments.length > 0 &&
    segments.every((segment) => {
      const stripes = segment.values.get("stripes");
      if (segment.values.get("type") !== "striped" || !Array.isArray(stripes)) return false;
      return stripes.every((item, at) => (at % 2 === 0 ? pvs.has(String(item)) : typeof item === "number"));
    })
  );
}

function without(text: string, dropped: readonly MetadataSection[]): string {
  let result = "";
  let at = 0;
  for (const { from, to } of dropped) {
    result += text.slice(at, from).replace(/\s*$/, "");
    at = to;
  }
  return result + text.slice(at);
}

function refuse(source: string, what: string): Parsed<never> {
  const failure: ProbeFailure = { reason: "unexpected-output", source, message: `${source} ${what}` };
  return { is: "unknown", failure };
}
