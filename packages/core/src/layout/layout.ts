import type { Finding } from "./finding.js";
import type { Identity } from "./identity.js";
import type { NodeId } from "./ids.js";
import type { NetworkDevice } from "./network.js";

/**
 * What only one kind understands of a node, a content or the configuration. Plain JSON data; the kind that wrote it
 * reads it back through its own schema.
 */
export type Detail = Readonly<Record<string, unknown>>;

interface NodeCommon {
  readonly id: NodeId;
  /** The kind that knows this node: `disk`, `multipath`, `partition-table`, `lvm` … */
  readonly kind: string;
  /** What it was called on the recorded machine, `sda`, `mpatha`: for people, never an address. */
  readonly name: string;
  /**
   * Why it can't be rebuilt, and with it all that stands on it (see `rebuilt.ts`); its kind says so in a finding of
   * severity `loss` too. Absent: it can.
   */
  readonly notRebuilt?: string | undefined;
  readonly detail: Detail;
}

interface BlockCommon extends NodeCommon {
  /** Size in bytes; null where it wasn't recorded. */
  readonly bytes: number | null;
  readonly readOnly: boolean;
  /** What is on it: always exactly one thing. */
  readonly content: Content;
}

/** A disk that the machine is given: a LUN, a DASD volume, an NVMe namespace, a virtio disk. Also one path of a map. */
export interface DiskNode extends BlockCommon {
  readonly role: "disk";
  /** Logical sector size in bytes. */
  readonly sectorBytes: number | null;
  readonly physicalSectorBytes: number | null;
  readonly identities: readonly Identity[];
}

/** A multipath map: the LUN as it is used. Its paths are disks with the content `path`. */
export interface MapNode extends BlockCommon {
  readonly role: "map";
  readonly sectorBytes: number | null;
  readonly physicalSectorBytes: number | null;
  readonly identities: readonly Identity[];
}

/** A partition. */
export interface PartitionNode extends BlockCommon {
  readonly role: "partition";
  /** The node that carries the table. */
  readonly of: NodeId;
  readonly number: number;
  readonly startBytes: number;
}

/** A RAID array. */
export interface ArrayNode extends BlockCommon {
  readonly role: "array";
}

/** A volume group. Its PVs are the edges `pv` that lead to it. */
export interface GroupNode extends NodeCommon {
  readonly role: "group";
}

/** A logical volume. */
export interface VolumeNode extends BlockCommon {
  readonly role: "volume";
  readonly group: NodeId;
}

/** A device opened over another one: LUKS, dm-crypt. */
export interface MappingNode extends BlockCommon {
  readonly role: "mapping";
  readonly of: NodeId;
}

/** Anything that the layout is made of. */
export type LayoutNode = DiskNode | MapNode | PartitionNode | ArrayNode | GroupNode | VolumeNode | MappingNode;

/** A node that is a block device, and so has a content. */
export type BlockNode = Exclude<LayoutNode, GroupNode>;

/** A node that an operator has to provide: it is bound, not made. */
export type BoundNode = DiskNode | MapNode;

/** What is on a block node. */
export type Content =
  /** Looked at, and nothing was found. */
  | { readonly is: "empty" }
  /** A partition table; the partitions are nodes of their own. */
  | {
      readonly is: "table";
      readonly kind: string;
      /** `gpt`, `dos`, `dasd` … */
      readonly label: string;
      /** Disk GUID (upper case) or signature (`0x…`), null where the label has none. */
      readonly uuid: string | null;
      readonly detail: Detail;
    }
  /** The container of logical partitions in a DOS table. */
  | { readonly is: "extended" }
  | {
      readonly is: "filesystem";
      readonly kind: string;
      /** `ext4`, `xfs`, … as blkid and mount say. */
      readonly type: string;
      readonly uuid: string | null;
      readonly label: string | null;
      readonly detail: Detail;
    }
  | {
      readonly is: "swap";
      readonly kind: string;
      readonly uuid: string | null;
      readonly label: string | null;
      readonly detail: Detail;
    }
  /** An LVM physical volume; `group` is null when it belongs to none. */
  | {
      readonly is: "pv";
      readonly kind: string;
      readonly uuid: string;
      readonly group: NodeId | null;
      readonly detail: Detail;
    }
  /** A member of an array. */
  | { readonly is: "member"; readonly kind: string; readonly of: NodeId; readonly detail: Detail }
  /** One path of a multipath map. */
  | { readonly is: "path"; readonly of: NodeId }
  /** Something that blkid knows and that no kind here restores; there is a finding about it. */
  | { readonly is: "foreign"; readonly type: string; readonly uuid: string | null; readonly label: string | null }
  /** Nobody could look, or looking failed; there is a finding about it where it matters. */
  | { readonly is: "unknown"; readonly why: string };

