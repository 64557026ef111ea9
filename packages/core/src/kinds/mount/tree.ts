import type { Mounted } from "../../layout/mountinfo.js";

/** A mount and how it stands to the others. */
export interface PlacedMount {
  readonly mounted: Mounted;
  /** What its mount point lies in; null for the root of all. */
  readonly parent: PlacedMount | null;
  /** Covered by another mount at its place or above it: no path leads to it. */
  readonly hidden: boolean;
}

/** True for a path itself and everything below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}

/** The directories above a path, nearest first: `/a`, `/` for `/a/b`. */
export function directoriesAbove(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  if (path === "/") return [];
  return [...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`).reverse(), "/"];
}

/** Finds out which mounts can be seen, and in what each lies. In the order of the table. */
export function placeMounts(mounted: readonly Mounted[]): readonly PlacedMount[] {
  return mounted.some((mount) => mount.id === null) ? placeByPath(mounted) : placeByNumber(mounted);
}

/** mountinfo says on which mount each one stands, in whatever order they were made or moved. */
function placeByNumber(mounted: readonly Mounted[]): readonly PlacedMount[] {
  const byId = new Map(mounted.map((mount) => [mount.id, mount]));
  const children = childrenByPlace(mounted);
  const onTop = (mount: Mounted) => children.get(mount.id)?.get(mount.at) !== undefined;
  const placed = new Map<Mounted, PlacedMount & { readonly reachable: boolean }>();
  const place = (mount: Mounted): PlacedMount & { readonly reachable: boolean } => {
    const done = placed.get(mount);
    if (done !== undefined) return done;
    const above = byId.get(mount.parent);
    const parent = above === undefined || above === mount ? null : place(above);
    const siblings = children.get(mount.parent);
    // Had the mount nearer to the root been there first, this one would stand on it.
    const covered =
      siblings?.get(mount.at) !== mount || directoriesAbove(mount.at).some((path) => siblings.get(path) !== undefined);
    const reachable = parent === null || (parent.reachable && !covered);
    const result = { mounted: mount, parent, reachable, hidden: !reachable || onTop(mount) };
    placed.set(mount, result);
    return result;
  };
  return mounted.map(place);
}

/** By the parent's number, then by mount point, the last one at each. */
function childrenByPlace(mounted: readonly Mounted[]): ReadonlyMap<number | null, ReadonlyMap<string, Mounted>> {
  const children = new Map<number | null, Map<string, Mounted>>();
  for (const mount of mounted) {
    if (mount.id === mount.parent) continue;
    const places = children.get(mount.parent);
    if (places === undefined) children.set(mount.parent, new Map([[mount.at, mount]]));
    else places.set(mount.at, mount);
  }
  return children;
}

/** /proc/mounts has only the order, and that says nothing of what an initramfs mounted before the root. */
function placeByPath(mounted: readonly Mounted[]): readonly PlacedMount[] {
  const last = new Map(mounted.map((mount) => [mount.at, mount]));
  const placed = new Map<Mounted, PlacedMount>();
  const place = (mount: Mounted): PlacedMount => {
    const done = placed.get(mount);
    if (done !== undefined) return done;
    const above = directoriesAbove(mount.at).find((path) => last.has(path));
    const parent = above === undefined ? null : place(last.get(above) as Mounted);
    const result = { mounted: mount, parent, hidden: last.get(mount.at) !== mount };
    placed.set(mount, result);
    return result;
  };
  return mounted.map(place);
}
