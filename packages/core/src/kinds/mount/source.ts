import type { Draft } from "../../layout/draft.js";
import type { NodeId } from "../../layout/ids.js";
import { type BlockDevice, isPassing } from "../../layout/inventory.js";
import type { Mounted } from "../../layout/mountinfo.js";
import { isPseudo, isRemote } from "./filesystem-types.js";
import { optionValue } from "./options.js";

/** What a mount is a mount of, before it is known which mounts show the same thing. */
export type MountedThing =
  | { readonly is: "node"; readonly node: NodeId; readonly device: BlockDevice }
  | { readonly is: "pseudo" }
  | { readonly is: "remote" }
  /** An image file on a loop device, an optical disc: nothing that a server is rebuilt from. */
  | { readonly is: "passing"; readonly device: BlockDevice }
  /** A block device that no kind knows, or none at all where the type should have one. */
  | { readonly is: "unresolved" };

/** Finds out what is mounted: by the kernel's device number, by the source's name where the filesystem has none (btrfs). */
export function thingOf(mounted: Mounted, draft: Draft): MountedThing {
  if (isPseudo(mounted.type)) return { is: "pseudo" };
  if (isRemote(mounted.type)) return { is: "remote" };
  const hasNumber = mounted.device !== null && !mounted.device.startsWith("0:");
  const name = hasNumber ? (mounted.device as string) : mounted.source;
  const device = name.startsWith("/") || hasNumber ? draft.inventory.find(name) : undefined;
  return device === undefined ? { is: "unresolved" } : thingOn(device, draft);
}

/** What a device is to the layout. */
export function thingOn(device: BlockDevice, draft: Draft): MountedThing {
  if (isPassing(device.name)) return { is: "passing", device };
  const node = draft.idOf(device.name);
  return node === undefined ? { is: "unresolved" } : { is: "node", node, device };
}

/** The directory of the filesystem that counts as the whole of it: the subvolume on btrfs. */
export function wholeRoot(mounted: Mounted): string {
  if (mounted.type !== "btrfs") return "/";
  return optionValue([...mounted.options, ...mounted.superOptions], "subvol") ?? "/";
}

/** True where the whole filesystem is seen, not one of its directories; /proc/mounts doesn't tell them apart. */
export function showsWhole(mounted: Mounted): boolean {
  return mounted.root === null || mounted.root === wholeRoot(mounted);
}
