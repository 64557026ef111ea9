import type { NodeId } from "../layout/ids.js";
import type { Machine } from "../layout/layout.js";
import { missingNetwork } from "../layout/network.js";
import type { DiskRequirement } from "../plan/part.js";
import type { NamedDisk } from "../references/names-of.js";
import { type ReferenceSource, type Rewrite, rewritersOf } from "../references/reference-source.js";
import { type Renames, renamesOf } from "../references/renames.js";
import type { Binding } from "./bind-disks.js";
import { sharesIdentity } from "./identity-match.js";
import { type MappingEntry, mapDisks, recordedDisk } from "./mapping.js";
import type { RescueFacts } from "./rescue-facts.js";

/** What disks are called here, and how that is written into files. */
export interface Renaming {
  readonly renames: Renames;
  /** The kinds' syntaxes, by the names that actions use. */
  readonly rewriters: ReadonlyMap<string, Rewrite>;
  /** The hardware addresses of recorded network devices that aren't here, as files may have them. */
  readonly network: readonly string[];
}

/** How the disks that were bound are called, beside how they were called when the server was scanned. */
export function renamingOf(
  bindings: readonly Pick<Binding, "disk" | "candidate" | "volume">[],
  machines: { readonly recorded: Machine; readonly here: Machine },
  kinds: readonly ReferenceSource[],
): Renaming {
  const replaced = bindings.map(({ disk, candidate, volume }) => ({
    old: disk satisfies NamedDisk & { readonly node: NodeId },
    now: candidate.node,
    sameVolume: volume === "same",
  }));
  const missing = missingNetwork(machines.recorded.network, machines.here.network);
  const network = missing.flatMap(({ address }) => [address, address.toUpperCase()]);
  return { renames: renamesOf(replaced), rewriters: rewritersOf(kinds), network };
}

/**
 * The same of the disks that the operator mapped, before anything is activated: multipath may have to be told of them
 * first. A LUN that isn't seen yet is known by its WWID, where that was given. What is wrong with an entry is said when
 * all disks are bound.
 */
export function renamingOfMapped(
  disks: readonly DiskRequirement[],
  facts: RescueFacts,
  mapping: readonly MappingEntry[],
  kinds: readonly ReferenceSource[],
): Renaming {
  const { bound } = mapDisks(disks, facts, mapping);
  const replaced = mapping.flatMap(({ from, to }) => {
    const disk = recordedDisk(disks, from);
    if (disk === undefined) return [];
    const now = bound.get(disk.node)?.node ?? unseen(disk, to);
    if (now === undefined) return [];
    // whatever it is here so far, multipath is to make a map of it
    return [
      {
        old: disk,
        now: { name: now.name, identities: now.identities, role: disk.role },
        sameVolume: sharesIdentity(disk.identities, now.identities, "volume"),
      },
    ];
  });
  return { renames: renamesOf(replaced), rewriters: rewritersOf(kinds), network: [] };
}

function unseen({ role }: DiskRequirement, name: string): NamedDisk | undefined {
  const wwid = name.replace(/^lun:/, "");
  if (wwid.includes("/") || wwid.length < 16) return undefined;
  return { role, name: wwid, identities: [{ type: "wwid", value: wwid, strength: "volume" }] };
}
