import type { FieldSource } from "../layout/fields.js";
import type { FitSource } from "../layout/fit-source.js";
import type { NodeSource } from "../layout/node-source.js";
import type { StepSource } from "../plan/step-source.js";
import type { ReferenceSource } from "../references/reference-source.js";
import type { LastUseSource } from "../rescue/last-use.js";

/**
 * A storage kind: what it reads, what it adds to the layout, how it is rebuilt, how it is fitted to disks of other
 * sizes, which of its fields are compared, when it was last used, where configuration calls its disks by
 * their names.
 * One folder below `kinds/` and one line in `kinds/index.ts`. A kind never imports another kind.
 */
export interface Kind<F = unknown>
  extends NodeSource<F>,
    StepSource,
    FieldSource,
    FitSource,
    LastUseSource,
    ReferenceSource {
  readonly kind: string;
}

/** Declares a kind with its own type of facts, for a registry that needn't know it. */
export function defineKind<F>(kind: Kind<F>): Kind {
  return kind as Kind;
}
