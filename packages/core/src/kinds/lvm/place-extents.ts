import { countExtents, type ExtentSegment, type VolumeExtents } from "./extents.js";
import { FreeExtents } from "./free-extents.js";

/** A physical volume that may have become smaller or larger, in extents. */
export interface SizedPv {
  readonly uuid: string;
  readonly was: number;
  readonly now: number;
  /** LVM may put volumes on it; what lies there already stays in any case. */
  readonly allocatable: boolean;
}

/** What is asked of {@link placeExtents}. */
export interface ExtentRequest {
  readonly pvs: readonly SizedPv[];
  readonly volumes: readonly VolumeExtents[];
  /** Shrink and grow volumes; otherwise they keep their sizes. */
  readonly resize: boolean;
  /** The least extents that a volume may have; null where it may lose none. */
  least(uuid: string): number | null;
  /** Whether a volume would use more. */
  grows(uuid: string): boolean;
}

/** Where the extents are to be. */
export type ExtentAnswer =
  | { readonly is: "placed"; readonly volumes: readonly VolumeExtents[] }
  /** So many extents are missing. */
  | { readonly is: "short"; readonly extents: number }
  /** There is room enough, but the stripes of this volume can't all lie on physical volumes of their own. */
  | { readonly is: "unplaceable"; readonly volume: string };

/**
 * Gives the volumes of a group their extents on physical volumes of other sizes. What lies on extents that still are
 * there stays there. Volumes are cut only where all of them together don't fit, beginning with the one whose extents
 * come last on a physical volume that became smaller, each as far as it may be cut. What physical volumes gained, and no
 * other volume needed, goes to the linear volume whose extents came last on it and which would use it.
 */
export function placeExtents(request: ExtentRequest): ExtentAnswer {
  const cut = cutToRoom(request);
  if (!Array.isArray(cut)) return cut as ExtentAnswer;
  const placed = moveInside(cut as readonly VolumeExtents[], request.pvs);
  if (!Array.isArray(placed)) return placed as ExtentAnswer;
  const volumes = request.resize ? grow(placed as readonly VolumeExtents[], request) : placed;
  return { is: "placed", volumes: (volumes as readonly VolumeExtents[]).map(keepIfSame(request.volumes)) };
}

