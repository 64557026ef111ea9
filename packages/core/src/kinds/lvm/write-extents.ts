import {
  child,
  type ExtentSegment,
  type GroupText,
  METADATA_SECTOR,
  segmentSections,
  type VolumeExtents,
} from "./extents.js";
import type { MetadataSection } from "./metadata-text.js";

/** What is written anew in a group's metadata. */
export interface NewExtents {
  /** Physical volumes with another number of extents, by UUID; and what their devices have. */
  readonly pvs: ReadonlyMap<string, { readonly extents: number; readonly deviceBytes: number }>;
  /** Volumes whose extents lie elsewhere, or are more or fewer. */
  readonly volumes: readonly VolumeExtents[];
}

/**
 * The text that vgcfgrestore gets, with other numbers of extents and other places for them; all else, every UUID, tag
 * and policy, stays to the letter.
 */
export function writeExtents(text: string, { section }: GroupText, fitted: NewExtents): string {
  const pvs = child(section, "physical_volumes");
  const names = new Map(pvs.map((pv) => [String(pv.values.get("id")), pv.name]));
  const volumes = new Map(fitted.volumes.map((volume) => [volume.uuid, volume]));
  const edits = [
    ...pvs.flatMap((pv) => {
      const now = fitted.pvs.get(String(pv.values.get("id")));
      if (now === undefined) return [];
      return [
        replaceValue(text, pv, "dev_size", String(Math.floor(now.deviceBytes / METADATA_SECTOR))),
        replaceValue(text, pv, "pe_count", String(now.extents)),
      ];
    }),
    ...child(section, "logical_volumes").flatMap((volume) => {
      const now = volumes.get(String(volume.values.get("id")));
      if (now === undefined) return [];
      return [
        replaceValue(text, volume, "segment_count", String(now.segments.length)),
        replaceSegments(volume, now, names),
      ];
    }),
  ];
  return edited(text, edits);
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A number, and the comment behind it, which has it in words. */
function replaceValue(text: string, section: MetadataSection, name: string, value: string): Edit {
  const span = section.spans.get(name);
  if (span === undefined) return { from: section.to - 1, to: section.to - 1, text: `${name} = ${value}\n` };
  const comment = /^[ \t]*#[^\n]*/.exec(text.slice(span.to))?.[0] ?? "";
  return { from: span.from, to: span.to + comment.length, text: value };
}

function replaceSegments(
  section: MetadataSection,
  { segments }: VolumeExtents,
  names: ReadonlyMap<string, string>,
): Edit {
  const old = segmentSections(section);
  let start = 0;
  const written = segments.map((segment, at) => {
    const one = writeSegment(segment, { number: at + 1, start, names });
    start += segment.extents;
    return one;
  });
  return { from: old[0]?.from ?? section.to - 1, to: old.at(-1)?.to ?? section.to - 1, text: written.join("\n") };
}

function writeSegment(
  { extents, stripeBytes, stripes }: ExtentSegment,
  place: { readonly number: number; readonly start: number; readonly names: ReadonlyMap<string, string> },
): string {
  const lines = [
    `segment${place.number} {`,
    `start_extent = ${place.start}`,
    `extent_count = ${extents}`,
    'type = "striped"',
    `stripe_count = ${stripes.length}`,
    ...(stripes.length === 1 ? [] : [`stripe_size = ${stripeBytes / METADATA_SECTOR}`]),
    `stripes = [ ${stripes.map(({ pv, first }) => `"${place.names.get(pv)}", ${first}`).join(", ")} ]`,
    "}",
  ];
  return lines.join("\n");
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}
