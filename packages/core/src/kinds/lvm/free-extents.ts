import type { ExtentSegment } from "./extents.js";

/** Extents side by side on one physical volume. */
export interface Run {
  readonly first: number;
  readonly length: number;
}

/** The extents of a group's physical volumes that nothing lies on. */
export class FreeExtents {
  /** By physical volume, in their order. */
  private readonly free: Map<string, Run[]>;
  private readonly capacity: ReadonlyMap<string, number>;

  constructor(pvs: readonly { readonly uuid: string; readonly now: number; readonly allocatable: boolean }[]) {
    this.capacity = new Map(pvs.map(({ uuid, now }) => [uuid, now]));
    this.free = new Map(
      pvs.map(({ uuid, now, allocatable }) => [uuid, allocatable && now > 0 ? [{ first: 0, length: now }] : []]),
    );
  }

  /** Takes what of a segment lies within its physical volumes. */
  takeSegment({ extents, stripes }: ExtentSegment): void {
    const rows = extents / stripes.length;
    for (const { pv, first } of stripes) this.take(pv, first, Math.min(rows, this.inside(pv, first)));
  }

  /** The free runs of a physical volume between two extents, the second one not among them. */
  runsOn(pv: string, from: number, to: number): readonly Run[] {
    return (this.free.get(pv) ?? []).flatMap((run) => {
      const first = Math.max(run.first, from);
      const end = Math.min(run.first + run.length, to);
      return end > first ? [{ first, length: end - first }] : [];
    });
  }

  /**
   * A segment with all of its extents within its physical volumes: as it is, or in pieces, of which those beyond the end
   * of a physical volume lie on free extents, of the same physical volume where there are any. Undefined where a stripe
   * finds no room beside the others.
   */
  rehome(segment: ExtentSegment): readonly ExtentSegment[] | undefined {
    const width = segment.stripes.length;
    const rows = segment.extents / width;
    const stay = Math.min(rows, ...segment.stripes.map(({ pv, first }) => this.inside(pv, first)));
    const pieces: ExtentSegment[] = stay > 0 ? [{ ...segment, extents: stay * width }] : [];
    for (let done = stay; done < rows; ) {
      const piece = this.nextPiece(segment, done, rows - done);
      if (piece === undefined) return undefined;
      pieces.push(piece);
      done += piece.extents / width;
    }
    return pieces;
  }

  /** How many extents there are from this one on. */
  private inside(pv: string, first: number): number {
    return Math.max(0, (this.capacity.get(pv) ?? 0) - first);
  }

  /** The longest piece from this row on whose every stripe lies on a run of its own. */
  private nextPiece(segment: ExtentSegment, row: number, rows: number): ExtentSegment | undefined {
    const taken = new Set<string>();
    const places: (Run & { readonly pv: string; readonly isNew: boolean })[] = [];
    for (const { pv, first } of segment.stripes) {
      const own = this.inside(pv, first + row);
      if (own > 0) {
        places.push({ pv, first: first + row, length: Math.min(own, rows), isNew: false });
        taken.add(pv);
      } else places.push({ pv, first: -1, length: 0, isNew: true });
    }
    for (const [at, { pv, isNew }] of places.entries()) {
      if (!isNew) continue;
      const others = [...this.free.keys()].filter((other) => other !== pv);
      const found = [pv, ...others]
        .filter((candidate) => !taken.has(candidate))
        .map((candidate) => ({ pv: candidate, run: bestRun(this.free.get(candidate) ?? [], rows) }))
        .find(({ run }) => run !== undefined);
      if (found?.run === undefined) return undefined;
      taken.add(found.pv);
      places[at] = { pv: found.pv, ...found.run, isNew: true };
    }
    const length = Math.min(rows, ...places.map((place) => place.length));
    for (const place of places) if (place.isNew) this.take(place.pv, place.first, length);
    const stripes = places.map(({ pv, first }) => ({ pv, first }));
    return { ...segment, extents: length * stripes.length, stripes };
  }

  private take(pv: string, first: number, length: number): void {
    const runs = (this.free.get(pv) ?? []).flatMap((run): Run[] => {
      const end = run.first + run.length;
      const before = { first: run.first, length: Math.min(end, first) - run.first };
      const after = { first: Math.max(run.first, first + length), length: end - Math.max(run.first, first + length) };
      return [before, after].filter((part) => part.length > 0);
    });
    this.free.set(pv, runs);
  }
}

/** The smallest run that holds so many extents, else the largest one. */
function bestRun(runs: readonly Run[], extents: number): Run | undefined {
  const enough = runs.filter(({ length }) => length >= extents);
  if (enough.length > 0) return enough.reduce((best, run) => (run.length < best.length ? run : best));
  return runs.reduce<Run | undefined>(
    (best, run) => (best === undefined || run.length > best.length ? run : best),
    undefined,
  );
}
