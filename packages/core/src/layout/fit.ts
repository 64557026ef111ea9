import type { FitChange, FitContext, FitPart, FitProblem, FitRules, FitSource, Least } from "./fit-source.js";
import type { NodeId } from "./ids.js";
import { type BlockNode, type BoundNode, isBlockNode, isBoundNode, type Layout } from "./layout.js";
import { rebuiltNodes } from "./rebuilt.js";

/** A layout as it is to be on disks of these sizes. */
export interface FittedLayout {
  /** The recorded one itself where nothing changes. */
  readonly layout: Layout;
  /** What becomes of what, from the disks upwards. */
  readonly changes: readonly FitChange[];
  /** Everything that doesn't fit; then the layout can't be used. */
  readonly problems: readonly FitProblem[];
}

/**
 * Fits a layout to the disks that take the places of the recorded ones. Pure, and a fitted layout fits the same disks
 * unchanged.
 *
 * The rule: partitions and volumes keep places and sizes where they fit. A physical volume may become smaller, as long
 * as all volumes of its group keep their sizes. With `resize` the last partition of a disk, the last volume on a
 * physical volume and what is on them fill a larger disk, or are cut to a smaller one; how far, each kind says.
 *
 * @param sizes bytes of the disk that takes the place of each recorded one; one that isn't named keeps its size
 */
export function fitLayout(
  recorded: Layout,
  sizes: ReadonlyMap<NodeId, number>,
  sources: readonly FitSource[],
  options: { readonly resize: boolean },
): FittedLayout {
  const rebuilt = rebuiltNodes(recorded);
  const disks = recorded.nodes
    .filter((node): node is BoundNode => isBlockNode(node) && isBoundNode(node) && rebuilt.has(node.id))
    .flatMap((node): BoundNode[] => {
      const bytes = sizes.get(node.id);
      return bytes === undefined || bytes === node.bytes ? [] : [{ ...node, bytes }];
    });
  if (disks.length === 0) return { layout: recorded, changes: [], problems: [] };
  const fitted = fitAll({ recorded, disks, sources, resize: options.resize });
  if (options.resize || fitted.problems.length === 0) return fitted;
  const resized = fitAll({ recorded, disks, sources, resize: true });
  if (resized.problems.length > 0) return fitted;
  return { ...fitted, problems: fitted.problems.map(orByResizing) };
}

function orByResizing(problem: FitProblem): FitProblem {
  return { ...problem, remedy: `--resize makes it fit, and shows what becomes of each; or ${problem.remedy}` };
}

interface Fitting {
  readonly recorded: Layout;
  /** With their new sizes. */
  readonly disks: readonly BoundNode[];
  readonly sources: readonly FitSource[];
  readonly resize: boolean;
}

function fitAll({ recorded, disks, sources, resize }: Fitting): FittedLayout {
  const rules = new Map(sources.map((source) => [source.kind, source.fit ?? {}]));
  const changes: FitChange[] = disks.map((disk) => diskChange(disk, recorded));
  const problems: FitProblem[] = [];
  let layout = withNodes(recorded, disks);
  const take = (part: FitPart): void => {
    layout = withNodes(layout, part.nodes ?? []);
    changes.push(...(part.changes ?? []));
    problems.push(...(part.problems ?? []));
  };
  const context = (): FitContext => ({
    recorded,
    layout,
    resize,
    grows: (node) => rulesOf(node, rules)?.grows?.(node, recorded) ?? false,
    least: (node) => leastOf(node, rules, recorded),
  });
  for (const { fit } of sources) if (fit?.nodes !== undefined) take(fit.nodes(context()));
  const was = new Map(recorded.nodes.filter(isBlockNode).map((node) => [node.id, node]));
  for (const node of layout.nodes.filter(isBlockNode)) {
    const before = was.get(node.id);
    if (before !== undefined && before.bytes !== node.bytes) take(fitContent(node, before, rules, context()));
  }
  return { layout, changes, problems };
}

function diskChange(disk: BoundNode, recorded: Layout): FitChange {
  const before = recorded.nodes.find((node): node is BoundNode => node.id === disk.id);
  return { node: disk.id, what: "disk", wasBytes: before?.bytes ?? 0, bytes: disk.bytes ?? 0 };
}

function withNodes(layout: Layout, nodes: NonNullable<FitPart["nodes"]>): Layout {
  if (nodes.length === 0) return layout;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return { ...layout, nodes: layout.nodes.map((node) => byId.get(node.id) ?? node) };
}

type Rules = ReadonlyMap<string, FitRules>;

/** The rules of the kind that knows what is on a node. */
function rulesOf({ content }: BlockNode, rules: Rules): FitRules | undefined {
  return "kind" in content ? rules.get(content.kind) : undefined;
}

function leastOf(node: BlockNode, rules: Rules, recorded: Layout): Least {
  const { content } = node;
  if (content.is === "empty") return { is: "known", bytes: 1 };
  return (
    rulesOf(node, rules)?.least?.(node, recorded) ?? {
      is: "unknown",
      why: `${describeContent(node)} can't be made smaller`,
    }
  );
}

/** Tables and physical volumes were fitted by their kinds, with the nodes on them. */
function fitContent(node: BlockNode, before: BlockNode, rules: Rules, context: FitContext): FitPart {
  const { content } = node;
  if (content.is === "table" || content.is === "pv" || content.is === "extended" || content.is === "empty") return {};
  const own = rulesOf(node, rules)?.content;
  if (own !== undefined) return own(node, context);
  if ((node.bytes ?? 0) >= (before.bytes ?? 0)) return {};
  const message = `${node.id} would have ${node.bytes} bytes instead of ${before.bytes}, and ${describeContent(node)} can't be made smaller`;
  return {
    problems: [{ code: "cannot-shrink", node: node.id, message, remedy: "map the recorded disk onto a larger one" }],
  };
}

function describeContent({ content }: BlockNode): string {
  if (content.is === "filesystem") return `its ${content.type}`;
  if (content.is === "foreign") return `the ${content.type} on it`;
  return content.is === "unknown" ? "what is on it (nobody could look)" : `the ${content.is} on it`;
}
