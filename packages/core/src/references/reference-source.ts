import type { Layout } from "../layout/layout.js";

/** Files of the server in which disks are named by what they are called. */
export interface ReferenceFiles {
  /** Paths in the server's file tree; `*` stands for any part of a name. What isn't there is left out. */
  readonly paths: readonly string[];
  /** True where the server may not boot, or lose a filesystem, by a name that is gone. */
  readonly needed: boolean;
  /** One of the kind's {@link References.syntaxes}; otherwise any whole word of the text may be a name. */
  readonly syntax?: string;
}

/**
 * Writes a file's text anew. `rename` translates the names in any part of the text, and remembers those that it can't:
 * it is called for what may name disks.
 */
export type Rewrite = (text: string, rename: (part: string) => string) => string;

/** Where a kind's configuration names disks, and how. */
export interface References {
  /** By what the layout says of the server. Pure. */
  files(layout: Layout): readonly ReferenceFiles[];
  /** How names stand in those files where whole words aren't right, by a name of its own. */
  readonly syntaxes?: Readonly<Record<string, Rewrite>>;
}

/** What the rewriting of references needs of a storage kind. */
export interface ReferenceSource {
  readonly kind: string;
  readonly references?: References;
}

/** How an action names a kind's syntax. */
export function syntaxName(kind: string, syntax: string): string {
  return `${kind}/${syntax}`;
}

/** All syntaxes of a registry, by the names that actions use. */
export function rewritersOf(sources: readonly ReferenceSource[]): ReadonlyMap<string, Rewrite> {
  return new Map(
    sources.flatMap(({ kind, references }) =>
      Object.entries(references?.syntaxes ?? {}).map(([name, rewrite]) => [syntaxName(kind, name), rewrite] as const),
    ),
  );
}