/** An edge, only where a node can have many parents. */
export interface Edge {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly as: "path" | "pv" | "member";
}

/** Owner and mode of a directory, as numbers. */
export interface DirectoryAttributes {
  /** Permission bits, 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How full a mounted filesystem was, as statfs(2) says. */
export interface FilesystemUsage {
  /** What files could have in all: without most of the filesystem's own tables. */
  readonly bytes: number;
  /** Free for root. */
  readonly freeBytes: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

/** A place in the file tree where something is, or is to be, mounted. */
export interface Mount {
  /** `mount:/srv` */
  readonly id: NodeId;
  /** The mount point. */
  readonly at: string;
  /**
   * - `node`: a filesystem of this layout
   * - `bind`: a directory of another mount, seen a second time
   * - `pseudo`: made by the kernel (proc, sysfs, tmpfs …)
   * - `remote`: comes over the network
   * - `unresolved`: a device that this layout doesn't have; there is a finding about it
   */
  readonly source:
    | { readonly is: "node"; readonly node: NodeId }
    | { readonly is: "bind"; readonly path: string }
    | { readonly is: "pseudo" }
    | { readonly is: "remote"; readonly spec: string }
    | { readonly is: "unresolved"; readonly spec: string };
  readonly type: string;
  /**
   * Options that a person chose, for the restore: without what the kernel adds by itself; but of FAT those that decide
   * which owners, modes and names are seen are here in any case.
   */
  readonly options: readonly string[];
  /** Mounted when the machine was looked at. */
  readonly active: boolean;
  /** The line in fstab, where there is one: its first, fourth, fifth and sixth field. */
  readonly fstab: {
    readonly spec: string;
    readonly options: readonly string[];
    readonly dump: number;
    readonly pass: number;
  } | null;
  /** True when it is mounted read-only (or is to be, by fstab). */
  readonly readOnly: boolean;
  /** The mount point's own owner and mode as seen while mounted; null where it wasn't recorded. */
  readonly directory: DirectoryAttributes | null;
  /** Of a mounted filesystem of this layout; null, or absent in sets of earlier versions, where it wasn't recorded. */
  readonly usage?: FilesystemUsage | null | undefined;
}

/** Which machine this is: decides whether a place may bind. */
export interface Machine {
  readonly hostname: string;
  /** As `uname -m` says, `x86_64`, `s390x`; null where it wasn't recorded. */
  readonly architecture: string | null;
  /** `NAME` and `VERSION_ID` of os-release, for people. */
  readonly system: string | null;
  /** Names of this very machine: `dmi:<uuid>`, `zvm:<system>/<userid>`, `lpar:<cpc>/<name>`. Empty where none is known. */
  readonly places: readonly string[];
  /** Its network devices; absent where they weren't recorded, or by an earlier version. */
  readonly network?: readonly NetworkDevice[] | undefined;
}

/** The recorded storage of a server. Plain read-only data, bytes everywhere, no kernel name as an address. */
export interface Layout {
  readonly format: "bmr-layout";
  readonly version: 1;
  readonly machine: Machine;
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly Edge[];
  /** By path, parents before what is below them. */
  readonly mounts: readonly Mount[];
  /** What belongs to the machine and not to one node, by kind: multipath's configuration, the boot loader … */
  readonly config: Readonly<Record<string, Detail>>;
  readonly findings: readonly Finding[];
}

/** True for a node that is a block device. */
export function isBlockNode(node: LayoutNode): node is BlockNode {
  return node.role !== "group";
}

/** True for a disk or map that stands for itself: not for one path of a map. */
export function isBoundNode(node: LayoutNode): node is BoundNode {
  return node.role === "map" || (node.role === "disk" && node.content.is !== "path");
}

/** The nodes of a layout by id. */
export function nodesById(layout: Layout): ReadonlyMap<NodeId, LayoutNode> {
  return new Map(layout.nodes.map((node) => [node.id, node]));
}
