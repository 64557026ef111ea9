import { compareFields, type Difference, rowsOf, type Tables, tablesOf } from "./compare-fields.js";
import { compareMounts } from "./compare-mounts.js";
import { compareNodes, isPath } from "./compare-nodes.js";
import type { Field, FieldSource } from "./fields.js";
import type { Finding } from "./finding.js";
import type { NodeId } from "./ids.js";
import type { Content, Layout } from "./layout.js";

/** What compare looks at. */
export interface CompareOptions {
  /** The moment: fields that hold from `diskinit` on, or those and the ones that hold from `restore` on. */
  readonly when: "diskinit" | "restore";
  /** Only these nodes, where given: what a plan rebuilds. */
  readonly scope?: ReadonlySet<NodeId>;
}

/**
 * Compares a rebuilt layout with the recorded one, field by field, by the kinds' tables. Pure. Things that are there now
 * and weren't recorded are no difference: a rescue system has disks of its own. What a finding of the recorded layout
 * excepts is a difference too, and says so (`stated`).
 */
export function compare(
  recorded: Layout,
  now: Layout,
  sources: readonly FieldSource[],
  options: CompareOptions,
): Difference[] {
  const { when, scope } = options;
  const tables = tablesOf(sources, (field) => holds(field, when));
  const nodes = compareNodes(recorded, now, {
    tables,
    takes: (node) => !isPath(node) && (scope === undefined || scope.has(node.id)),
    contentMatters: isPromised,
  });
  const rest =
    when === "diskinit"
      ? []
      : [
          ...compareMounts(recorded.mounts, now.mounts, rowsOf(tables, "mount", "mount")),
          ...compareConfig(recorded, now, tables),
        ];
  return [...nodes, ...rest].map((difference) => withStatement(difference, recorded.findings));
}

function holds(field: Field, when: CompareOptions["when"]): boolean {
  return field.holds === "diskinit" || field.holds === when;
}

/** What no kind restores was said by a finding; it isn't promised. */
function isPromised(was: Content): boolean {
  return was.is !== "foreign" && was.is !== "unknown" && was.is !== "empty";
}

function compareConfig(was: Layout, is: Layout, tables: Tables): Difference[] {
  return [...tables.keys()].flatMap((kind) => {
    const [before, after] = [was.config[kind], is.config[kind]];
    if (before === undefined) return [];
    return compareFields(kind, rowsOf(tables, kind, "config"), before, after ?? {}, "config.");
  });
}

function withStatement(difference: Difference, findings: readonly Finding[]): Difference {
  const { subject, field } = difference;
  const covers = (excepted: string) => field === excepted || field.startsWith(`${excepted}.`);
  const finding = findings.find(({ excepts }) =>
    excepts?.some((excepted) => excepted.node === subject && covers(excepted.field)),
  );
  return finding === undefined ? difference : { ...difference, stated: finding.code };
}
