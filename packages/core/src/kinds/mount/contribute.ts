import type { Draft } from "../../layout/draft.js";
import type { PlainDirectory } from "./detail.js";
import type { MountFacts } from "./facts.js";
import { reportMounts } from "./findings.js";
import { type JoinedMount, joinMounts } from "./join.js";

/** Second pass: adds the mounts, and says what of the filesystems won't come back. */
export function contributeMounts(facts: MountFacts, draft: Draft): void {
  const result = joinMounts(facts, draft);
  for (const { mount } of result.joined) draft.addMount(mount);
  draft.setConfig("mount", { table: facts.table, directories: plainDirectories(facts, result.joined) });
  reportMounts(facts, result, draft);
}

/** The directories that were asked and aren't mount points: those above mount points, and those that a backup may leave out. */
function plainDirectories(facts: MountFacts, joined: readonly JoinedMount[]): PlainDirectory[] {
  const points = new Set(joined.map(({ mount }) => mount.at));
  return [...facts.places].flatMap(([at, attributes]) =>
    attributes === null || points.has(at) ? [] : [{ at, ...attributes }],
  );
}
