import type { NodeId } from "../layout/ids.js";
import type { NamedDisk } from "../references/names-of.js";
import { type ReferenceSource, type Rewrite, rewritersOf } from "../references/reference-source.js";
import { type Renames, renamesOf } from "../references/renames.js";
import type { Binding } from "./bind-disks.js";

/** What disks are called here, and how that is written into files. */
export interface Renaming {
  readonly renames: Renames;
  /** The kinds' syntaxes, by the names that actions use. */
  readonly rewriters: ReadonlyMap<string, Rewrite>;
}

/** How the disks that were bound are called, beside how they were called when the server was scanned. */
export function renamingOf(
  bindings: readonly Pick<Binding, "disk" | "candidate" | "volume">[],
  kinds: readonly ReferenceSource[],
): Renaming {
  const replaced = bindings.map(({ disk, candidate, volume }) => ({
    old: disk satisfies NamedDisk & { readonly node: NodeId },
    now: candidate.node,
    sameVolume: volume === "same",
  }));
  return { renames: renamesOf(replaced), rewriters: rewritersOf(kinds) };
}