/** The very volume that was recorded, where nothing of it changes. */
function keepIfSame(before: readonly VolumeExtents[]): (volume: VolumeExtents) => VolumeExtents {
  const byUuid = new Map(before.map((volume) => [volume.uuid, volume]));
  return (volume) => {
    const was = byUuid.get(volume.uuid);
    return was !== undefined && JSON.stringify(was) === JSON.stringify(volume) ? was : volume;
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function cutToRoom(request: ExtentRequest): readonly VolumeExtents[] | ExtentAnswer {
  const { pvs, volumes } = request;
  let missing = total(volumes.map(countExtents)) - room(request);
  if (missing <= 0) return volumes;
  if (!request.resize) return { is: "short", extents: missing };
  const smaller = new Set(pvs.filter(({ was, now }) => now < was).map(({ uuid }) => uuid));
  const order = volumes
    .map((volume) => ({ volume, last: lastExtentOn(volume, smaller) }))
    .filter(({ last }) => last >= 0)
    .sort((a, b) => b.last - a.last);
  const cut = new Map<string, VolumeExtents>();
  for (const { volume } of order) {
    const least = request.least(volume.uuid);
    if (missing <= 0 || least === null) continue;
    const shorter = shorten(volume, Math.min(missing, countExtents(volume) - least));
    missing -= countExtents(volume) - countExtents(shorter);
    cut.set(volume.uuid, shorter);
  }
  if (missing > 0) return { is: "short", extents: missing };
  return volumes.map((volume) => cut.get(volume.uuid) ?? volume);
}

/** Extents that volumes can have; where nothing new may go, those that have theirs there. */
function room({ pvs, volumes }: ExtentRequest): number {
  const stripes = volumes.flatMap(({ segments }) =>
    segments.flatMap(({ extents, stripes }) =>
      stripes.map((stripe) => ({ ...stripe, rows: extents / stripes.length })),
    ),
  );
  return total(
    pvs.map(({ uuid, now, allocatable }) => {
      if (allocatable) return now;
      return total(
        stripes.filter(({ pv }) => pv === uuid).map(({ first, rows }) => Math.max(0, Math.min(rows, now - first))),
      );
    }),
  );
}

/** The last extent of a volume on any of these physical volumes; -1 where it has none there. */
function lastExtentOn({ segments }: VolumeExtents, pvs: ReadonlySet<string>): number {
  const ends = segments.flatMap(({ extents, stripes }) =>
    stripes.filter(({ pv }) => pvs.has(pv)).map(({ first }) => first + extents / stripes.length - 1),
  );
  return Math.max(-1, ...ends);
}

/** Cuts a volume at its end by at most so many extents: whole rows of stripes, and never all of it. */
function shorten(volume: VolumeExtents, extents: number): VolumeExtents {
  let left = Math.max(0, Math.min(extents, countExtents(volume) - 1));
  const segments: ExtentSegment[] = [];
  for (const segment of [...volume.segments].reverse()) {
    const width = segment.stripes.length;
    const cut = Math.floor(Math.min(left, segment.extents) / width) * width;
    // nothing before a segment that stays can be cut
    left = cut < segment.extents ? 0 : left - cut;
    if (cut < segment.extents) segments.unshift({ ...segment, extents: segment.extents - cut });
  }
  return { ...volume, segments };
}

/** Moves what lies beyond the end of a physical volume to free extents; striped ones first, which can't go everywhere. */
function moveInside(
  volumes: readonly VolumeExtents[],
  pvs: readonly SizedPv[],
): readonly VolumeExtents[] | ExtentAnswer {
  const free = new FreeExtents(pvs);
  for (const { segments } of volumes) for (const segment of segments) free.takeSegment(segment);
  const moved = new Map<ExtentSegment, readonly ExtentSegment[]>();
  const all = volumes.flatMap(({ name, segments }) => segments.map((segment) => ({ name, segment })));
  for (const { name, segment } of all.sort((a, b) => b.segment.stripes.length - a.segment.stripes.length)) {
    const pieces = free.rehome(segment);
    if (pieces === undefined) return { is: "unplaceable", volume: name };
    moved.set(segment, pieces);
  }
  return volumes.map((volume) => ({
    ...volume,
    segments: joined(volume.segments.flatMap((segment) => moved.get(segment) ?? [])),
  }));
}

/** Segments that go on where the one before ends are one, as LVM itself has it. */
function joined(segments: readonly ExtentSegment[]): ExtentSegment[] {
  const result: ExtentSegment[] = [];
  for (const segment of segments) {
    const before = result.at(-1);
    if (before !== undefined && goesOn(before, segment)) {
      result[result.length - 1] = { ...before, extents: before.extents + segment.extents };
    } else result.push(segment);
  }
  return result;
}

function goesOn(before: ExtentSegment, next: ExtentSegment): boolean {
  if (before.stripes.length !== next.stripes.length || before.stripeBytes !== next.stripeBytes) return false;
  const rows = before.extents / before.stripes.length;
  return before.stripes.every(({ pv, first }, at) => {
    const other = next.stripes[at];
    return other?.pv === pv && other.first === first + rows;
  });
}

/** Gives away what physical volumes gained, but for as many extents as were free before. */
function grow(
  volumes: readonly VolumeExtents[],
  { pvs, grows, volumes: before }: ExtentRequest,
): readonly VolumeExtents[] {
  const freeBefore = total(pvs.map(({ was }) => was)) - total(before.map(countExtents));
  let left = total(pvs.map(({ now }) => now)) - total(volumes.map(countExtents)) - freeBefore;
  const free = new FreeExtents(pvs);
  for (const { segments } of volumes) for (const segment of segments) free.takeSegment(segment);
  const grown = new Map(volumes.map((volume) => [volume.uuid, volume]));
  for (const { uuid, was, now } of pvs) {
    const taker = before
      .map((volume) => ({ uuid: volume.uuid, last: lastExtentOn(volume, new Set([uuid])) }))
      .filter(({ last }) => last >= 0)
      .sort((a, b) => b.last - a.last)
      .map((volume) => grown.get(volume.uuid) as VolumeExtents)
      .find((volume) => grows(volume.uuid) && volume.segments.at(-1)?.stripes.length === 1);
    if (taker === undefined) continue;
    for (const run of free.runsOn(uuid, was, now)) {
      const extents = Math.min(run.length, left);
      if (extents <= 0) continue;
      left -= extents;
      const volume = grown.get(taker.uuid) as VolumeExtents;
      const segment = { extents, stripeBytes: 0, stripes: [{ pv: uuid, first: run.first }] };
      grown.set(taker.uuid, { ...volume, segments: joined([...volume.segments, segment]) });
    }
  }
  return volumes.map((volume) => grown.get(volume.uuid) as VolumeExtents);
}
