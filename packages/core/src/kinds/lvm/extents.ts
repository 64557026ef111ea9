import { known, type Parsed, type ProbeFailure } from "../../host/probed.js";
import { type MetadataSection, parseMetadata } from "./metadata-text.js";

/** Extents of a volume that lie side by side; as many on each stripe. */
export interface ExtentSegment {
  /** Of the volume: those of all stripes together. */
  readonly extents: number;
  /** 0 where there is but one stripe. */
  readonly stripeBytes: number;
  /** Where each stripe begins: the physical volume's UUID, and the extent there. */
  readonly stripes: readonly { readonly pv: string; readonly first: number }[];
}

/** Where the extents of one volume lie. */
export interface VolumeExtents {
  readonly uuid: string;
  readonly name: string;
  readonly segments: readonly ExtentSegment[];
}

/** Where all extents of a group lie. */
export interface GroupExtents {
  /** Extents of each physical volume, by UUID. */
  readonly pvs: ReadonlyMap<string, number>;
  readonly volumes: readonly VolumeExtents[];
}

/** A group in the text of vgcfgbackup. */
export interface GroupText {
  readonly section: MetadataSection;
  readonly extents: GroupExtents;
}

/** How many extents a volume has. */
export function countExtents({ segments }: VolumeExtents): number {
  return segments.reduce((sum, { extents }) => sum + extents, 0);
}

/**
 * Reads where the extents of a group lie, from the text that vgcfgrestore gets: linear and striped volumes only, which
 * are one segment type in the metadata (lib/format_text/export.c).
 */
export function readExtents(text: string, group: string): Parsed<GroupText> {
  const source = `the metadata of ${group}`;
  const parsed = parseMetadata(text, source);
  if (parsed.is === "unknown") return parsed;
  const section = parsed.facts.sections.find(({ name }) => name === group);
  if (section === undefined) return refuse(source, `has no group ${group}`);
  const pvs = child(section, "physical_volumes");
  const uuids = new Map(pvs.map((pv) => [pv.name, textOf(pv, "id")]));
  const counts = new Map<string, number>();
  for (const pv of pvs) {
    const [uuid, count] = [textOf(pv, "id"), numberOf(pv, "pe_count")];
    if (uuid === undefined || count === undefined) return refuse(source, `tells no extents of ${pv.name}`);
    counts.set(uuid, count);
  }
  const volumes: VolumeExtents[] = [];
  for (const volume of child(section, "logical_volumes")) {
    const segments = segmentSections(volume).map((segment) => readSegment(segment, uuids));
    const uuid = textOf(volume, "id");
    if (uuid === undefined || segments.some((segment) => segment === undefined)) {
      return refuse(source, `doesn't tell where the extents of ${volume.name} lie`);
    }
    volumes.push({ uuid, name: volume.name, segments: segments as ExtentSegment[] });
  }
  return known({ section, extents: { pvs: counts, volumes } });
}

/** The segments of a volume's section, in their order. */
export function segmentSections(volume: MetadataSection): readonly MetadataSection[] {
  return volume.sections.filter(({ name }) => /^segment\d+$/.test(name));
}

/** A section within another one, with what is in it. */
export function child(section: MetadataSection, name: string): readonly MetadataSection[] {
  return section.sections.find((one) => one.name === name)?.sections ?? [];
}

/** Sizes in the metadata are counted in sectors of 512 bytes. */
export const METADATA_SECTOR = 512;

function readSegment(
  segment: MetadataSection,
  uuids: ReadonlyMap<string, string | undefined>,
): ExtentSegment | undefined {
  const extents = numberOf(segment, "extent_count");
  const places = segment.values.get("stripes");
  if (extents === undefined || segment.values.get("type") !== "striped" || !Array.isArray(places)) return undefined;
  const stripes: { pv: string; first: number }[] = [];
  for (let at = 0; at < places.length; at += 2) {
    const [pv, first] = [uuids.get(String(places[at])), places[at + 1]];
    if (pv === undefined || typeof first !== "number") return undefined;
    stripes.push({ pv, first });
  }
  const isWhole = stripes.length > 0 && extents % stripes.length === 0;
  const stripeBytes = (numberOf(segment, "stripe_size") ?? 0) * METADATA_SECTOR;
  return isWhole ? { extents, stripeBytes: stripes.length === 1 ? 0 : stripeBytes, stripes } : undefined;
}

function textOf(section: MetadataSection, name: string): string | undefined {
  const value = section.values.get(name);
  return typeof value === "string" ? value : undefined;
}

function numberOf(section: MetadataSection, name: string): number | undefined {
  const value = section.values.get(name);
  return typeof value === "number" ? value : undefined;
}

function refuse(source: string, what: string): Parsed<never> {
  const failure: ProbeFailure = { reason: "unexpected-output", source, message: `${source} ${what}` };
  return { is: "unknown", failure };
}
