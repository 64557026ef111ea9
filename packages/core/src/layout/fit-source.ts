import type { NodeId } from "./ids.js";
import type { BlockNode, Layout, LayoutNode } from "./layout.js";

/** What becomes of one thing when a layout is fitted to disks of other sizes. */
export interface FitChange {
  readonly node: NodeId;
  /** For people: `disk`, `partition`, `physical volume`, `volume`, `ext4` … */
  readonly what: string;
  readonly wasBytes: number;
  readonly bytes: number;
  /** For people: what the sizes don't tell. */
  readonly note?: string | undefined;
}

/** Why a layout can't be fitted, as a closed list. */
export type FitProblemCode =
  /** The disk ends before what must be on it. */
  | "too-small"
  /** A thing would have to become smaller than it may, or than is known to be possible. */
  | "cannot-shrink"
  /** The volumes of a group need more extents than its physical volumes have. */
  | "volumes-too-large";

/** Something that doesn't fit. */
export interface FitProblem {
  readonly code: FitProblemCode;
  readonly node: NodeId;
  /** For people: what, where, by how much. */
  readonly message: string;
  /** For people: which disk would do. */
  readonly remedy: string;
}

/** How small the device of a node may become. */
export type Least =
  | { readonly is: "known"; readonly bytes: number }
  /** It may not become smaller at all. */
  | { readonly is: "unknown"; readonly why: string };

/** What is known while a layout is fitted. */
export interface FitContext {
  /** As it was recorded. */
  readonly recorded: Layout;
  /** With the sizes that are settled by now: those of the disks, and what the kinds before have fitted. */
  readonly layout: Layout;
  /** Grow and shrink what is there; otherwise everything keeps its size, and what can't is a problem. */
  readonly resize: boolean;
  /** Whether what is on a node would use a larger device. */
  grows(node: BlockNode): boolean;
  /** How small the device of a node may become for what is on it. */
  least(node: BlockNode): Least;
}

/** What one kind makes of a layout that is fitted. */
export interface FitPart {
  /** Nodes as they are now, in the place of those with the same ids. */
  readonly nodes?: readonly LayoutNode[];
  readonly changes?: readonly FitChange[];
  readonly problems?: readonly FitProblem[];
}

/** How a kind fits what it knows to devices of other sizes. All of it is pure. */
export interface FitRules {
  /** Fits the nodes that the kind made to the devices below them, whose sizes are settled. */
  nodes?(context: FitContext): FitPart;
  /** Whether what is on a node fills it, and would use more. */
  grows?(node: BlockNode, layout: Layout): boolean;
  /** How small the device may become for what is on it. */
  least?(node: BlockNode, layout: Layout): Least;
  /** Fits what is on a node to the size that the node has by now. */
  content?(node: BlockNode, context: FitContext): FitPart;
}

/** What the fitting of a layout needs of a storage kind. */
export interface FitSource {
  readonly kind: string;
  /** A kind without rules keeps its sizes: what has to become smaller is a problem. */
  readonly fit?: FitRules;
}
