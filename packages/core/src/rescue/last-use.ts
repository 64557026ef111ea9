import type { NodeId } from "../layout/ids.js";
import type { Detail, Layout } from "../layout/layout.js";
import { isBlockNode } from "../layout/layout.js";

/** What the confirmation needs of a storage kind: when and where what it understands was last used. */
export interface LastUseSource {
  /** The kind's name, as it stands in contents. */
  readonly kind: string;
  /** For people, `last mounted on /srv, Sat Nov 21 22:10:03 2026`; null where the content doesn't say. */
  lastUse?(detail: Detail): string | null;
}

/** What the contents of a layout say of when and where they were last used. */
export function lastUses(layout: Layout, kinds: readonly LastUseSource[]): ReadonlyMap<NodeId, string> {
  const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));
  return new Map(
    layout.nodes.filter(isBlockNode).flatMap(({ id, content }): [NodeId, string][] => {
      if (!("detail" in content)) return [];
      const said = byKind.get(content.kind)?.lastUse?.(content.detail);
      return said === null || said === undefined ? [] : [[id, said]];
    }),
  );
}
