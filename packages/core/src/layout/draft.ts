import { isDeepStrictEqual } from "node:util";
import { extended } from "./extended.js";
import type { Finding } from "./finding.js";
import type { NodeId } from "./ids.js";
import type { BlockDevice, Inventory } from "./inventory.js";
import type { BlockNode, Content, Detail, Edge, GroupNode, LayoutNode, Machine, Mount } from "./layout.js";

/** A node without its content. */
export type WithoutContent<N> = N extends unknown ? Omit<N, "content"> : never;

/** A block node before it is known what is on it. */
export type NewBlockNode = WithoutContent<BlockNode>;

/**
 * A layout in the making, handed from kind to kind. All nodes come first; contents, edges and mounts after, by id.
 * Adding the same id twice, or a second content to a node, is recorded as a finding and the first one stays; the same
 * content a second time (read over another path) is none.
 */
export interface Draft {
  readonly inventory: Inventory;
  readonly machine: Machine;
  /** Adds a block node. `device`: the kernel name that carries it, so that others find the node by any name. */
  addBlock(node: NewBlockNode, device: string | null): void;
  /** Adds a volume group. */
  addGroup(node: GroupNode): void;
  /** Lets a node be found by one more kernel name: a second path to a disk, a partition on it. */
  alias(device: string, id: NodeId): void;
  /** The node behind a kernel name, a `/dev` path, a link or `major:minor`. For a path of a map: the path's own node. */
  idOf(device: string): NodeId | undefined;
  /** The inventory's device that carries a node. */
  deviceOf(id: NodeId): BlockDevice | undefined;
  /** A node that was added, with no content yet. */
  node(id: NodeId): NewBlockNode | GroupNode | undefined;
  /** All block nodes added so far, in the order of adding. */
  blocks(): readonly NewBlockNode[];
  /** Whether some kind has said what is on the node. */
  hasContent(id: NodeId): boolean;
  /** Says what is on a block node. */
  setContent(id: NodeId, content: Content): void;
  /** Adds an edge between nodes, which may come in any order. */
  addEdge(edge: Edge): void;
  /** Adds a place in the file tree; they are sorted by path in the end. */
  addMount(mount: Mount): void;
  /** The mounts added so far. */
  mounts(): readonly Mount[];
  /** What belongs to the machine and not to one node, under the kind's name. */
  setConfig(kind: string, detail: Detail): void;
  /** Takes a device off those that nobody knows: it is the inside of something that its kind has told about. */
  claim(device: string): void;
  /** Whether a device was claimed. */
  isClaimed(device: string): boolean;
  /** Has something said. */
  addFinding(finding: Finding): void;
}

/** A draft over an inventory, with the function that takes out what was put in. */
export function newDraft(inventory: Inventory, machine: Machine): Draft & { take(): DraftState } {
  const state = emptyState();
  const addNode = (node: NewBlockNode | GroupNode, device: string | null) => {
    if (state.nodes.has(node.id)) {
      state.findings.push(duplicateNode(node.id, node.name));
      return;
    }
    state.nodes.set(node.id, { node, device, content: undefined });
    if (device !== null && !state.idByDevice.has(device)) state.idByDevice.set(device, node.id);
  };
  return {
    inventory,
    machine,
    addBlock: addNode,
    addGroup: (node) => addNode(node, null),
    alias: (device, id) => {
      if (!state.idByDevice.has(device)) state.idByDevice.set(device, id);
    },
    idOf: (device) => state.idByDevice.get(device) ?? state.idByDevice.get(inventory.find(device)?.name ?? ""),
    deviceOf: (id) => {
      const device = state.nodes.get(id)?.device ?? null;
      return device === null ? undefined : inventory.find(device);
    },
    node: (id) => state.nodes.get(id)?.node,
    blocks: () => nodesOf(state).filter((node): node is NewBlockNode => node.role !== "group"),
    hasContent: (id) => state.nodes.get(id)?.content !== undefined,
    setContent: (id, content) => {
      const drafted = state.nodes.get(id);
      const first = drafted?.content;
      if (drafted !== undefined && first === undefined) drafted.content = content;
      if (first !== undefined && !isDeepStrictEqual(first, content)) {
        state.findings.push(secondContent(id, first, content));
      }
    },
    addEdge: (edge) => void state.edges.push(edge),
    addMount: (mount) => void state.mounts.push(mount),
    mounts: () => state.mounts,
    setConfig: (kind, detail) => {
      state.config[kind] = detail;
    },
    claim: (device) => void state.claimed.add(device),
    isClaimed: (device) => state.claimed.has(device),
    addFinding: (finding) => void state.findings.push(finding),
    take: () => state,
  };
}

interface DraftedNode {
  readonly node: NewBlockNode | GroupNode;
  /** The kernel name of the device that carries it. */
  readonly device: string | null;
  /** Of a block node, when some kind has said it. */
  content: Content | undefined;
}

/** What a draft holds. */
export interface DraftState {
  readonly nodes: Map<NodeId, DraftedNode>;
  readonly idByDevice: Map<string, NodeId>;
  readonly edges: Edge[];
  readonly mounts: Mount[];
  readonly config: Record<string, Detail>;
  readonly claimed: Set<string>;
  readonly findings: Finding[];
}

function emptyState(): DraftState {
  return {
    nodes: new Map(),
    idByDevice: new Map(),
    edges: [],
    mounts: [],
    config: {},
    claimed: new Set(),
    findings: [],
  };
}

function duplicateNode(id: NodeId, name: string): Finding {
  return {
    code: "layout/duplicate-node",
    severity: "loss",
    node: id,
    message: `${name} would have the same id as another device (${id}); only the first one is recorded`,
    remedy: "two devices claim one identity: find out which is a copy, and detach it",
  };
}

function secondContent(id: NodeId, first: Content, second: Content): Finding {
  return {
    code: "layout/two-contents",
    severity: "warning",
    node: id,
    message: `${id} holds signatures of two things, ${first.is} and ${second.is}; the first is taken`,
    remedy: "wipefs -n shows both; the stale one should be erased",
  };
}

/** The block nodes of a state with their contents; what nobody claimed is judged by `leftOver`. */
export function finishedNodes(state: DraftState, leftOver: (id: NodeId) => Content): LayoutNode[] {
  return [...state.nodes.values()].map(({ node, content }): LayoutNode => {
    if (node.role === "group") return node;
    return extended(node, { content: content ?? leftOver(node.id) });
  });
}

function nodesOf(state: DraftState): (NewBlockNode | GroupNode)[] {
  return [...state.nodes.values()].map(({ node }) => node);
}
