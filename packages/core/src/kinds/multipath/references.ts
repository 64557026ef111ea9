import { readDetail } from "../../layout/detail.js";
import type { Layout } from "../../layout/layout.js";
import type { ReferenceFiles, References, Rewrite } from "../../references/reference-source.js";
import { MultipathConfigSchema } from "./detail.js";

/** Where multipath's configuration names LUNs: by default, and where the recorded configuration has it. */
export const multipathReferences: References = {
  files: multipathFiles,
  syntaxes: { bindings: rewriteBindings },
};

const BINDINGS: readonly string[] = ["/etc/multipath/bindings", "/var/lib/multipath/bindings"];
const OTHERS: readonly string[] = [
  ...["/etc/multipath.conf", "/etc/multipath/conf.d/*.conf"],
  ...["/etc/multipath/wwids", "/etc/multipath/prkeys"],
];

function multipathFiles(layout: Layout): readonly ReferenceFiles[] {
  const { multipath } = layout.config;
  const recorded =
    multipath === undefined ? [] : readDetail(MultipathConfigSchema, multipath).files.map(({ path }) => path);
  const all = (known: readonly string[], own: readonly string[]) => [...new Set([...known, ...own])];
  return [
    {
      paths: all(
        OTHERS,
        recorded.filter((path) => !isBindings(path)),
      ),
      needed: true,
    },
    { paths: all(BINDINGS, recorded.filter(isBindings)), needed: true, syntax: "bindings" },
  ];
}

/** Whether a recorded file is the one in which each line gives a WWID its alias. */
export function isBindings(path: string): boolean {
  return !path.endsWith(".conf") && !path.endsWith("wwids");
}

/**
 * Each line binds an alias to a WWID. Where the LUN that takes a place had an alias of its own here, the alias of the
 * lost one counts, since that is what the configuration uses: multipath takes the first of two (libmultipath/alias.c).
 */
export function rewriteBindings(text: string, rename: Parameters<Rewrite>[1]): string {
  const lines = (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ line, now: rename(line) }));
  const renamed = lines.filter(({ line, now }) => line !== now);
  const taken = new Set(renamed.flatMap(({ now }) => wwidIn(now) ?? []));
  const isTaken = (line: string) => taken.has(wwidIn(line) ?? "");
  return lines
    .filter(({ line, now }) => line !== now || !isTaken(line))
    .map(({ now }) => now)
    .join("");
}

/** The WWID of a line that binds one. */
function wwidIn(line: string): string | undefined {
  return /^\s*[^#\s]\S*\s+(\S+)/.exec(line)?.[1];
}
