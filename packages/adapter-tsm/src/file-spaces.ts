import type { AdapterContext, Finding } from "@bmr/core";
import type { TsmOptions } from "./options.js";

/** A file space of the node on the server: a mounted filesystem, or a directory that was made one. */
export interface FileSpace {
  /** Its name, which is the path where it is mounted: `/`, `/home`. */
  readonly name: string;
  readonly is: "filesystem" | "virtual-mount-point";
}

/** The file spaces of a server, in an order in which each comes after the one that it lies in, and what isn't one. */
export interface FileSpaces {
  readonly saved: readonly FileSpace[];
  readonly findings: readonly Finding[];
}

/**
 * The file spaces that hold a server's files. `-subdir=yes` never crosses into another one, so each is restored by a
 * command of its own (IBM, option subdir).
 */
export function fileSpaces({ scope, options }: AdapterContext<TsmOptions>): FileSpaces {
  const findings: Finding[] = [];
  const saved: FileSpace[] = [];
  for (const { at, node } of scope.filesystems) {
    if (options.notSaved?.includes(at)) findings.push(leftOut(at, node));
    else if (hasBraceOrWildcard(at)) findings.push(unnameable(at, node));
    else saved.push({ name: at, is: "filesystem" });
  }
  const mounted = new Set(saved.map(({ name }) => name));
  for (const name of options.virtualMountPoints ?? []) {
    // a filesystem that is listed as a virtual mount point is backed up as what it is (ANS1278W)
    if (!mounted.has(name)) saved.push({ name, is: "virtual-mount-point" });
  }
  return { saved: [...saved].sort(outerFirst), findings };
}

function outerFirst(a: FileSpace, b: FileSpace): number {
  const inside = (inner: FileSpace, outer: FileSpace) =>
    outer.name === "/" ? inner.name !== "/" : inner.name.startsWith(`${outer.name}/`);
  return Number(inside(a, b)) - Number(inside(b, a));
}

/**
 * What dsmc is told as its source: the file space in braces, so that it can't take one with a longer name that
 * matches too, then the slash without which only the directory itself would come (IBM, "Considerations for stored
 * file spaces").
 */
export function sourceOf({ name }: FileSpace): string {
  return `{${name}}/`;
}

/** Where it goes: with the slash without which dsmc refuses several files (ANS2039E). */
export function belowTarget({ name }: FileSpace): { readonly concat: readonly [{ readonly target: string }, "/"] } {
  return { concat: [{ target: name }, "/"] };
}

/** Braces would end the file space's name early; `*` and `?` select files, and can't be escaped. */
function hasBraceOrWildcard(at: string): boolean {
  return /[{}*?]/.test(at);
}

function leftOut(at: string, node: Finding["node"]): Finding {
  return {
    code: "tsm/not-saved",
    severity: "warning",
    ...(node === undefined ? {} : { node }),
    message: `${JSON.stringify(at)} isn't in TSM, as the settings say: it is made, and stays empty`,
    remedy: "restore its data by the means that saved it, once the server runs",
  };
}

function unnameable(at: string, node: Finding["node"]): Finding {
  return {
    code: "tsm/file-space-name",
    severity: "loss",
    ...(node === undefined ? {} : { node }),
    message: `${JSON.stringify(at)} can't be named on dsmc's command line: its name holds a brace or a wildcard`,
    remedy: "mount it at another place, or restore it by hand",
  };
}
