import type { BackupContext } from "@bmr/core";
import { INDEX, literalPattern, memberOf, OWN } from "./names.js";
import type { Place } from "./options.js";
import { partial } from "./place.js";

/** `--exclude` for everything that stays out, each pattern anchored at the root and literal. */
export function excludeOptions(context: BackupContext<unknown>, place: Place): readonly string[] {
  const patterns = new Set([literalPattern(OWN)]);
  for (const { path, contentsOnly } of context.scope.leftOut) {
    const pattern = literalPattern(memberOf(withoutSlash(path)));
    if (path !== "/") patterns.add(contentsOnly ? `${pattern}/*` : pattern);
  }
  const own = place.is === "file" ? [place.path, partial(place)] : [];
  for (const path of [...own, context.workDirectory]) {
    const inside = insideRoot(path, context.root);
    if (inside !== undefined) patterns.add(literalPattern(memberOf(inside)));
  }
  return [
    "--anchored",
    "--wildcards",
    "--wildcards-match-slash",
    ...[...patterns].map((pattern) => `--exclude=${pattern}`),
  ];
}

/** A path of this machine as the path in the tree that is saved; undefined when it isn't in there. */
function insideRoot(path: string, root: string): string | undefined {
  if (root === "/") return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Where tar writes the list of members, below the work directory. */
export function indexFile(workDirectory: string): string {
  return `${workDirectory}${INDEX.slice(1)}`;
}
