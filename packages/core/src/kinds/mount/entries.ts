import type { Draft } from "../../layout/draft.js";
import type { ShownMount } from "./binds.js";
import type { FstabEntry } from "./facts.js";
import { isPseudo, isRemote } from "./filesystem-types.js";
import { type MountedThing, thingOn } from "./source.js";
import { findSpec } from "./spec.js";

/** A line of fstab and what it would mount. */
export interface ResolvedEntry {
  readonly entry: FstabEntry;
  readonly names:
    | MountedThing
    | { readonly is: "bind" }
    | { readonly is: "image" }
    | { readonly is: "ambiguous"; readonly devices: readonly string[] };
}

/** Finds out what a line of fstab would mount. */
export function resolveEntry(entry: FstabEntry, draft: Draft): ResolvedEntry {
  return { entry, names: namesOf(entry, draft) };
}

function namesOf(entry: FstabEntry, draft: Draft): ResolvedEntry["names"] {
  if (entry.options.includes("bind") || entry.options.includes("rbind")) return { is: "bind" };
  if (isPseudo(entry.type)) return { is: "pseudo" };
  if (isRemote(entry.type)) return { is: "remote" };
  const found = findSpec(entry.spec, draft.inventory);
  if (found.is === "device") return thingOn(found.device, draft);
  if (found.is === "ambiguous") return { is: "ambiguous", devices: found.devices.map((device) => device.name) };
  const isFile = entry.spec.startsWith("/") && !entry.spec.startsWith("/dev/");
  return isFile || entry.options.some((option) => /^loop(=|$)/.test(option)) ? { is: "image" } : { is: "unresolved" };
}

/** True where the line is what this mount was made from, or would be made from at the next boot. */
export function isMadeBy(mount: ShownMount, { entry, names }: ResolvedEntry): boolean {
  const { thing, mounted } = mount;
  switch (names.is) {
    case "node":
      return thing.is === "node" && thing.node === names.node;
    case "ambiguous":
      return thing.is === "node" && names.devices.includes(thing.device.name);
    case "bind":
      return mounted.type !== "autofs";
    case "image":
      return thing.is === "passing";
    case "pseudo":
    case "remote":
      return thing.is === names.is && (mounted.type === entry.type || mounted.type !== "autofs");
    case "passing":
      return thing.is === "passing" && thing.device.name === names.device.name;
    case "unresolved":
      // It was mounted by a name that isn't seen now (/dev/root, a tag nobody recorded): the place and the type agree.
      return mounted.type === entry.type || entry.type === "auto" || mounted.source === entry.spec;
  }
}
